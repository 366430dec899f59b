/**
 * Asynchronous calls, many in flight per subtask, on the slot's event loop.
 * Semantics of Flink's AsyncWaitOperator.
 *
 * Invariants
 * - never more than `capacity` inputs are called and not emitted;
 * - a snapshot holds every input whose result was not emitted; after a restore these are called
 *   again, before any new input, with the watermarks that stood among them;
 * - answers that come after `close` are ignored.
 */
import {
  type AsyncFunction,
  type Batch,
  type EventTimeMs,
  MIN_TIMESTAMP,
  types,
  type TypeInformation,
  WeirError,
} from '@weir/core';
import type { OperatorStateReader, OperatorStateWriter } from '../checkpoint/operator-state.ts';
import type { OperatorMetricName } from '../task/task-metrics.ts';
import { type AsyncControl, type AsyncEntry, AsyncQueue, isControl } from './async-queue.ts';
import { callOf, compileLoop, eachRow, type RowLoop } from './generated-loop.ts';
import { type InFlightInput, inFlightType } from './in-flight-type.ts';
import { objectRows } from './object-rows.ts';
import type { OutputBuffer } from './output-buffer.ts';
import { RecentLatency } from './recent-latency.ts';
import { closeFunction, openFunction } from './rich-function.ts';
import type {
  ExternalWait,
  OperatorContext,
  OperatorFactory,
  StreamOperator,
} from './stream-operator.ts';

export interface AsyncOperatorOptions<T, R> {
  readonly fn: AsyncFunction<T, R>;
  /** Results in the order of their inputs, or as they come (never across a watermark). */
  readonly mode: 'ordered' | 'unordered';
  /** Calls in flight per subtask. */
  readonly capacity: number;
  /** Null = none. */
  readonly timeoutMs: number | null;
  readonly callSite: string;
  /** How inputs in flight are written into checkpoints; null = self-describing. */
  readonly inputType: TypeInformation<T> | null;
}

/** One asynchronous call per record, many of them in flight. @throws ARGUMENT_INVALID */
export function asyncFactory<T, R>(options: AsyncOperatorOptions<T, R>): OperatorFactory {
  const { capacity, timeoutMs } = options;
  if (!(capacity >= 1) || (timeoutMs !== null && !(timeoutMs > 0))) {
    throw new WeirError(
      'ARGUMENT_INVALID',
      `an async operator needs a capacity of at least 1 and a timeout above 0 ms, but has ` +
        `capacity ${capacity} and timeout ${timeoutMs}`,
    );
  }
  return {
    create: () => new AsyncOperator(options as unknown as AsyncOperatorOptions<unknown, unknown>),
  };
}

interface AsyncLoops {
  /** Calls the user's function for one row. */
  readonly start: (row: unknown, timestampMs: EventTimeMs, startedAtMs: number) => void;
  /** Stops where `capacity` is reached, too. */
  readonly startEach: RowLoop<[startedAtMs: number]>;
}

const loopsText = (call: string): string => `(() => {
  function start(row, timestampMs, startedAtMs) {
    track(row, timestampMs, startedAtMs, ${call}(row));
  }
  ${eachRow(
    'startEach',
    `if (queue.size >= capacity) return i;
    start(row, timestampMs, startedAtMs);`,
    'startedAtMs',
  )}
  return { start, startEach };
})()`;

/** Percentiles are of the last 10 to 20 s. */
const LATENCY_SPAN_MS = 10_000;

const STATE_NAME = 'in-flight';
const WATERMARKS_NAME = 'in-flight-watermarks';

/** A watermark before the input of that position. */
const WATERMARK_AMONG = types.object({ position: types.i32(), watermarkMs: types.f64() });

class AsyncOperator implements StreamOperator {
  readonly emitsWatermarks = true;
  readonly #options: AsyncOperatorOptions<unknown, unknown>;
  readonly #type: TypeInformation<InFlightInput>;
  readonly #queue: AsyncQueue;
  readonly #latency = new RecentLatency(LATENCY_SPAN_MS);
  #loops: AsyncLoops | null = null;
  #replay: (InFlightInput | AsyncControl)[] = [];
  #context: OperatorContext | null = null;
  #name = '';
  #watermarkMs: EventTimeMs = MIN_TIMESTAMP;
  #waiting = false;
  #closed = false;
  #failure: { readonly error: unknown } | null = null;

  constructor(options: AsyncOperatorOptions<unknown, unknown>) {
    const { mode, inputType } = options;
    this.#options = options;
    this.#type = inFlightType(inputType ?? types.any());
    this.#queue = new AsyncQueue(mode);
  }

  restoreState(reader: OperatorStateReader): void {
    this.#replay = [...reader.readShare(STATE_NAME, this.#type)];
    // Inputs of several subtasks in one have no order among them in which a watermark holds.
    const watermarks = reader.readOwn(WATERMARKS_NAME, WATERMARK_AMONG) ?? [];
    for (const { position, watermarkMs } of watermarks.toReversed()) {
      this.#replay.splice(position, 0, { watermarkMs, idle: null });
    }
  }

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
    this.#name = context.taskInfo.operatorName;
    const { fn, capacity } = this.#options;
    const parts = { fn, capacity, queue: this.#queue, track: this.#track };
    this.#loops = compileLoop('async', loopsText(callOf(fn, 'asyncInvoke')), parts, context);
    await openFunction(fn, context.runtimeContext);
    if (this.#replay.length > 0) context.wakeUp();
  }

  get callsInFlight(): number {
    return this.#queue.size;
  }

  processBatch(batch: Batch, from: number, to: number, out: OutputBuffer): number {
    const input = objectRows(batch, this.#name);
    // Read once per batch.
    const nowMs = this.#context!.clock.monotonicMs();
    this.#emitAnswered(out);
    this.#startReplay(nowMs);
    // As long as something is left to be called again, the queue is full.
    const next = this.#loops!.startEach(input, from, to, out, nowMs);
    this.#waiting = next < to && !out.isFull;
    return next;
  }

  processWatermark(watermarkMs: EventTimeMs, out: OutputBuffer): boolean {
    if (!this.#replayed(out)) return false;
    this.#addWatermark(watermarkMs);
    this.#emitAnswered(out);
    return true;
  }

  processStatus(idle: boolean, out: OutputBuffer): void {
    this.#queue.addStatus(idle);
    this.#emitAnswered(out);
  }

  poll(out: OutputBuffer): boolean {
    this.#failIfLate();
    this.#goOn(out);
    return !out.isFull;
  }

  nextDeadlineMs(): number {
    if (this.#options.timeoutMs === null) return Number.POSITIVE_INFINITY;
    const oldest = this.#queue.oldestPending();
    if (oldest === null) return Number.POSITIVE_INFINITY;
    const { clock } = this.#context!;
    return clock.nowMs() + oldest.startedAtMs + this.#options.timeoutMs - clock.monotonicMs();
  }

  endInput(out: OutputBuffer): boolean {
    if (!this.#replayed(out)) return false;
    this.#emitAnswered(out);
    this.#waiting = !this.#queue.isEmpty && !out.isFull;
    return this.#queue.isEmpty;
  }

  externalWait(): ExternalWait | null {
    if (!this.#waiting) return null;
    const { callSite, capacity } = this.#options;
    return { callSite, inFlight: this.#queue.size, capacity };
  }

  snapshotState(writer: OperatorStateWriter): void {
    const inputs: InFlightInput[] = [];
    const watermarks: { readonly position: number; readonly watermarkMs: number }[] = [];
    for (const element of [...this.#queue.elements(), ...this.#replay]) {
      if (!isControl(element)) {
        inputs.push({ row: element.row, timestampMs: element.timestampMs });
      } else if (element.watermarkMs !== null) {
        watermarks.push({ position: inputs.length, watermarkMs: element.watermarkMs });
      }
    }
    if (inputs.length > 0) writer.writeList(STATE_NAME, this.#type, inputs);
    if (watermarks.length > 0) writer.writeList(WATERMARKS_NAME, WATERMARK_AMONG, watermarks);
  }

  gauges(): Readonly<Partial<Record<OperatorMetricName, number>>> {
    const nowMs = this.#context!.clock.monotonicMs();
    return {
      asyncInFlight: this.#queue.size,
      asyncCapacity: this.#options.capacity,
      asyncLatencyP50Ms: this.#latency.percentile(0.5, nowMs),
      asyncLatencyP99Ms: this.#latency.percentile(0.99, nowMs),
    };
  }

  close(): void | Promise<void> {
    this.#closed = true;
    return closeFunction(this.#options.fn);
  }

  #replayed(out: OutputBuffer): boolean {
    this.#goOn(out);
    this.#waiting = this.#replay.length > 0 && !out.isFull;
    return this.#replay.length === 0;
  }

  /** Answers that leave make room for what is called again, and that may end in a watermark. */
  #goOn(out: OutputBuffer): void {
    this.#emitAnswered(out);
    if (this.#replay.length === 0) return;
    this.#startReplay(this.#context!.clock.monotonicMs());
    this.#emitAnswered(out);
  }

  #startReplay(nowMs: number): void {
    while (this.#replay.length > 0 && this.#queue.size < this.#options.capacity) {
      const next = this.#replay.shift()!;
      if (!isControl(next)) this.#loops!.start(next.row, next.timestampMs, nowMs);
      else if (next.watermarkMs !== null) this.#addWatermark(next.watermarkMs);
    }
  }

  /** After a restore, tasks in front may go on from less than what is called again had seen. */
  #addWatermark(watermarkMs: EventTimeMs): void {
    if (watermarkMs <= this.#watermarkMs) return;
    this.#watermarkMs = watermarkMs;
    this.#queue.addWatermark(watermarkMs);
  }

  readonly #track = (
    row: unknown,
    timestampMs: EventTimeMs,
    startedAtMs: number,
    call: Promise<unknown>,
  ): void => {
    const entry: AsyncEntry = {
      row,
      timestampMs,
      startedAtMs,
      answered: false,
      result: undefined,
    };
    this.#queue.add(entry);
    Promise.resolve(call).then(
      (result) => this.#answer(entry, result),
      (error: unknown) => {
        this.#failure ??= { error };
        if (!this.#closed) this.#context!.wakeUp();
      },
    );
  };

  #answer(entry: AsyncEntry, result: unknown): void {
    if (this.#closed) return;
    entry.answered = true;
    entry.result = result;
    this.#queue.answered(entry);
    const nowMs = this.#context!.clock.monotonicMs();
    this.#latency.add(nowMs - entry.startedAtMs, nowMs);
    this.#context!.wakeUp();
  }

  #emitAnswered(out: OutputBuffer): void {
    // A failed call ends the task at once, also where earlier calls have no answer yet.
    if (this.#failure !== null) throw this.#failure.error;
    while (!out.isFull) {
      const taken = this.#queue.take();
      if (taken === null) return;
      if (!isControl(taken)) {
        out.emit(taken.result, taken.timestampMs);
        continue;
      }
      if (taken.watermarkMs !== null) out.emitWatermark(taken.watermarkMs);
      if (taken.idle !== null) out.emitStatus(taken.idle);
    }
    // More may leave, and no answer will come to say so.
    if (!this.#queue.isEmpty) this.#context!.wakeUp();
  }

  #failIfLate(): void {
    const { timeoutMs, callSite } = this.#options;
    if (timeoutMs === null) return;
    const oldest = this.#queue.oldestPending();
    const nowMs = this.#context!.clock.monotonicMs();
    if (oldest === null || nowMs < oldest.startedAtMs + timeoutMs) return;
    throw new WeirError(
      'TIMEOUT',
      `a call of "${this.#name}" to ${callSite} took longer than ${timeoutMs} ms; ` +
        'raise the timeout, or make the called system faster',
      { retryable: true, context: { operator: this.#name, callSite, timeoutMs } },
    );
  }
}
