/** Seconds of a job for tests: what each subtask did, told as frames to a monitor. */
import type { Bottleneck, JobEvent, JobTick, JobTopology } from '@weir/console-protocol';
import type { ProbeSeries, ProbeThread } from '../cluster-probe.ts';
import { Monitor } from '../monitor.ts';

export const JOB = 'f'.repeat(32);
const TIMES = ['running', 'queued', 'external', 'idle', 'backpressured'] as const;
const TIME_NAMES = [
  'accumulateRunningTimeMs',
  'accumulateQueuedTimeMs',
  'accumulateExternalTimeMs',
  'accumulateIdleTimeMs',
  'accumulateBackPressuredTimeMs',
];

/** Shares of the second; idle is the rest. Of a subtask that is not told nothing is booked. */
export interface SubtaskSecond {
  readonly running?: number;
  readonly queued?: number;
  readonly external?: number;
  readonly backpressured?: number;
  /** Records. */
  readonly rate?: number;
  readonly alignment?: number;
  readonly lateEdge?: number;
  readonly pending?: number;
  readonly inFlight?: number;
  /** How long its calls take: the median and p99, ms. */
  readonly calls?: readonly [p50: number, p99: number];
  /** Of the operators of the chain, in order: running and external. */
  readonly operators?: readonly (readonly [running: number, external: number])[];
}

export interface Second {
  /** By vertex, then subtask. */
  readonly tasks: Readonly<Record<string, readonly SubtaskSecond[]>>;
  /** By edge. */
  readonly fills?: readonly number[];
  /** Growth of the cumulative ones in the second; by slot. */
  readonly threads?: readonly Partial<ProbeThread>[];
  readonly machineBusyCores?: number;
}

export interface VertexPlan {
  readonly id: string;
  readonly operators?: readonly string[];
  readonly parallelism?: number;
  readonly callSite?: string;
}

/** `edges` are pairs of ids; vertices come in topological order. */
export function topologyOf(
  vertices: readonly VertexPlan[],
  edges: readonly (readonly [string, string])[],
): JobTopology {
  const targets = new Set(edges.map(([, target]) => target));
  return {
    jobId: JOB,
    name: 'story',
    startedAt: 0,
    attempt: 0,
    vertices: vertices.map(({ id, operators = [id], parallelism = 1, callSite = null }) => ({
      id,
      name: operators.join(' -> '),
      parallelism,
      maxParallelism: 128,
      slotSharingGroup: 'default',
      operators: operators.map((name, at) => ({
        id: `${id}.${at}`,
        name,
        operatorType: 'x',
        role: targets.has(id) || at > 0 ? ('operator' as const) : ('source' as const),
        callSite,
        origin: null,
      })),
    })),
    edges: edges.map(([source, target], index) => {
      return { index, source, target, strategy: 'HASH' as const, outputTag: null };
    }),
  };
}

export class Story {
  readonly ticks: JobTick[] = [];
  readonly events: JobEvent[] = [];
  readonly #topology: JobTopology;
  readonly #monitor: Monitor;
  readonly #series: readonly ProbeSeries[];
  readonly #values: Float64Array;
  readonly #threads = new Map<number, { gcMs: number; cpuMs: number; runDelayMs: number }>();
  #t = 0;

  constructor(topology: JobTopology) {
    this.#topology = topology;
    this.#monitor = new Monitor({
      onTick: (_, tick) => this.ticks.push(tick),
      onEvent: (_, event) => this.events.push(event),
    });
    this.#series = topology.vertices.flatMap((vertex) => seriesOf(topology, vertex));
    this.#values = new Float64Array(this.#series.length);
    const jobId = JOB;
    this.#monitor.apply({ type: 'topology', jobId, topology });
    const layout = { version: 1, series: this.#series };
    this.#monitor.apply({ type: 'layout', jobId, layout });
    this.#monitor.apply({ type: 'state', jobId, state: 'RUNNING', atMs: 0, tasks: {} });
    this.#frame({ tasks: {} });
  }

  get bottleneck(): Bottleneck | null {
    return this.ticks.at(-1)?.bottleneck ?? null;
  }

  /** Events of verdicts, as `phase name`. */
  get told(): string[] {
    return this.events.map(({ verdict }) => `${verdict?.phase} ${verdict?.name}`);
  }

  /** Plays a second again and again; a function gets the second's number. */
  play(seconds: number, second: Second | ((at: number) => Second)): this {
    for (let at = 0; at < seconds; at++) {
      this.#frame(typeof second === 'function' ? second(at) : second);
    }
    return this;
  }

  /** A profile names a function for the verdict that stands. */
  profiled(since: number, stateShare = 0): this {
    const hottest = { functionName: 'format', place: 'job.ts:41', share: 0.8 };
    const code = { vertexId: 'map', since, hottest, stateShare };
    this.#monitor.apply({ type: 'code', jobId: JOB, code });
    return this;
  }

  /** A sample of its keys tells the most frequent one. */
  keysSampled(since: number, share: number): this {
    const key = { vertexId: 'map', since, key: 'user-17', keyGroup: 57, share };
    this.#monitor.apply({ type: 'key', jobId: JOB, key });
    return this;
  }

  end(): this {
    const atMs = this.#t + 1;
    this.#monitor.apply({ type: 'state', jobId: JOB, state: 'CANCELED', atMs, tasks: {} });
    return this;
  }

  #frame(second: Second): void {
    this.#t += 1000;
    this.#series.forEach((series, at) => {
      const { value, isGauge } = figureOf(series, second);
      if (isGauge) this.#values[at] = value;
      else this.#values[at] = this.#values[at]! + value;
    });
    const slots = Math.max(...this.#topology.vertices.map(({ parallelism }) => parallelism));
    const threads = Array.from({ length: slots }, (_, slot) => this.#thread(slot, second));
    const process = {
      machineBusyCores: second.machineBusyCores ?? 1,
      machineCores: 4,
      threads,
    };
    const values = Float64Array.from(this.#values);
    const frame = { layoutVersion: 1, atMs: this.#t, values, process };
    this.#monitor.apply({ type: 'frame', jobId: JOB, frame });
  }

  #thread(slot: number, second: Second): ProbeThread {
    const grown = second.threads?.[slot] ?? {};
    const total = this.#threads.get(slot) ?? { gcMs: 0, cpuMs: 0, runDelayMs: 0 };
    this.#threads.set(slot, total);
    total.gcMs += grown.gcMs ?? 10;
    total.cpuMs += grown.cpuMs ?? 900;
    total.runDelayMs += grown.runDelayMs ?? 10;
    return {
      slot,
      ...total,
      heapUsedBytes: grown.heapUsedBytes ?? 50e6,
      heapLimitBytes: 2e9,
      eventLoopDelayMs: grown.eventLoopDelayMs ?? 5,
      silentMs: grown.silentMs ?? 500,
      inside: grown.inside ?? null,
    };
  }
}

function seriesOf(topology: JobTopology, vertex: JobTopology['vertices'][number]): ProbeSeries[] {
  const found: ProbeSeries[] = [];
  for (let subtask = 0; subtask < vertex.parallelism; subtask++) {
    const own = { vertexId: vertex.id, subtask, slot: subtask, operatorId: null };
    const task = ['numRecordsIn', 'numRecordsOut', 'alignmentTimeMs', 'alignmentLateEdge'];
    found.push(...[...TIME_NAMES, ...task].map((name) => ({ ...own, name })));
    for (const { index, source } of topology.edges) {
      if (source === vertex.id) found.push({ ...own, name: `edge.${index}.fill` });
    }
    for (const { id: operatorId, role } of vertex.operators) {
      const names = ['runningTimeMs', 'externalTimeMs', 'asyncInFlight', 'asyncCapacity'];
      names.push('numRecordsIn', 'numRecordsOut', 'asyncLatencyP50Ms', 'asyncLatencyP99Ms');
      if (role === 'source') names.push('pendingRecords');
      found.push(...names.map((name) => ({ ...own, operatorId, name })));
    }
  }
  return found;
}

function figureOf(
  { vertexId, subtask, operatorId, name }: ProbeSeries,
  { tasks, fills = [] }: Second,
): { readonly value: number; readonly isGauge: boolean } {
  const told = tasks[vertexId]?.[subtask];
  const own = told ?? {};
  const edge = /^edge\.(\d+)\.fill$/.exec(name);
  if (edge !== null) return { value: fills[Number(edge[1])] ?? 0, isGauge: true };
  const part = TIMES[TIME_NAMES.indexOf(name)];
  if (part !== undefined) {
    return { value: told === undefined ? 0 : timeOf(own, part) * 1000, isGauge: false };
  }
  const [running = 0, external = 0] = own.operators?.[Number(operatorId?.split('.')[1])] ?? [];
  switch (name) {
    case 'numRecordsIn':
    case 'numRecordsOut':
      return { value: own.rate ?? 0, isGauge: false };
    case 'runningTimeMs':
      return { value: running * 1000, isGauge: false };
    case 'externalTimeMs':
      return { value: external * 1000, isGauge: false };
    case 'alignmentTimeMs':
      return { value: (own.alignment ?? 0) * 1000, isGauge: false };
    case 'alignmentLateEdge':
      return { value: own.lateEdge ?? -1, isGauge: true };
    case 'asyncInFlight':
      return { value: own.inFlight ?? 0, isGauge: true };
    case 'asyncCapacity':
      return { value: own.inFlight === undefined ? 0 : 100, isGauge: true };
    case 'asyncLatencyP50Ms':
    case 'asyncLatencyP99Ms': {
      const [half, slow] = own.calls ?? [Number.NaN, Number.NaN];
      return { value: name === 'asyncLatencyP50Ms' ? half : slow, isGauge: true };
    }
    default:
      return { value: own.pending ?? Number.NaN, isGauge: true };
  }
}

function timeOf(own: SubtaskSecond, part: (typeof TIMES)[number]): number {
  const { running = 0, queued = 0, external = 0, backpressured = 0 } = own;
  if (part !== 'idle') return { running, queued, external, backpressured }[part];
  return Math.max(0, 1 - running - queued - external - backpressured);
}
