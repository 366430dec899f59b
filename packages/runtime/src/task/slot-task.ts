/**
 * A task's life in its slot: built, opened, stepped, closed; the states that the server sees.
 *
 * Transitions: created → INITIALIZING → RUNNING → FINISHED, CANCELED (by way of CANCELING) or
 * FAILED; FAILED and CANCELING from any state that is not final. The final state is reported when
 * the operators are closed, or when closing them took too long.
 */
import type { SlotPorts } from './slot-contract.ts';
import {
  type ExecutionState,
  type KeysOfSubtask,
  type LogEntry,
  type ServerToTaskManager,
  SPLITS_PER_SUBTASK_MAX,
  type SplitsOfSubtask,
  type TaskDeployment,
} from '../taskmanager/protocol.ts';
import type { TaskLocation } from '../taskmanager/task-location.ts';
import type { ChainNode } from './chain-node.ts';
import { compileEntry, enterBy, type Entry } from './entry-script.ts';
import { KeySketch } from './key-sketch.ts';
import type { SlotMetrics } from './slot-metrics.ts';
import type { BuiltTask, TaskBuilder } from './task-builder.ts';
import { TaskMetricsBlock } from './task-metrics-block.ts';
import { restoreAndOpen } from './task-restore.ts';
import { operatorError } from './user-error.ts';
import type { StepAnswer } from './time-accounting.ts';

const CLOSE_TIMEOUT_MS = 5000;
const KEYS_SENT_MAX = 5;

export interface SlotTaskSetup {
  readonly deployment: TaskDeployment;
  readonly ports: SlotPorts;
  readonly metrics: SlotMetrics;
  report(location: TaskLocation, state: ExecutionState, error: unknown): void;
  log(level: LogEntry['level'], text: string, location: TaskLocation): void;
  wakeUp(): void;
}

type State = 'created' | 'opening' | 'running' | 'closing' | 'ended';

export class SlotTask {
  readonly #setup: SlotTaskSetup;
  readonly #location: TaskLocation;
  readonly #entry: Entry;
  #state: State = 'created';
  #built: BuiltTask | null = null;
  #block: TaskMetricsBlock | null = null;

  constructor(setup: SlotTaskSetup) {
    this.#setup = setup;
    const { vertexId, subtask } = setup.deployment;
    this.#location = { vertexId, subtask };
    this.#entry = compileEntry({ vertexId, operatorId: null, subtask });
  }

  get vertexId(): string {
    return this.#location.vertexId;
  }

  get isEnded(): boolean {
    return this.#state === 'ended';
  }

  get didWork(): boolean {
    return this.#state === 'running' && this.#built!.task.didWork;
  }

  get callsInFlight(): number {
    return this.#state === 'running' ? this.#built!.task.callsInFlight : 0;
  }

  get isSerializing(): boolean {
    return this.#state === 'running' && this.#built!.task.isSerializing;
  }

  get nextDeadlineMs(): number {
    if (this.#state !== 'running') return Number.POSITIVE_INFINITY;
    return this.#built!.task.nextDeadlineMs;
  }

  /** Reports INITIALIZING, then FAILED if it can't be built. */
  build(builder: TaskBuilder, verify: () => void): void {
    this.#setup.report(this.#location, 'INITIALIZING', null);
    try {
      verify();
      this.#built = builder.build(this.#setup.deployment);
      const { task, edges } = this.#built;
      this.#block = new TaskMetricsBlock(task, this.#setup.metrics, edges);
    } catch (error) {
      this.#end('FAILED', error);
    }
  }

  async open(): Promise<void> {
    const built = this.#built;
    if (built === null || this.#state !== 'created') return;
    const { clock, storage } = this.#setup.ports;
    this.#state = 'opening';
    const startMs = clock.monotonicMs();
    try {
      await restoreAndOpen(built, this.#setup.deployment, storage);
    } catch (error) {
      if (this.#isOpening()) this.#end('FAILED', error);
      return;
    }
    if (!this.#isOpening()) return;
    this.#block!.initializationMs = clock.monotonicMs() - startMs;
    this.#state = 'running';
    this.#setup.report(this.#location, 'RUNNING', null);
  }

  step(budgetMs: number): StepAnswer {
    if (this.#state !== 'running') return 'done';
    return enterBy(this.#entry, this.#step, budgetMs);
  }

  readonly #step = (budgetMs: number): StepAnswer => {
    try {
      const answer = this.#built!.task.step(budgetMs);
      if (answer === 'done') {
        this.#block!.sample();
        this.#end('FINISHED', null);
      } else {
        this.#block!.store();
      }
      return answer;
    } catch (error) {
      this.#end('FAILED', error);
      return 'done';
    }
  };

  handle(message: ServerToTaskManager): void {
    if (message.type === 'cancel') {
      this.#cancel();
      return;
    }
    if (this.#built === null || (this.#state !== 'running' && this.#state !== 'opening')) return;
    const { task } = this.#built;
    switch (message.type) {
      case 'triggerCheckpoint':
        task.triggerCheckpoint(message);
        return;
      case 'notifyCheckpointComplete':
        task.notifyCheckpointComplete(message.checkpointId);
        return;
      case 'notifyCheckpointAborted':
        task.notifyCheckpointAborted(message.checkpointId);
        return;
      default:
        this.#setup.log('warn', `a slot does not understand ${message.type}`, this.#location);
    }
  }

  sample(): void {
    if (this.#state !== 'running') return;
    this.#built!.task.times.settle(this.#setup.ports.clock.monotonicMs());
    this.#block!.sample();
  }

  /** Null where nothing is read from splits, and while it does not run. */
  splits(): SplitsOfSubtask | null {
    if (this.#state !== 'running') return null;
    const views = this.#built!.task.chain.head.source?.splitViews?.();
    if (views === undefined || views.length === 0) return null;
    const splits = views.slice(0, SPLITS_PER_SUBTASK_MAX);
    const atMs = this.#setup.ports.clock.nowMs();
    return { ...this.#location, atMs, count: views.length, splits };
  }

  /** From now on its keys are looked at; nothing happens where it has none. */
  startKeySample(): void {
    const node = this.#keyedNode();
    if (node !== null) node.keys = new KeySketch();
  }

  /** Ends the sample; null where there is none. */
  takeKeySample(): KeysOfSubtask | null {
    const node = this.#keyedNode();
    const sketch = node?.keys ?? null;
    if (node === null || sketch === null) return null;
    node.keys = null;
    return { ...this.#location, records: sketch.records, keys: sketch.top(KEYS_SENT_MAX) };
  }

  #keyedNode(): ChainNode | null {
    if (this.#state !== 'running') return null;
    const { nodes } = this.#built!.task.chain;
    return nodes.find(({ operator }) => operator.keyAt !== undefined) ?? null;
  }

  #cancel(): void {
    if (this.#state === 'closing' || this.#state === 'ended') return;
    this.#setup.report(this.#location, 'CANCELING', null);
    this.#end('CANCELED', null);
  }

  #end(state: 'FINISHED' | 'CANCELED' | 'FAILED', error: unknown): void {
    this.#state = 'closing';
    this.#close()
      .then(
        (closeError) => {
          if (state === 'FINISHED' && closeError !== null) this.#ended('FAILED', closeError);
          else this.#ended(state, error);
        },
        (closeError: unknown) => this.#ended('FAILED', error ?? closeError),
      )
      .finally(() => this.#setup.wakeUp());
  }

  #ended(state: ExecutionState, error: unknown): void {
    this.#state = 'ended';
    this.#setup.report(this.#location, state, error);
  }

  /** Closes all operators whatever one of them does; the first error, null if there was none. */
  async #close(): Promise<unknown> {
    const built = this.#built;
    if (built === null) return null;
    let first: unknown = null;
    const closing = (async () => {
      await built.task.abandon();
      for (const { operator, keyedState, node } of built.task.chain.nodes) {
        try {
          await operator.close();
          keyedState?.close();
        } catch (error) {
          const shown = operatorError(error, node, this.#location.subtask);
          first ??= shown;
          this.#setup.log('warn', `closing: ${shown.message}`, this.#location);
        }
      }
    })();
    await this.#orTimeout(closing);
    return first;
  }

  #orTimeout(promise: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.#setup.ports.timers.schedule(CLOSE_TIMEOUT_MS, () => {
        const text = `closing takes longer than ${CLOSE_TIMEOUT_MS} ms; going on without it`;
        this.#setup.log('warn', text, this.#location);
        resolve();
      });
      promise.then(resolve, reject).finally(() => timer.cancel());
    });
  }

  #isOpening(): boolean {
    return this.#state === 'opening';
  }
}
