/**
 * Keyed tumbling windows. Semantics of Flink's WindowOperator with its EventTimeTrigger or
 * ProcessingTimeTrigger.
 *
 * Laws
 * - a window is [start, start + size), start congruent to the offset modulo the size;
 * - it fires when the watermark reaches its last millisecond, and again for each record that comes
 *   later but within the allowed lateness; what it emits carries its last millisecond;
 * - a record is late where `last millisecond + allowed lateness <= watermark`; late records go to
 *   the side output, or are dropped and counted;
 * - a window's state is cleared when the watermark reaches last millisecond + allowed lateness;
 * - between two windows firing stops when the output is full, and goes on at the next call.
 *
 * A window's namespace in state and timers is its start.
 */
import {
  type Batch,
  type EventTimeMs,
  type KeySelector,
  MAX_WATERMARK,
  MIN_TIMESTAMP,
  type OutputTag,
  type ProcessWindowFunction,
  type TimeWindow,
  type TypeInformation,
  type WindowContext,
  WeirError,
} from '@weir/core';
import type {
  InternalTimerService,
  KeyedStateBackend,
  TimeDomain,
} from '../state/keyed-state-backend.ts';
import {
  compileLoop,
  eachRow,
  ENTER_KEY,
  refusePromise,
  type TimedLoops,
  timedLoops,
} from './generated-loop.ts';
import { keyedStateOf } from './keyed-state-of.ts';
import { NAMESPACE_TYPE } from './namespace-type.ts';
import { objectRows } from './object-rows.ts';
import type { OutputBuffer } from './output-buffer.ts';
import { closeFunction, openFunction } from './rich-function.ts';
import { RowCollector } from './row-collector.ts';
import type { OperatorContext, OperatorFactory, StreamOperator } from './stream-operator.ts';
import { openWindowContents, type WindowContents } from './window-contents.ts';
import type { WindowOptions } from './window-options.ts';

/** Keyed windows with Flink's semantics. @throws WeirError ARGUMENT_INVALID for a bad size. */
export function windowFactory<T, K, A = unknown, V = unknown, R = unknown>(
  options: WindowOptions<T, K, A, V, R>,
): OperatorFactory {
  const { sizeMs, offsetMs } = options.assigner;
  if (!(sizeMs > 0) || Math.abs(offsetMs) >= sizeMs || !(options.allowedLatenessMs >= 0)) {
    throw new WeirError(
      'ARGUMENT_INVALID',
      `a tumbling window needs size > 0, |offset| < size and allowed lateness >= 0, but has ` +
        `size ${sizeMs} ms, offset ${offsetMs} ms, lateness ${options.allowedLatenessMs} ms`,
    );
  }
  return {
    keyType: options.keyType as TypeInformation<unknown> | null,
    create: () => new WindowOperator(options as unknown as AnyOptions),
  };
}

/** Flink's TimeWindow.getWindowStartWithOffset; correct for negative timestamps too. */
export function windowStart(timestampMs: number, sizeMs: number, offsetMs: number): number {
  const remainder = (timestampMs - offsetMs) % sizeMs;
  return timestampMs - (remainder < 0 ? remainder + sizeMs : remainder);
}

const loopsText = (add: string): string =>
  timedLoops(
    eachRow(
      'window',
      `
    if (eventTime && timestampMs === MIN) refuseUntimed();
    const start = windowStart(eventTime ? timestampMs : nowMs, sizeMs, offsetMs);
    const lastMs = start + sizeMs - 1;
    if (eventTime && lastMs + latenessMs <= watermarkMs) {
      late(row, timestampMs, out);
      continue;
    }${ENTER_KEY}
    keyed.setCurrentNamespace(start);${add}
    if (first) setTimers(start, lastMs);
    if (eventTime && lastMs <= watermarkMs) fire(start);`,
      'watermarkMs',
      'nowMs',
    ),
  );

type AnyOptions = WindowOptions<unknown, unknown, unknown, unknown, unknown>;

class WindowOperator implements StreamOperator, WindowContext {
  numFiredTimers = 0;
  readonly #options: AnyOptions;
  readonly #process: ProcessWindowFunction<unknown, unknown, unknown> | null;
  readonly #select: KeySelector<unknown, unknown>;
  readonly #domain: TimeDomain;
  readonly #sizeMs: number;
  readonly #offsetMs: number;
  readonly #latenessMs: number;
  readonly #collector = new RowCollector();
  #context: OperatorContext | null = null;
  #name = '';
  #keyed: KeyedStateBackend | null = null;
  #timers: InternalTimerService<number> | null = null;
  #contents: WindowContents | null = null;
  #loops: TimedLoops<[watermarkMs: EventTimeMs, nowMs: number]> | null = null;
  #watermarkMs: EventTimeMs = MIN_TIMESTAMP;
  #firingStart = 0;
  #lateDropped = 0;

  constructor(options: AnyOptions) {
    const { assigner, allowedLatenessMs, function: fn, keySelector } = options;
    this.#options = options;
    this.#process = fn.process;
    this.#select = keySelector;
    this.#domain = assigner.timeDomain;
    this.#sizeMs = assigner.sizeMs;
    this.#offsetMs = assigner.offsetMs;
    // Processing time has no lateness: a window is cleared as soon as it has fired.
    this.#latenessMs = assigner.timeDomain === 'EVENT_TIME' ? allowedLatenessMs : 0;
  }

  open(context: OperatorContext): void | Promise<void> {
    this.#context = context;
    this.#name = context.taskInfo.operatorName;
    this.#keyed = keyedStateOf(context);
    this.#timers = this.#keyed.getTimerService('window-timers', NAMESPACE_TYPE);
    this.#contents = openWindowContents(this.#keyed, this.#options.function);
    this.#loops = this.#compile(context, this.#contents);
    return openFunction(this.#process, context.runtimeContext);
  }

  processBatch(batch: Batch, from: number, to: number, out: OutputBuffer): number {
    const input = objectRows(batch, this.#name);
    const nowMs = this.#domain === 'EVENT_TIME' ? 0 : this.#context!.clock.nowMs();
    this.#collector.attach(out);
    try {
      return this.#loops!.process(input, from, to, out, this.#watermarkMs, nowMs);
    } finally {
      this.#leave();
    }
  }

  keyAt(batch: Batch, row: number): unknown {
    return this.#select(objectRows(batch, this.#name).rows[row]);
  }

  processWatermark(watermarkMs: EventTimeMs, out: OutputBuffer): boolean {
    this.#watermarkMs = watermarkMs;
    return this.#advance('EVENT_TIME', watermarkMs, out);
  }

  poll(out: OutputBuffer): boolean {
    return this.#advance('PROCESSING_TIME', this.#context!.clock.nowMs(), out);
  }

  nextDeadlineMs(): number {
    return this.#timers!.nextTimestamp('PROCESSING_TIME');
  }

  gauges(): { readonly numLateRecordsDropped: number } {
    return { numLateRecordsDropped: this.#lateDropped };
  }

  close(): void | Promise<void> {
    return closeFunction(this.#process);
  }

  window(): TimeWindow {
    return { start: this.#firingStart, end: this.#firingStart + this.#sizeMs };
  }

  currentWatermark(): EventTimeMs {
    return this.#watermarkMs;
  }

  currentProcessingTime(): number {
    return this.#context!.clock.nowMs();
  }

  output<X>(tag: OutputTag<X>, value: X): void {
    this.#collector.out.emitSide(tag.id, value, this.#collector.timestampMs);
  }

  #compile(
    context: OperatorContext,
    contents: WindowContents,
  ): TimedLoops<[watermarkMs: EventTimeMs, nowMs: number]> {
    const parts = {
      ...contents.addParts,
      eventTime: this.#domain === 'EVENT_TIME',
      sizeMs: this.#sizeMs,
      offsetMs: this.#offsetMs,
      latenessMs: this.#latenessMs,
      windowStart,
      select: this.#select,
      keyed: this.#keyed,
      timers: this.#timers,
      setTimers: (start: number, lastMs: number) => this.#setTimers(start, lastMs),
      fire: (start: number) => this.#fire(start),
      late: (row: unknown, timestampMs: number, out: OutputBuffer) =>
        this.#late(row, timestampMs, out),
      refuseUntimed: () => this.#refuseUntimed(),
    };
    return compileLoop('reduce', loopsText(contents.addText), parts, context);
  }

  /** For firing and for clearing; setting a timer twice is setting it once. */
  #setTimers(start: number, lastMs: number): void {
    const timers = this.#timers!;
    const domain = this.#domain;
    if (domain === 'PROCESSING_TIME' || lastMs > this.#watermarkMs) {
      timers.registerTimer(domain, start, lastMs);
    }
    const cleanupMs = lastMs + this.#latenessMs;
    if (cleanupMs > lastMs && cleanupMs < MAX_WATERMARK) {
      timers.registerTimer(domain, start, cleanupMs);
    }
  }

  #advance(domain: TimeDomain, timeMs: number, out: OutputBuffer): boolean {
    if (this.#timers!.nextTimestamp(domain) > timeMs) return true;
    if (out.isFull) return false;
    this.#collector.attach(out);
    try {
      return this.#loops!.advance(domain, timeMs, this.#onTimer, () => out.isFull);
    } finally {
      this.#leave();
    }
  }

  readonly #onTimer = (start: number, timestampMs: number): void => {
    this.numFiredTimers++;
    const lastMs = start + this.#sizeMs - 1;
    if (timestampMs === lastMs) this.#fire(start);
    if (timestampMs !== lastMs + this.#latenessMs) return;
    this.#keyed!.setCurrentNamespace(start);
    this.#contents!.clear();
  };

  #fire(start: number): void {
    const keyed = this.#keyed!;
    const collector = this.#collector;
    keyed.setCurrentNamespace(start);
    const elements = this.#contents!.get();
    if (elements === null) return;
    collector.timestampMs = start + this.#sizeMs - 1;
    if (this.#process === null) {
      collector.collect(elements[0]);
      return;
    }
    // A window function's own state belongs to the key, not to the window.
    keyed.setCurrentNamespace(0);
    this.#firingStart = start;
    const result: unknown = this.#process.process(keyed.getCurrentKey(), this, elements, collector);
    if (result instanceof Promise) refusePromise('window', this.#name, result);
  }

  #late(row: unknown, timestampMs: EventTimeMs, out: OutputBuffer): void {
    const { lateTag } = this.#options;
    if (lateTag === null) this.#lateDropped++;
    else out.emitSide(lateTag.id, row, timestampMs);
  }

  #leave(): void {
    this.#collector.detach();
    this.#keyed!.setCurrentNamespace(0);
    this.#keyed!.clearCurrentKey();
  }

  #refuseUntimed(): never {
    throw new WeirError(
      'ARGUMENT_INVALID',
      `window "${this.#name}" works in event time, but a record has no timestamp; ` +
        'give the source a WatermarkStrategy with withTimestampAssigner(…), ' +
        'or use processing-time windows',
      { context: { operator: this.#name } },
    );
  }
}
