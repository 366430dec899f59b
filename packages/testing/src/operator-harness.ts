/**
 * Runs one operator by itself, as a task would: the driver's side of the operator contract, with
 * virtual time, real checkpoint files in memory and real keyed state.
 *
 *     const counts = await OperatorHarness.open(reduceFactory({ … }));
 *     await counts.process({ user: 'ada', clicks: 1 }, 1000);
 *     expect(counts.output).toEqual([{ kind: 'record', value: …, timestampMs: 1000 }]);
 *
 * `verifyOperator` builds on it and feeds an operator in every way that a task may.
 */
import {
  type Batch,
  Configuration,
  type EventTimeMs,
  invariant,
  keyGroupRangeOf,
  MIN_TIMESTAMP,
  rowCount,
  type TaskInfo,
} from '@weir/core';
import {
  type CheckpointFile,
  CheckpointFileWriter,
  createHashMapKeyedStateBackend,
  createKeyedStateSource,
  createOperatorStateReader,
  type KeyedStateBackend,
  openCheckpointFile,
  OperatorListBuffer,
  type OperatorContext,
  type OperatorFactory,
  type SourceStreamOperator,
  type StreamOperator,
} from '@weir/runtime';
import { MemoryStorage } from './memory-storage.ts';
import { NarrowOutput, type OutputElement, takeOutput } from './output-recorder.ts';
import { settle, VirtualTime } from './virtual-time.ts';
import { createTestContext } from './operator-context.ts';

/** State of one operator, of one or several subtasks. */
export interface HarnessState {
  readonly files: readonly CheckpointFile[];
  readonly checkpointId: number;
}

export interface HarnessOptions {
  readonly subtask?: number;
  readonly parallelism?: number;
  readonly maxParallelism?: number;
  readonly attempt?: number;
  readonly configuration?: Readonly<Record<string, string>>;
  readonly time?: VirtualTime;
  /** What an earlier harness snapshotted. */
  readonly state?: HarnessState;
}

const OPERATOR_ID = '0123456789abcdef0123456789abcdef';
const ATTEMPTS_MAX = 100_000;

export class OperatorHarness {
  readonly operator: StreamOperator | SourceStreamOperator;
  readonly time: VirtualTime;
  readonly output: OutputElement[] = [];
  /** Every other call finds the output full, and the others have room for one row. */
  grudging = false;
  /** What the operator reported by `fail`. */
  failure: unknown = null;
  readonly #out = new NarrowOutput();
  readonly #keyed: KeyedStateBackend | null;
  #calls = 0;
  #wakeUps = 0;
  #pollDue = false;

  private constructor(factory: OperatorFactory, options: HarnessOptions) {
    const { subtask = 0, parallelism = 1, maxParallelism = 128 } = options;
    this.operator = factory.create();
    this.time = options.time ?? new VirtualTime(0);
    this.#keyed =
      factory.keyType === undefined
        ? null
        : createHashMapKeyedStateBackend({
            keyGroupRange: keyGroupRangeOf(subtask, parallelism, maxParallelism),
            maxParallelism,
            clock: this.time,
            keyType: factory.keyType,
          });
  }

  /** Creates the operator, restores it if there is state, and opens it. */
  static async open(
    factory: OperatorFactory,
    options: HarnessOptions = {},
  ): Promise<OperatorHarness> {
    const harness = new OperatorHarness(factory, options);
    const context = harness.#context(options);
    if (options.state !== undefined) await harness.#restore(options.state, context);
    await harness.operator.open(context);
    if (options.state !== undefined) await harness.#restoreOwnState(options.state, context);
    return harness;
  }

  /** How often the operator asked to be called. */
  get wakeUps(): number {
    return this.#wakeUps;
  }

  /** Values of the main output's records so far. */
  get values(): unknown[] {
    return this.output.filter(({ kind }) => kind === 'record').map((e) => (e as Valued).value);
  }

  sideValues(tag: string): unknown[] {
    return this.output
      .filter((element) => element.kind === 'side' && element.tag === tag)
      .map((element) => (element as Valued).value);
  }

  async process(value: unknown, timestampMs: EventTimeMs | null = null): Promise<void> {
    await this.processBatch([value], [timestampMs]);
  }

  async processBatch(
    rows: readonly unknown[],
    timestamps: ReadonlyArray<EventTimeMs | null>,
  ): Promise<void> {
    const times = Float64Array.from(timestamps, (timestampMs) => timestampMs ?? MIN_TIMESTAMP);
    const batch: Batch = {
      kind: 'objects',
      count: rows.length,
      rows,
      timestamps: timestamps.every((timestampMs) => timestampMs === null) ? null : times,
      keyHashes: null,
    };
    await this.feed(batch);
  }

  /** A batch of either kind. */
  async feed(batch: Batch): Promise<void> {
    const rows = rowCount(batch);
    let from = 0;
    await this.#repeat(() => {
      const next = this.operator.processBatch(batch, from, rows, this.#out);
      invariant(next >= from && next <= rows, 'an operator lost its place', { from, next });
      from = next;
      return from === rows;
    });
  }

  async watermark(timestampMs: EventTimeMs): Promise<void> {
    await this.#repeat(() => this.operator.processWatermark(timestampMs, this.#out));
    if (this.operator.emitsWatermarks !== true) {
      this.output.push({ kind: 'watermark', timestampMs });
    }
  }

  async status(idle: boolean): Promise<void> {
    if (this.operator.emitsWatermarks !== true) {
      this.output.push({ kind: 'status', idle });
      return;
    }
    await this.#repeat(() => {
      this.operator.processStatus?.(idle, this.#out);
      return true;
    });
  }

  /** Sets processing time, timers and deadlines on the way included. */
  async timeTo(nowMs: number): Promise<void> {
    for (;;) {
      const deadlineMs = this.operator.nextDeadlineMs?.() ?? Number.POSITIVE_INFINITY;
      if (deadlineMs > nowMs) break;
      await this.time.advance(Math.max(0, deadlineMs - this.time.nowMs()));
      await this.poll();
    }
    await this.time.advance(nowMs - this.time.nowMs());
    await this.poll();
  }

  /** Lets promises settle, then the operator do what is due. */
  async poll(): Promise<void> {
    await settle();
    await this.#repeat(() => this.operator.poll?.(this.#out) ?? true);
  }

  /** Polls until no asynchronous call is left, moving time on to timers that calls wait for. */
  async drain(): Promise<void> {
    for (let i = 0; i < ATTEMPTS_MAX; i++) {
      await this.poll();
      if ((this.operator.callsInFlight ?? 0) === 0) return;
      await this.#passTime();
    }
    invariant(false, 'asynchronous calls never end');
  }

  async endInput(): Promise<void> {
    await this.#repeat(() => this.operator.endInput?.(this.#out) ?? true);
    this.output.push({ kind: 'endOfInput' });
  }

  /** Sources: lets it emit up to `rowsMax` rows once. */
  async emitNext(rowsMax = 1024): Promise<'more' | 'nothing' | 'end'> {
    await settle();
    const source = this.operator as SourceStreamOperator;
    this.#narrow();
    const status = source.emitNext(this.#out, rowsMax);
    takeOutput(this.#out, this.output);
    this.#throwFailure();
    return status;
  }

  /** Everything that a task does for a checkpoint, up to the acknowledgement. */
  async snapshot(checkpointId: number, endOfInput = false): Promise<HarnessState> {
    await this.operator.prepareSnapshot?.(checkpointId, endOfInput);
    const lists = new OperatorListBuffer();
    this.operator.snapshotState?.(lists, checkpointId);
    const keyed = this.#keyed?.snapshot() ?? this.operator.snapshotKeyedState?.() ?? null;
    const storage = new MemoryStorage();
    const writer = new CheckpointFileWriter(storage, `checkpoint-${checkpointId}`);
    writer.addOperator(OPERATOR_ID, { lists: lists.lists, keyed });
    await writer.drain(settle);
    const file = await writer.close();
    return { files: [await openCheckpointFile(storage, file)], checkpointId };
  }

  async notifyCheckpointComplete(checkpointId: number): Promise<void> {
    await this.operator.notifyCheckpointComplete?.(checkpointId);
  }

  async close(): Promise<void> {
    await this.operator.close();
    this.#keyed?.close();
  }

  /** Calls until the answer is true; then `poll`, where the operator asked for it. */
  async #repeat(call: () => boolean): Promise<void> {
    this.#pollDue = false;
    await this.#untilTrue(call);
    while (this.#pollDue) {
      this.#pollDue = false;
      await this.#untilTrue(() => this.operator.poll?.(this.#out) ?? true);
    }
  }

  /** As a driver does: output taken between calls. */
  async #untilTrue(call: () => boolean): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      this.#narrow();
      const done = call();
      const emitted = !this.#out.isEmpty;
      const room = this.#out.limit > 0;
      takeOutput(this.#out, this.output);
      this.#throwFailure();
      if (done) return;
      if (emitted || !room) continue;
      const waits = (this.operator.externalWait?.() ?? null) !== null;
      invariant(waits || this.grudging, 'an operator neither progresses nor waits');
      await this.#passTime();
      this.operator.poll?.(this.#out);
      takeOutput(this.#out, this.output);
    }
    invariant(false, 'an operator never gets done');
  }

  #narrow(): void {
    this.#calls++;
    this.#out.limit = this.grudging ? this.#calls % 2 : 1024;
  }

  /** Lets promises go on; if none did anything, moves to the next timer. */
  async #passTime(): Promise<void> {
    const before = this.#wakeUps;
    await settle();
    if (this.#wakeUps === before && this.time.fireNext()) await settle();
  }

  #throwFailure(): void {
    if (this.failure !== null) throw this.failure;
  }

  async #restore(state: HarnessState, context: OperatorContext): Promise<void> {
    const { subtaskIndex, parallelism, maxParallelism } = context.taskInfo;
    const range = keyGroupRangeOf(subtaskIndex, parallelism, maxParallelism);
    const { files } = state;
    const writers = files.map((_, subtask) => ({ subtask, parallelism: files.length }));
    this.operator.restoreState?.(
      await createOperatorStateReader(files, OPERATOR_ID, subtaskIndex, parallelism, writers),
    );
    await this.#keyed?.restore(await createKeyedStateSource(files, OPERATOR_ID, range));
  }

  /** State that the operator keeps in a form of its own. */
  async #restoreOwnState(state: HarnessState, context: OperatorContext): Promise<void> {
    if (this.operator.restoreKeyedState === undefined) return;
    const { subtaskIndex, parallelism, maxParallelism } = context.taskInfo;
    const range = keyGroupRangeOf(subtaskIndex, parallelism, maxParallelism);
    const source = await createKeyedStateSource(state.files, OPERATOR_ID, range);
    await this.operator.restoreKeyedState(source);
  }

  #context(options: HarnessOptions): OperatorContext {
    const { subtask = 0, parallelism = 1, maxParallelism = 128, attempt = 0 } = options;
    const taskInfo: TaskInfo = {
      jobName: 'harness',
      taskName: 'harness',
      operatorName: 'operator',
      subtaskIndex: subtask,
      parallelism,
      maxParallelism,
      attempt,
    };
    return createTestContext({
      operatorId: OPERATOR_ID,
      taskInfo,
      time: this.time,
      keyedState: this.#keyed,
      configuration: new Configuration(options.configuration ?? {}),
      restoredCheckpointId: options.state?.checkpointId ?? null,
      wakeUp: () => {
        this.#wakeUps++;
        this.#pollDue = true;
      },
      fail: (error) => {
        this.failure = error;
      },
    });
  }
}

/** The states of several subtasks as one, in subtask order. */
export function combineStates(states: readonly HarnessState[]): HarnessState {
  const files = states.flatMap((state) => state.files);
  return { files, checkpointId: states[0]?.checkpointId ?? 0 };
}

interface Valued {
  readonly value: unknown;
}
