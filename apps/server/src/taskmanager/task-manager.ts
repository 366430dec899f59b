/**
 * The main thread of a TaskManager: plans the exchange, starts a thread per slot, routes messages,
 * samples metrics and watches that threads come back to their event loops. It runs no user code,
 * so that it stays responsive whatever the job does.
 *
 * Life: made at the process's start, possibly with slots that warm up → one `deploy` → messages
 * both ways → every task in a final state → `onEnd`. A process serves one attempt of one job.
 */
import {
  Configuration,
  HEARTBEAT_TIMEOUT,
  SEGMENT_SIZE,
  TASK_CANCELLATION_TIMEOUT,
  TASK_HEAP_SIZE,
  toWire,
  WeirError,
} from '@weir/core';
import {
  type Deployment,
  type ExchangePlan,
  type InspectionRequest,
  type PositionedOperator,
  planExchange,
  type ServerToTaskManager,
  type TaskManagerToServer,
  type ThreadSample,
} from '@weir/runtime';
import { blockedStack, culprit, frameText } from './blocked-stack.ts';
import type { ThreadInspection } from './inspector/thread-inspection.ts';
import { allocateMetrics, MetricsSampler, SAMPLE_PERIOD_MS } from './metrics-sampler.ts';
import { SlotThread, type SlotThreadListener } from './slot-thread.ts';
import { beatsOf, sampleOf } from './slot-vitals.ts';
import { mostSeen, operatorOfSeries, placeText } from './whereabouts.ts';

const BYTES_PER_MB = 1_048_576;
const BEAT_PERIOD_MS_MAX = 1000;
const START_MS_MAX = 60_000;
const WHEREABOUTS_PERIOD_MS = 200;
/** Two seconds of looks. */
const SEEN_MAX = 10;

export interface TaskManagerOptions {
  /** Threads to start before the deployment arrives. */
  readonly warmSlots: number;
  /** Of a slot's old generation; 0 = Node's default. */
  readonly heapBytes: number;
  readonly heartbeatTimeoutMs: number;
}

interface Beat {
  beats: number;
  /** performance.now() when it was last seen to change. */
  changedAtMs: number;
  profiling: boolean;
}

export class TaskManager implements SlotThreadListener {
  readonly #send: (message: TaskManagerToServer) => void;
  readonly #onEnd: () => void;
  readonly #options: TaskManagerOptions;
  readonly #warm: SlotThread[] = [];
  readonly #beats = new Map<SlotThread, Beat>();
  readonly #timers: NodeJS.Timeout[] = [];
  #slots: SlotThread[] = [];
  #deployment: Deployment | null = null;
  #sampler: MetricsSampler | null = null;
  #heartbeatTimeoutMs: number;
  #live = 0;
  #whereabouts = '';
  /** Where threads were at the last looks, oldest first. */
  readonly #seen: string[] = [];
  #inspection: Promise<ThreadInspection> | null = null;

  constructor(
    options: TaskManagerOptions,
    send: (message: TaskManagerToServer) => void,
    onEnd: () => void,
  ) {
    this.#options = options;
    this.#send = send;
    this.#onEnd = onEnd;
    this.#heartbeatTimeoutMs = options.heartbeatTimeoutMs;
    for (let slot = 0; slot < options.warmSlots; slot++) {
      this.#warm.push(this.#thread(slot, options.heapBytes));
    }
  }

  handle(message: ServerToTaskManager): void {
    switch (message.type) {
      case 'deploy':
        try {
          this.#deploy(message.deployment);
        } catch (error) {
          this.#refuse(message.deployment, error);
        }
        break;
      case 'cancel':
        this.#cancel(message);
        break;
      case 'sampleThreads':
      case 'readStacks':
        this.#inspect(message);
        break;
      default:
        for (const slot of this.#slots) slot.handle(message);
    }
  }

  onMessage(slot: SlotThread, message: TaskManagerToServer): void {
    if (message.type === 'metricsLayout') {
      this.#sampler?.slotLayout(slot.slot, message.layout.series);
      return;
    }
    // The last figures belong before the last state: the server may let go of us right after it.
    if (message.type === 'taskState' && this.#slots.every(({ isFinal }) => isFinal)) {
      this.#sampler?.sample();
    }
    this.#send(message);
  }

  onEnd(slot: SlotThread): void {
    this.#beats.delete(slot);
    if (this.#deployment === null || !this.#slots.includes(slot)) return;
    this.#live--;
    if (this.#live === 0) this.#end();
  }

  busiest({ slot }: SlotThread): PositionedOperator | null {
    const series = this.#sampler?.busiest(slot) ?? null;
    if (series === null || this.#deployment === null) return null;
    return operatorOfSeries(series, this.#deployment);
  }

  /** Loaded when first asked for: most jobs are never looked into. */
  #inspect(request: InspectionRequest): void {
    if (this.#deployment === null) return;
    this.#inspection ??= this.#loadInspection(this.#deployment);
    void this.#inspection.then((inspection) => inspection.handle(request));
  }

  async #loadInspection(deployment: Deployment): Promise<ThreadInspection> {
    const { ThreadInspection } = await import('./inspector/thread-inspection.ts');
    return new ThreadInspection(deployment, this.#slots, this.#send);
  }

  #thread(slot: number, heapBytes: number): SlotThread {
    const period = beatPeriodMs(this.#heartbeatTimeoutMs);
    const heapMb = heapBytes === 0 ? null : Math.ceil(heapBytes / BYTES_PER_MB);
    return new SlotThread(slot, heapMb, period, this);
  }

  #deploy(deployment: Deployment): void {
    const { graph, tasks, slots } = deployment;
    const configuration = new Configuration(graph.configuration);
    this.#deployment = deployment;
    this.#heartbeatTimeoutMs = configuration.get(HEARTBEAT_TIMEOUT);
    const exchange = planExchange(graph, tasks, slots, configuration.get(SEGMENT_SIZE));
    this.#takeThreads(slots, configuration.get(TASK_HEAP_SIZE));
    this.#startThreads(deployment, exchange);
    this.#timers.push(setInterval(() => this.#sampler?.sample(), SAMPLE_PERIOD_MS));
    const watchMs = beatPeriodMs(this.#heartbeatTimeoutMs);
    this.#timers.push(setInterval(() => this.#watch(), watchMs));
    this.#timers.push(setInterval(() => this.#tellWhereabouts(), WHEREABOUTS_PERIOD_MS));
  }

  /** The deployment itself is impossible, such as an exchange that no memory can hold. */
  #refuse({ tasks }: Deployment, error: unknown): void {
    const [task] = tasks;
    if (task !== undefined) {
      const { vertexId, subtask } = task;
      const wire = toWire(error);
      const atMs = Date.now();
      this.#send({ type: 'taskState', vertexId, subtask, state: 'FAILED', atMs, error: wire });
    }
    this.#end();
  }

  /** Warm threads serve if they were started with the limits that the job asks for. */
  #takeThreads(slots: number, heapBytes: number): void {
    const { heapBytes: warmHeapBytes, heartbeatTimeoutMs } = this.#options;
    const fits =
      heapBytes === warmHeapBytes &&
      beatPeriodMs(this.#heartbeatTimeoutMs) >= beatPeriodMs(heartbeatTimeoutMs);
    const fitting = fits ? this.#warm.splice(0, slots) : [];
    for (const spare of this.#warm.splice(0)) void spare.worker.terminate();
    this.#slots = fitting;
    for (let slot = fitting.length; slot < slots; slot++) {
      this.#slots.push(this.#thread(slot, heapBytes));
    }
    this.#live = slots;
  }

  #startThreads(deployment: Deployment, exchange: ExchangePlan): void {
    const { graph, tasks } = deployment;
    const memory = this.#slots.map(({ slot }) => allocateMetrics(graph, tasks, slot));
    const threads = () => this.#slots.map(threadSample);
    this.#sampler = new MetricsSampler(exchange, memory, threads, this.#send);
    for (const slot of this.#slots) {
      slot.start({ type: 'start', deployment, exchange, metrics: memory[slot.slot]! });
      this.#beats.set(slot, { beats: 0, changedAtMs: performance.now(), profiling: false });
    }
  }

  #cancel(message: ServerToTaskManager): void {
    if (this.#deployment === null) {
      this.#end();
      return;
    }
    for (const slot of this.#slots) slot.handle(message);
    const configuration = new Configuration(this.#deployment.graph.configuration);
    const timeoutMs = configuration.get(TASK_CANCELLATION_TIMEOUT);
    const giveUp = (): void => {
      for (const slot of this.#slots) if (slot.isWorking) slot.cancelAndTerminate();
    };
    this.#timers.push(setTimeout(giveUp, timeoutMs));
  }

  #watch(): void {
    const nowMs = performance.now();
    for (const [slot, beat] of this.#beats) {
      const beats = beatsOf(slot.vitals);
      if (beats !== beat.beats) {
        beat.beats = beats;
        beat.changedAtMs = nowMs;
      } else if (nowMs - beat.changedAtMs > this.#patienceMs(beats) && !beat.profiling) {
        beat.profiling = true;
        void this.#blocked(slot, beat);
      }
    }
  }

  /** If the process dies, this is all that the server will know. */
  #tellWhereabouts(): void {
    const inside = this.#slots
      .map(({ operator }) => operator)
      .filter((one) => one?.inside === true);
    const seen = inside.map((operator) => placeText(operator)).join(' and');
    if (seen === '') return;
    this.#seen.push(seen);
    if (this.#seen.length > SEEN_MAX) this.#seen.shift();
    const text = mostSeen(this.#seen);
    if (text === this.#whereabouts) return;
    this.#whereabouts = text;
    this.#send({ type: 'whereabouts', text });
  }

  /** A thread that has given no sign of life yet is loading the engine. */
  #patienceMs(beats: number): number {
    return beats === 0
      ? Math.max(START_MS_MAX, this.#heartbeatTimeoutMs)
      : this.#heartbeatTimeoutMs;
  }

  async #blocked(slot: SlotThread, beat: Beat): Promise<void> {
    const url = this.#deployment?.artifactUrl ?? '';
    const frames = await blockedStack(slot.worker, url).catch(() => []);
    if (beatsOf(slot.vitals) !== beat.beats) {
      // It came back while we looked; a long call is not a hang.
      beat.profiling = false;
      return;
    }
    const where = culprit(frames);
    const place = where === null ? '' : ` at ${where.functionName} (${where.file}:${where.line})`;
    const operator = placeText(slot.operator);
    const seconds = ((performance.now() - beat.changedAtMs) / 1000).toFixed(1);
    const error = new WeirError(
      'TASK_BLOCKED',
      `slot ${slot.slot} did not return to its event loop for ${seconds} s: it is busy${operator}${place}. ` +
        'Split long computations, or raise heartbeat.timeout',
      { retryable: true, context: { slot: slot.slot, function: where?.functionName ?? null } },
    );
    error.stack = [`${error.name}: ${error.message}`, ...frames.map(frameText)].join('\n');
    slot.failAndTerminate(error);
  }

  #end(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    for (const spare of this.#warm.splice(0)) void spare.worker.terminate();
    this.#onEnd();
  }
}

function threadSample({ vitals, slot, operator }: SlotThread): ThreadSample {
  const inside =
    operator?.inside === true
      ? { vertexId: operator.vertexId, subtask: operator.subtask, operatorId: operator.node.id }
      : null;
  return { ...sampleOf(vitals, slot), inside };
}

/** Several signs of life within the timeout, so that a late one does no harm. */
function beatPeriodMs(heartbeatTimeoutMs: number): number {
  return Math.min(BEAT_PERIOD_MS_MAX, heartbeatTimeoutMs / 4);
}
