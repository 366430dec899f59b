/**
 * Keyed process functions: keyed state, timers of both kinds, side outputs. Semantics of Flink's
 * KeyedProcessOperator.
 *
 * Invariants
 * - user code sees a key only within its synchronous call; afterwards the key context is cleared;
 * - `currentWatermark()` in onTimer is the watermark that fired the timer;
 * - between two timers firing stops when the output is full, and goes on at the next call.
 */
import {
  type Batch,
  type EventTimeMs,
  type KeyedProcessFunction,
  type KeySelector,
  MIN_TIMESTAMP,
  type OnTimerContext,
  type OutputTag,
  type TimerService,
  type TypeInformation,
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

export interface KeyedProcessOptions<K, T, R> {
  readonly fn: KeyedProcessFunction<K, T, R>;
  readonly keySelector: KeySelector<T, K>;
  /** Null = self-describing. */
  readonly keyType: TypeInformation<K> | null;
}

/** A process function with keyed state, timers of both kinds and side outputs. */
export function keyedProcessFactory<K, T, R>(
  options: KeyedProcessOptions<K, T, R>,
): OperatorFactory {
  return {
    keyType: options.keyType as TypeInformation<unknown> | null,
    create: () =>
      new KeyedProcessOperator(
        options.fn as KeyedProcessFunction<unknown, unknown, unknown>,
        options.keySelector as KeySelector<unknown, unknown>,
      ),
  };
}

const LOOPS_TEXT = timedLoops(
  eachRow(
    'process',
    `${ENTER_KEY}
    collector.timestampMs = timestampMs;
    const result = fn.processElement(row, context, collector);
    if (result instanceof Promise) refuse(result);`,
  ),
);

class KeyedProcessOperator implements StreamOperator, OnTimerContext<unknown>, TimerService {
  numFiredTimers = 0;
  readonly #fn: KeyedProcessFunction<unknown, unknown, unknown>;
  readonly #select: KeySelector<unknown, unknown>;
  readonly #collector = new RowCollector();
  #context: OperatorContext | null = null;
  #keyed: KeyedStateBackend | null = null;
  #timers: InternalTimerService<number> | null = null;
  #loops: TimedLoops | null = null;
  #name = '';
  #watermarkMs: EventTimeMs = MIN_TIMESTAMP;
  /** Of the timer that fires; null while a record is processed. */
  #timerMs: EventTimeMs | null = null;
  #domain: TimeDomain = 'EVENT_TIME';

  constructor(
    fn: KeyedProcessFunction<unknown, unknown, unknown>,
    select: KeySelector<unknown, unknown>,
  ) {
    this.#fn = fn;
    this.#select = select;
  }

  open(context: OperatorContext): void | Promise<void> {
    this.#context = context;
    this.#name = context.taskInfo.operatorName;
    this.#keyed = keyedStateOf(context);
    this.#timers = this.#keyed.getTimerService('user-timers', NAMESPACE_TYPE);
    const parts = {
      fn: this.#fn,
      select: this.#select,
      keyed: this.#keyed,
      timers: this.#timers,
      context: this,
      collector: this.#collector,
    };
    this.#loops = compileLoop('process', LOOPS_TEXT, parts, context);
    return openFunction(this.#fn, context.runtimeContext);
  }

  processBatch(batch: Batch, from: number, to: number, out: OutputBuffer): number {
    const input = objectRows(batch, this.#name);
    this.#collector.attach(out);
    try {
      return this.#loops!.process(input, from, to, out);
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

  close(): void | Promise<void> {
    return closeFunction(this.#fn);
  }

  timestamp(): EventTimeMs | null {
    const timestampMs = this.#timerMs ?? this.#collector.timestampMs;
    return timestampMs === MIN_TIMESTAMP ? null : timestampMs;
  }

  getCurrentKey(): unknown {
    return this.#keyed!.getCurrentKey();
  }

  timeDomain(): TimeDomain {
    return this.#domain;
  }

  output<X>(tag: OutputTag<X>, value: X): void {
    this.#collector.out.emitSide(tag.id, value, this.#collector.timestampMs);
  }

  timerService(): TimerService {
    return this;
  }

  currentProcessingTime(): number {
    return this.#context!.clock.nowMs();
  }

  currentWatermark(): EventTimeMs {
    return this.#watermarkMs;
  }

  registerEventTimeTimer(timestampMs: EventTimeMs): void {
    this.#timers!.registerTimer('EVENT_TIME', 0, timestampMs);
  }

  registerProcessingTimeTimer(timestampMs: number): void {
    this.#timers!.registerTimer('PROCESSING_TIME', 0, timestampMs);
  }

  deleteEventTimeTimer(timestampMs: EventTimeMs): void {
    this.#timers!.deleteTimer('EVENT_TIME', 0, timestampMs);
  }

  deleteProcessingTimeTimer(timestampMs: number): void {
    this.#timers!.deleteTimer('PROCESSING_TIME', 0, timestampMs);
  }

  #advance(domain: TimeDomain, timeMs: number, out: OutputBuffer): boolean {
    if (this.#timers!.nextTimestamp(domain) > timeMs) return true;
    if (out.isFull) return false;
    this.#domain = domain;
    this.#collector.attach(out);
    try {
      return this.#loops!.advance(domain, timeMs, this.#fire, () => out.isFull);
    } finally {
      this.#leave();
    }
  }

  readonly #fire = (_namespace: number, timestampMs: number): void => {
    this.numFiredTimers++;
    this.#timerMs = timestampMs;
    // As in Flink, what a processing-time timer emits has no event time.
    this.#collector.timestampMs = this.#domain === 'EVENT_TIME' ? timestampMs : MIN_TIMESTAMP;
    const result: unknown = this.#fn.onTimer?.(timestampMs, this, this.#collector);
    if (result instanceof Promise) refusePromise('onTimer of', this.#name, result);
  };

  #leave(): void {
    this.#timerMs = null;
    this.#collector.detach();
    this.#keyed!.clearCurrentKey();
  }
}
