/** User functions: a plain function, or an object with the same method and a life cycle. */
import type { DurationLike } from './duration.ts';
import type { EventTimeMs } from './ids.ts';
import type { RuntimeContext } from './runtime-context.ts';

export interface Collector<T> {
  collect(record: T): void;
}

/** Names a side output; two tags with the same id are the same output. */
export class OutputTag<T> {
  readonly id: string;
  /** Carries the element type only; always undefined. */
  declare readonly elementType?: T;

  constructor(id: string) {
    this.id = id;
  }
}

/** The life cycle that any function object may have; a plain function has none. */
export interface RichFunction {
  open?(context: RuntimeContext): void | Promise<void>;
  close?(): void | Promise<void>;
}

export type MapFunction<T, R> = ((value: T) => R) | (RichFunction & { map(value: T): R });

export type FlatMapFunction<T, R> =
  | ((value: T, out: Collector<R>) => void)
  | (RichFunction & { flatMap(value: T, out: Collector<R>): void });

export type FilterFunction<T> =
  | ((value: T) => boolean)
  | (RichFunction & { filter(value: T): boolean });

export type ReduceFunction<T> = ((left: T, right: T) => T) | { reduce(left: T, right: T): T };

export type KeySelector<T, K> = (value: T) => K;

export interface AggregateFunction<T, A, R> {
  createAccumulator(): A;
  add(value: T, accumulator: A): A;
  getResult(accumulator: A): R;
  /** Needed by merging windows (sessions) only. */
  merge?(left: A, right: A): A;
}

export interface TimerService {
  currentProcessingTime(): number;
  currentWatermark(): EventTimeMs;
  registerEventTimeTimer(timestampMs: EventTimeMs): void;
  registerProcessingTimeTimer(timestampMs: number): void;
  deleteEventTimeTimer(timestampMs: EventTimeMs): void;
  deleteProcessingTimeTimer(timestampMs: number): void;
}

export interface ProcessContext {
  /** The record's timestamp, null if it has none. */
  timestamp(): EventTimeMs | null;
  timerService(): TimerService;
  output<X>(tag: OutputTag<X>, value: X): void;
}

export interface KeyedProcessContext<K> extends ProcessContext {
  getCurrentKey(): K;
}

export interface OnTimerContext<K> extends KeyedProcessContext<K> {
  timeDomain(): 'EVENT_TIME' | 'PROCESSING_TIME';
}

/** Without a key: no timers and no keyed state. */
export interface ProcessFunction<T, R> extends RichFunction {
  processElement(value: T, context: ProcessContext, out: Collector<R>): void;
}

export interface KeyedProcessFunction<K, T, R> extends RichFunction {
  processElement(value: T, context: KeyedProcessContext<K>, out: Collector<R>): void;
  onTimer?(timestampMs: EventTimeMs, context: OnTimerContext<K>, out: Collector<R>): void;
}

export interface TimeWindow {
  /** Inclusive. */
  readonly start: EventTimeMs;
  /** Exclusive. */
  readonly end: EventTimeMs;
}

export interface WindowContext {
  window(): TimeWindow;
  currentWatermark(): EventTimeMs;
  currentProcessingTime(): number;
  output<X>(tag: OutputTag<X>, value: X): void;
}

/** Called when a window fires, with what was collected, reduced or aggregated. */
export interface ProcessWindowFunction<T, R, K> extends RichFunction {
  process(key: K, context: WindowContext, elements: Iterable<T>, out: Collector<R>): void;
}

/** One call per record; the result is emitted when the promise resolves. */
export type AsyncFunction<T, R> =
  | ((value: T) => Promise<R>)
  | (RichFunction & { asyncInvoke(value: T): Promise<R> });

export interface AsyncOptions {
  /** Calls in flight per subtask; one more makes the operator wait. Default 100. */
  readonly capacity?: number;
  /** A call that takes longer fails the task with TIMEOUT. Default: none. */
  readonly timeout?: DurationLike;
  /** Shown by the console as what the operator waits for, e.g. `airports (PostgreSQL)`. */
  readonly callSite?: string;
}
