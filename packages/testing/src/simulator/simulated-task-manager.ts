/**
 * A TaskManager process with the real slots, exchange, tasks and state, all in the simulator's
 * thread. Plays the part of `apps/server/src/taskmanager`: plans the exchange, starts a thread per
 * slot, routes messages, ends when every slot has.
 */
import { type ClockPort, type TimerPort, toWire, WeirError } from '@weir/core';
import {
  type Deployment,
  type ExchangePlan,
  planExchange,
  type ServerToTaskManager,
  SlotRuntime,
  type TaskManagerExit,
  type TaskManagerHandle,
  type TaskManagerListener,
  type TaskManagerToServer,
} from '@weir/runtime';
import { SeededRandom } from '../seeded-random.ts';
import { InterleavingAtomics } from './interleaving-atomics.ts';
import { MessageLink } from './message-link.ts';
import { Outside } from './outside.ts';
import { ProcessStorage } from './process-storage.ts';
import { bindJob } from './simulated-job.ts';
import { SimulatedProcess } from './simulated-process.ts';
import { SimulatedThread } from './simulated-thread.ts';
import { SimulatedWait } from './simulated-wait.ts';
import type { World } from './world.ts';

const METRIC_DOUBLES = 8192;
/** Inside one another, the outermost step included. */
const NESTING_MAX = 4;

interface Slot {
  readonly thread: SimulatedThread;
  readonly atomics: InterleavingAtomics;
  readonly toServer: MessageLink;
  readonly fromMain: MessageLink;
  runtime: SlotRuntime | null;
  ended: boolean;
}

export class SimulatedTaskManager implements TaskManagerHandle {
  readonly id: string;
  readonly jobId: string;
  readonly pid: number;
  readonly process: SimulatedProcess;
  readonly #world: World;
  readonly #listener: TaskManagerListener;
  readonly #toServer: MessageLink;
  readonly #fromServer: MessageLink;
  readonly #waiters = new Map<number, () => void>();
  #slots: Slot[] = [];
  #plan: ExchangePlan | null = null;
  #exited = false;
  #exit: TaskManagerExit = { code: null, signal: 'SIGKILL', reason: 'crashed', error: null };
  /** Slots whose last word has arrived in the main thread. */
  #ended = 0;
  #nested = 0;
  #untilInterleaving = 0;

  constructor(world: World, jobId: string, attempt: number, listener: TaskManagerListener) {
    const { time, weather } = world;
    this.id = `tm-${jobId[0]}-${attempt}`;
    this.jobId = jobId;
    this.pid = 1000 + attempt;
    this.process = new SimulatedProcess(this.id, time);
    this.#world = world;
    this.#listener = listener;
    const latency = () => weather.messageLatencyMs();
    this.#toServer = new MessageLink(time, latency);
    this.#fromServer = new MessageLink(time, latency);
    this.process.onDeath(() => this.#died());
    this.process.schedule(weather.processMs(), () => {
      this.#toServer.send(() => listener.onMessage({ type: 'ready', pid: this.pid }));
    });
  }

  /** The operating system has let go of the process. */
  get exited(): boolean {
    return this.#exited;
  }

  get slots(): number {
    return this.#slots.length;
  }

  get threads(): readonly SimulatedThread[] {
    return this.#slots.map(({ thread }) => thread);
  }

  send(message: ServerToTaskManager): void {
    this.#world.onSent(message);
    const sent = structuredClone(message);
    this.#fromServer.send(() => {
      if (this.process.isAlive) this.#handle(sent);
    });
  }

  kill(): void {
    const { time, weather } = this.#world;
    time.schedule(weather.processMs(), () => this.crash('it was killed'));
  }

  /** Dies at once, wherever its threads are. */
  crash(reason: string): void {
    this.#world.crash(this.process, reason);
  }

  /** A slot that sleeps although something waits for it; null = none. Only between steps. */
  lostWakeUp(): string | null {
    if (this.#plan === null || !this.process.isAlive) return null;
    const cells = new Int32Array(this.#plan.control);
    for (const { from, to, mailboxTailAt, returnTailAt } of this.#plan.pairs) {
      if (this.#slots[to]!.atomics.missed(cells, mailboxTailAt)) {
        return `slot ${to} sleeps while a segment of slot ${from} waits`;
      }
      if (this.#slots[from]!.atomics.missed(cells, returnTailAt)) {
        return `slot ${from} sleeps while a segment came back from slot ${to}`;
      }
    }
    return null;
  }

  #handle(message: ServerToTaskManager): void {
    if (message.type === 'deploy') {
      this.#deploy(message.deployment);
      return;
    }
    if (message.type === 'cancel' && this.#slots.length === 0) {
      this.#end();
      return;
    }
    for (const slot of this.#slots) {
      slot.fromMain.send(() => {
        slot.thread.enqueue('message', () => this.#toSlot(slot, message));
      });
    }
  }

  /** As the slot's entry does: before it has evaluated the program only `cancel` means anything. */
  #toSlot(slot: Slot, message: ServerToTaskManager): void {
    if (slot.runtime !== null) slot.runtime.handle(message);
    else if (message.type === 'cancel') this.#slotEnded(slot);
  }

  #deploy(deployment: Deployment): void {
    const { graph, tasks, slots } = deployment;
    const { scenario, weather } = this.#world;
    const plan = planExchange(graph, tasks, slots, scenario.machine.segmentBytes);
    this.#plan = plan;
    this.#slots = Array.from({ length: slots }, (_, index) => this.#slot(index));
    this.#slots.forEach((slot) => {
      this.process.schedule(weather.processMs(), () => {
        slot.thread.enqueue('turn', () => this.#start(slot, deployment, plan));
      });
    });
  }

  #slot(index: number): Slot {
    const { time, weather } = this.#world;
    const seed = this.#world.random.below(2 ** 31);
    const thread = new SimulatedThread(index, (self) => ({
      clock: this.#clock(),
      random: new SeededRandom(seed),
      timers: this.#timers(self),
    }));
    const latency = () => weather.messageLatencyMs();
    return {
      thread,
      atomics: new InterleavingAtomics(thread, this.#waiters, () => this.#interleave(thread)),
      toServer: new MessageLink(time, latency),
      fromMain: new MessageLink(time, latency),
      runtime: null,
      ended: false,
    };
  }

  #start(slot: Slot, deployment: Deployment, plan: ExchangePlan): void {
    if (slot.ended) return;
    const world = this.#world;
    const { process } = this;
    const { thread, atomics } = slot;
    const weather = world.weather.outside(process);
    const outside = new Outside(world.store, world.laws, process, weather);
    const runtime = new SlotRuntime({
      slot: thread.slot,
      deployment,
      bindings: bindJob(world.scenario, world.phase, outside),
      exchange: plan,
      metrics: { values: new SharedArrayBuffer(METRIC_DOUBLES * 8) },
      ports: {
        clock: this.#clock(),
        timers: this.#timers(thread),
        random: new SeededRandom(world.random.below(2 ** 31)),
        atomics,
        storage: (root) =>
          new ProcessStorage(world.storage, root, process, world.weather.storage(process)),
        yieldTurn: () => {
          const wait = new SimulatedWait();
          thread.enqueue('turn', () => wait.fire());
          return wait.promise;
        },
        send: (message) => this.#fromSlot(slot, message),
      },
    });
    slot.runtime = runtime;
    runtime.open().then(
      () => thread.enqueue('turn', () => this.#turn(slot, runtime)),
      (error: unknown) => world.unexpected(`opening slot ${thread.slot}`, error),
    );
  }

  #turn(slot: Slot, runtime: SlotRuntime): void {
    let wait: Promise<void> | null;
    try {
      wait = runtime.turn();
    } catch (error) {
      this.#world.unexpected(`a turn of slot ${slot.thread.slot}`, error);
      return;
    }
    if (wait === null) this.#slotEnded(slot);
    else (wait as PromiseLike<void> as SimulatedWait).then(() => this.#turn(slot, runtime));
  }

  #slotEnded(slot: Slot): void {
    if (slot.ended) return;
    slot.ended = true;
    slot.toServer.send(() => {
      this.#ended++;
      if (this.process.isAlive && this.#ended === this.#slots.length) this.#end();
    });
  }

  #fromSlot(slot: Slot, message: TaskManagerToServer): void {
    if (!this.process.isAlive) return;
    const world = this.#world;
    if (message.type === 'metrics' || message.type === 'metricsLayout') return;
    world.note(`${this.id}#${slot.thread.slot} ${describe(message)}`);
    if (message.type === 'acknowledge') world.onAcknowledge(message.snapshot);
    const sent = structuredClone(this.#declined(message));
    slot.toServer.send(() => {
      if (this.process.isAlive) this.#toServer.send(() => this.#deliver(sent));
    });
  }

  /** Now and then a checkpoint that was written counts as failed. */
  #declined(message: TaskManagerToServer): TaskManagerToServer {
    if (message.type !== 'acknowledge' || !this.#world.weather.declines()) return message;
    const { vertexId, subtask, snapshot } = message;
    const { checkpointId } = snapshot;
    const error = toWire(new WeirError('STORAGE_FAILED', 'injected: declined'));
    return { type: 'decline', vertexId, subtask, checkpointId, error };
  }

  #deliver(message: TaskManagerToServer): void {
    if (!this.#exited) this.#listener.onMessage(message);
  }

  #interleave(thread: SimulatedThread): void {
    const { scenario, random } = this.#world;
    const every = scenario.machine.interleaveEvery;
    if (every === 0 || --this.#untilInterleaving > 0) return;
    this.#untilInterleaving = 1 + random.below(2 * every);
    if (this.#nested >= NESTING_MAX - 1) return;
    const nowMs = this.#world.nowMs;
    const others = this.threads.filter((other) => other !== thread && other.canRun(nowMs));
    if (others.length === 0) return;
    const other = random.pick(others);
    const wasRunning = thread.isRunning;
    thread.isRunning = true;
    this.#nested++;
    try {
      this.#world.note(`  ${this.id}#${other.slot} within #${thread.slot}`);
      other.runOne(random);
    } finally {
      this.#nested--;
      thread.isRunning = wasRunning;
    }
  }

  #clock(): ClockPort {
    const { time, random, scenario } = this.#world;
    let skewMs = 0;
    return {
      nowMs: () => time.nowMs(),
      monotonicMs: () => {
        skewMs += random.next() * scenario.machine.lookMs;
        return time.monotonicMs() + skewMs;
      },
    };
  }

  #timers(thread: SimulatedThread): TimerPort {
    return {
      schedule: (delayMs, callback) => {
        let cancelled = false;
        const run = (): void => {
          if (!cancelled) callback();
        };
        const timer = this.process.schedule(delayMs, () => thread.enqueue('timer', run));
        return {
          cancel() {
            cancelled = true;
            timer.cancel();
          },
        };
      },
    };
  }

  /** All slots have ended: the process goes, after what it said has arrived. */
  #end(): void {
    this.#exit = { code: 0, signal: null, reason: 'all tasks have ended', error: null };
    this.process.kill();
  }

  /** What was on its way over the connection still arrives, then the exit. */
  #died(): void {
    for (const { thread } of this.#slots) thread.kill();
    this.#world.storage.crash();
    this.#toServer.send(() => {
      this.#exited = true;
      this.#listener.onExit(this.#exit);
    });
  }
}

function describe(message: TaskManagerToServer): string {
  const task = 'subtask' in message ? `${message.vertexId.slice(0, 4)}/${message.subtask}` : '';
  switch (message.type) {
    case 'taskState': {
      const why = message.error === null ? '' : `: ${message.error.message}`;
      return `${task} ${message.state}${why}`;
    }
    case 'acknowledge':
      return `${task} acknowledges ${message.snapshot.checkpointId}`;
    case 'decline':
      return `${task} declines ${message.checkpointId}: ${message.error.message}`;
    case 'drained':
      return `${task} is drained`;
    case 'log':
      return `log ${message.entry.text}`;
    default:
      return message.type;
  }
}
