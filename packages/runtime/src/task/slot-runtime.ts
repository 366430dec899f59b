/**
 * One slot's thread: builds its tasks, restores and opens them, and runs them cooperatively.
 *
 * Called by the slot's entry: `run` once, `handle` at any time. The simulator drives the same two
 * parts of `run` by itself: `open` once, then `turn` after `turn`.
 *
 * Invariants
 * - a turn takes 20 ms at most, 5 ms while a snapshot is serialised between turns, 2 ms while
 *   asynchronous calls (users', the storage's, a committer's) are in flight; then the event loop
 *   has its turn;
 * - the thread sleeps only when every task answered that it can't go on and the exchange has
 *   nothing new; one timer per slot, armed for the earliest deadline, rings its own bell;
 * - every task ends with exactly one of FINISHED, CANCELED and FAILED, its operators closed;
 * - a failing task leaves the other tasks alone: the server decides, and sends `cancel`.
 */
import { CHECKPOINT_MODE, Configuration, invariant, type TimerHandle, toWire } from '@weir/core';
import { verifyBindings } from '@weir/graph';
import type { ExchangePlan } from '../channels/exchange-plan.ts';
import { SlotExchange } from '../channels/slot-exchange.ts';
import type { ExecutionState, LogEntry, ServerToTaskManager } from '../taskmanager/protocol.ts';
import type { TaskLocation } from '../taskmanager/task-location.ts';
import { OperatorPosition } from './operator-position.ts';
import type { SlotRuntimeContract, SlotSetup } from './slot-contract.ts';
import { SlotMetrics } from './slot-metrics.ts';
import { SlotTask } from './slot-task.ts';
import { TaskBuilder } from './task-builder.ts';

const TURN_MS = 20;
const TURN_WITH_CALLS_MS = 2;
const TURN_WITH_SNAPSHOT_MS = 5;
const STEP_MS = 5;
const SAMPLE_PERIOD_MS = 1000;

export class SlotRuntime implements SlotRuntimeContract {
  readonly #setup: SlotSetup;
  readonly #exchange: SlotExchange;
  readonly #metrics: SlotMetrics;
  readonly #messages: ServerToTaskManager[] = [];
  #tasks: readonly SlotTask[] = [];
  #timer: TimerHandle | null = null;
  #timerAtMs = Number.POSITIVE_INFINITY;
  #nextSampleMs = 0;
  /** Until then the splits are sent with each sample. */
  #splitsWatchedUntilMs = 0;
  /** With the first sample from then on, the keys that were most frequent are sent. */
  #keysSampledUntilMs = Number.POSITIVE_INFINITY;
  #cancelled = false;

  constructor(setup: SlotSetup) {
    const { deployment, ports, slot, exchange, metrics } = setup;
    this.#setup = setup;
    this.#exchange = new SlotExchange({
      plan: exchange as ExchangePlan,
      slot,
      atomics: ports.atomics,
      clock: ports.clock,
      mode: new Configuration(deployment.graph.configuration).get(CHECKPOINT_MODE),
    });
    this.#metrics = new SlotMetrics(metrics.values, (name) => {
      this.#log(
        'warn',
        `the metrics memory of slot ${slot} is full: "${name}" and later ones are not shown`,
      );
    });
  }

  async run(): Promise<void> {
    await this.open();
    for (let wait = this.turn(); wait !== null; wait = this.turn()) await wait;
  }

  async open(): Promise<void> {
    this.#tasks = this.#setup.deployment.tasks
      .filter(({ slot }) => slot === this.#setup.slot)
      .map((task) => this.#createTask(task));
    const { deployment, bindings } = this.#setup;
    const builder = this.#builder();
    for (const task of this.#tasks)
      task.build(builder, () => verifyBindings(deployment.graph, bindings));
    this.#publishLayout();
    // Opening may wait for the outside; messages (cancel above all) are heard meanwhile.
    await this.#until(Promise.all(this.#tasks.map((task) => task.open())));
    this.#nextSampleMs = this.#setup.ports.clock.nowMs();
  }

  turn(): Promise<void> | null {
    if (this.#allEnded()) {
      this.#timer?.cancel();
      this.#sample();
      return null;
    }
    const { clock, yieldTurn } = this.#setup.ports;
    this.#exchange.beginTurn();
    this.#deliverMessages();
    const busy = this.#stepTasks();
    if (clock.nowMs() >= this.#nextSampleMs) this.#sample();
    if (busy) return yieldTurn();
    this.#armTimer();
    return this.#exchange.sleep() ?? yieldTurn();
  }

  handle(message: ServerToTaskManager): void {
    this.#messages.push(message);
    this.#exchange.ringSelf();
  }

  /** True = there is more to do at once. */
  #stepTasks(): boolean {
    const { clock } = this.#setup.ports;
    const startMs = clock.monotonicMs();
    for (;;) {
      let moved = this.#exchange.poll();
      let runnable = false;
      const turnMs = this.#turnMs();
      for (const task of this.#tasks) {
        const leftMs = turnMs - (clock.monotonicMs() - startMs);
        if (task.step(Math.max(0, Math.min(STEP_MS, leftMs))) === 'progressed') runnable = true;
        if (task.didWork) moved = true;
      }
      if (!moved && !runnable) return false;
      if (clock.monotonicMs() - startMs >= turnMs) return true;
    }
  }

  #deliverMessages(): void {
    for (const message of this.#messages.splice(0)) {
      if (message.type === 'cancel') this.#cancelled = true;
      if (message.type === 'watchSplits') {
        this.#watchSplits(message.forMs);
        continue;
      }
      if (message.type === 'sampleKeys') {
        this.#sampleKeys(message.vertexId, message.forMs);
        continue;
      }
      for (const task of this.#tasks) task.handle(message);
    }
  }

  /** Awaits while messages are still delivered. */
  async #until(promise: Promise<unknown>): Promise<void> {
    let settled = false;
    const end = promise.finally(() => {
      settled = true;
      this.#exchange.ringSelf();
    });
    while (!settled) {
      this.#exchange.beginTurn();
      this.#deliverMessages();
      if (this.#cancelled && this.#allEnded()) return;
      await (this.#exchange.sleep() ?? this.#setup.ports.yieldTurn());
    }
    await end;
  }

  #allEnded(): boolean {
    return this.#tasks.every((task) => task.isEnded);
  }

  #turnMs(): number {
    let turnMs = TURN_MS;
    for (const task of this.#tasks) {
      if (task.callsInFlight > 0) return TURN_WITH_CALLS_MS;
      if (task.isSerializing) turnMs = TURN_WITH_SNAPSHOT_MS;
    }
    return turnMs;
  }

  #armTimer(): void {
    const { clock, timers } = this.#setup.ports;
    let atMs = this.#nextSampleMs;
    for (const task of this.#tasks) atMs = Math.min(atMs, task.nextDeadlineMs);
    if (this.#timerAtMs <= atMs) return;
    this.#timer?.cancel();
    this.#timerAtMs = atMs;
    this.#timer = timers.schedule(Math.max(0, atMs - clock.nowMs()), () => {
      this.#timer = null;
      this.#timerAtMs = Number.POSITIVE_INFINITY;
      this.#exchange.ringSelf();
    });
  }

  #sample(): void {
    const nowMs = this.#setup.ports.clock.nowMs();
    this.#nextSampleMs = nowMs + SAMPLE_PERIOD_MS;
    for (const task of this.#tasks) task.sample();
    if (nowMs < this.#splitsWatchedUntilMs) this.#sendSplits();
    if (nowMs >= this.#keysSampledUntilMs) this.#sendKeys();
    this.#metrics.readGauges((error) => this.#log('warn', `a gauge failed: ${String(error)}`));
    this.#publishLayout();
  }

  #watchSplits(forMs: number): void {
    const nowMs = this.#setup.ports.clock.nowMs();
    const began = nowMs >= this.#splitsWatchedUntilMs;
    this.#splitsWatchedUntilMs = nowMs + forMs;
    if (began) this.#sendSplits();
  }

  #sampleKeys(vertexId: string, forMs: number): void {
    this.#keysSampledUntilMs = this.#setup.ports.clock.nowMs() + forMs;
    for (const task of this.#tasks) if (task.vertexId === vertexId) task.startKeySample();
  }

  #sendKeys(): void {
    this.#keysSampledUntilMs = Number.POSITIVE_INFINITY;
    for (const task of this.#tasks) {
      const keys = task.takeKeySample();
      if (keys !== null) this.#setup.ports.send({ type: 'frequentKeys', ...keys });
    }
  }

  #sendSplits(): void {
    for (const task of this.#tasks) {
      const splits = task.splits();
      if (splits !== null) this.#setup.ports.send({ type: 'splits', ...splits });
    }
  }

  #publishLayout(): void {
    const layout = this.#metrics.takeLayout();
    if (layout !== null) this.#setup.ports.send({ type: 'metricsLayout', layout });
  }

  #builder(): TaskBuilder {
    const { deployment, bindings, ports } = this.#setup;
    return new TaskBuilder({
      deployment,
      bindings,
      exchange: this.#exchange,
      ports,
      configuration: new Configuration(deployment.graph.configuration),
      metrics: this.#metrics,
      position: new OperatorPosition(this.#setup.position),
      wakeUp: () => this.#exchange.ringSelf(),
    });
  }

  #createTask(deployment: SlotSetup['deployment']['tasks'][number]): SlotTask {
    const { ports } = this.#setup;
    invariant(deployment.slot === this.#setup.slot, 'a task of another slot');
    return new SlotTask({
      deployment,
      ports,
      metrics: this.#metrics,
      report: (location, state, error) => this.#report(location, state, error),
      log: (level, text, location) => this.#log(level, text, location),
      wakeUp: () => this.#exchange.ringSelf(),
    });
  }

  #report({ vertexId, subtask }: TaskLocation, state: ExecutionState, error: unknown): void {
    const { clock, send } = this.#setup.ports;
    const wire = error === null ? null : toWire(error);
    send({ type: 'taskState', vertexId, subtask, state, atMs: clock.nowMs(), error: wire });
  }

  #log(level: LogEntry['level'], text: string, location: TaskLocation | null = null): void {
    const { clock, send } = this.#setup.ports;
    const { vertexId = null, subtask = null } = location ?? {};
    send({ type: 'log', entry: { atMs: clock.nowMs(), level, text, vertexId, subtask } });
  }
}
