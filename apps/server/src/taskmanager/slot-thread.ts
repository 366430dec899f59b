/**
 * One slot as the main thread sees it: a worker thread that may start before there is a
 * deployment, the tasks that it was given, and how it ended.
 *
 * Invariant: every task of a slot reaches a final state: by its own report, or by this class when
 * the thread is gone.
 */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { toWire, WeirError } from '@weir/core';
import type {
  Deployment,
  ExecutionState,
  LogEntry,
  PositionedOperator,
  ServerToTaskManager,
  TaskDeployment,
  TaskManagerToServer,
} from '@weir/runtime';
import { engineEntry } from '../engine-resolution.ts';
import { entryOf } from './console-forwarding.ts';
import type { MainToSlot, SlotThreadData, SlotToMain } from './slot-protocol.ts';
import { allocateVitals } from './slot-vitals.ts';
import { operatorOf, placeText } from './whereabouts.ts';

const YOUNG_GENERATION_MB = 64;
const FINAL: ReadonlySet<ExecutionState> = new Set(['FINISHED', 'CANCELED', 'FAILED']);

export interface SlotThreadListener {
  onMessage(slot: SlotThread, message: TaskManagerToServer): void;
  /** The thread is gone and all its tasks are in a final state. */
  onEnd(slot: SlotThread): void;
  /** To which operator of the slot most time went. */
  busiest(slot: SlotThread): PositionedOperator | null;
}

export class SlotThread {
  readonly slot: number;
  readonly vitals = allocateVitals();
  readonly worker: Worker;
  /** True from `start` until the thread has ended: it owes signs of life. */
  isWorking = false;
  readonly #listener: SlotThreadListener;
  readonly #states = new Map<string, ExecutionState>();
  #deployment: Deployment | null = null;
  #tasks: readonly TaskDeployment[] = [];
  #error: unknown = null;
  #exitCode: number | null = null;
  #finalState: 'FAILED' | 'CANCELED' = 'FAILED';

  constructor(
    slot: number,
    heapMb: number | null,
    beatPeriodMs: number,
    listener: SlotThreadListener,
  ) {
    this.slot = slot;
    this.#listener = listener;
    const workerData: SlotThreadData = { slot, vitals: this.vitals, beatPeriodMs };
    this.worker = new Worker(engineEntry('slot'), {
      name: `slot-${slot}`,
      workerData,
      stdout: true,
      stderr: true,
      resourceLimits: {
        maxYoungGenerationSizeMb: YOUNG_GENERATION_MB,
        ...(heapMb === null ? {} : { maxOldGenerationSizeMb: heapMb }),
      },
    });
    this.worker.on('message', (message: SlotToMain) => this.#receive(message));
    this.worker.on('error', (error) => {
      this.#error ??= error;
    });
    this.worker.on('exit', (code) => this.#exited(code));
    this.#forwardLines(this.worker.stdout, 'info');
    this.#forwardLines(this.worker.stderr, 'warn');
  }

  start(message: MainToSlot & { type: 'start' }): void {
    const { deployment } = message;
    this.#deployment = deployment;
    this.#tasks = deployment.tasks.filter((task) => task.slot === this.slot);
    this.isWorking = true;
    const code = this.#exitCode;
    if (code === null) this.#post(message);
    else setImmediate(() => this.#exited(code));
  }

  handle(message: ServerToTaskManager): void {
    if (message.type === 'cancel') this.#finalState = 'CANCELED';
    if (this.isWorking) this.#post({ type: 'message', message });
  }

  /** Ends the thread wherever it is; tasks that have not ended become FAILED with `error`. */
  failAndTerminate(error: unknown): void {
    this.#error = error;
    this.#finalState = 'FAILED';
    // Reported at once: a thread that hangs in native code may take its time to go.
    this.#finishTasks(0);
    void this.worker.terminate();
  }

  /** Ends the thread wherever it is; tasks that have not ended become CANCELED. */
  cancelAndTerminate(): void {
    this.#finalState = 'CANCELED';
    this.#finishTasks(0);
    void this.worker.terminate();
  }

  /** The operator that the thread is in, or was in last; also when it hangs or is gone. */
  get operator(): PositionedOperator | null {
    return this.#deployment === null ? null : operatorOf(this.vitals, this.#deployment);
  }

  get isFinal(): boolean {
    return this.#tasks.every((task) => FINAL.has(this.#states.get(keyOf(task)) ?? 'CREATED'));
  }

  #post(message: MainToSlot): void {
    this.worker.postMessage(message);
  }

  #receive(message: SlotToMain): void {
    if (message.type === 'ended') {
      void this.worker.terminate();
      return;
    }
    this.#deliver(message.message);
  }

  #deliver(message: TaskManagerToServer): void {
    if (message.type === 'taskState') this.#states.set(keyOf(message), message.state);
    this.#listener.onMessage(this, message);
  }

  #exited(code: number): void {
    this.isWorking = false;
    this.#exitCode = code;
    this.#finishTasks(code);
    this.#listener.onEnd(this);
  }

  /** Puts tasks that have not reported their end into the final state. */
  #finishTasks(code: number): void {
    const canceled = this.#finalState === 'CANCELED';
    const culprit = this.#culprit();
    const error = canceled ? null : toWire(endOf(this.slot, code, this.#error, culprit));
    for (const { vertexId, subtask } of this.#culpritFirst(culprit)) {
      if (FINAL.has(this.#states.get(keyOf({ vertexId, subtask })) ?? 'CREATED')) continue;
      const atMs = Date.now();
      const state = this.#finalState;
      this.#deliver({ type: 'taskState', vertexId, subtask, state, atMs, error });
    }
  }

  /**
   * A thread without heap ends a little later, possibly in an operator that is not to blame; who
   * fills the heap also has the collector's pauses in its time.
   */
  #culprit(): PositionedOperator | null {
    const { operator } = this;
    if (operator?.inside === true || !isOutOfMemory(this.#error)) return operator;
    return this.#listener.busiest(this) ?? operator;
  }

  /** The first that is reported counts as the cause. */
  #culpritFirst(culprit: PositionedOperator | null): TaskDeployment[] {
    if (culprit === null) return [...this.#tasks];
    const isCulprit = (task: TaskDeployment): boolean => keyOf(task) === keyOf(culprit);
    return [...this.#tasks].sort((a, b) => Number(isCulprit(b)) - Number(isCulprit(a)));
  }

  #forwardLines(stream: Readable, level: LogEntry['level']): void {
    createInterface({ input: stream }).on('line', (line) => {
      this.#listener.onMessage(this, { type: 'log', entry: entryOf(Date.now(), level, line) });
    });
  }
}

function keyOf({ vertexId, subtask }: { vertexId: string; subtask: number }): string {
  return `${vertexId}/${subtask}`;
}

function isOutOfMemory(error: unknown): boolean {
  return (error as { code?: string } | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

function endOf(
  slot: number,
  code: number,
  error: unknown,
  operator: PositionedOperator | null,
): unknown {
  if (isOutOfMemory(error)) {
    const place = placeText(operator, ', most likely in ');
    return new WeirError(
      'TASK_FAILED',
      `slot ${slot} ran out of heap${place}; keep less in the job’s own variables, raise the ` +
        'parallelism, or give slots more with taskmanager.memory.task.heap.size',
      { retryable: true, cause: error },
    );
  }
  if (error !== null) return error;
  return new WeirError(
    'TASK_FAILED',
    `the thread of slot ${slot} ended with code ${code}${placeText(operator)}`,
    {
      retryable: true,
      context: { slot, code },
    },
  );
}
