import {
  type Batch,
  type EventTimeMs,
  MIN_TIMESTAMP,
  type OutputTag,
  type ProcessContext,
  type ProcessFunction,
  type TimerService,
  WeirError,
} from '@weir/core';
import { refusePromise } from './generated-loop.ts';
import { objectRows, timestampAt } from './object-rows.ts';
import type { OutputBuffer } from './output-buffer.ts';
import { RowCollector } from './row-collector.ts';
import { closeFunction, openFunction } from './rich-function.ts';
import type { OperatorContext, OperatorFactory, StreamOperator } from './stream-operator.ts';

/** A process function without key: side outputs, no timers, no keyed state. */
export function processFactory<T, R>(fn: ProcessFunction<T, R>): OperatorFactory {
  return { create: () => new ProcessOperator(fn as ProcessFunction<unknown, unknown>) };
}

class ProcessOperator implements StreamOperator, ProcessContext, TimerService {
  readonly #fn: ProcessFunction<unknown, unknown>;
  readonly #collector = new RowCollector();
  #context: OperatorContext | null = null;
  #name = '';
  #watermarkMs: EventTimeMs = MIN_TIMESTAMP;

  constructor(fn: ProcessFunction<unknown, unknown>) {
    this.#fn = fn;
  }

  open(context: OperatorContext): void | Promise<void> {
    this.#context = context;
    this.#name = context.taskInfo.operatorName;
    return openFunction(this.#fn, context.runtimeContext);
  }

  processBatch(batch: Batch, from: number, to: number, out: OutputBuffer): number {
    const input = objectRows(batch, this.#name);
    const collector = this.#collector;
    collector.attach(out);
    try {
      for (let i = from; i < to; i++) {
        if (out.isFull) return i;
        collector.timestampMs = timestampAt(input, i);
        const result: unknown = this.#fn.processElement(input.rows[i], this, collector);
        if (result instanceof Promise) refusePromise('process', this.#name, result);
      }
      return to;
    } finally {
      collector.detach();
    }
  }

  processWatermark(watermarkMs: EventTimeMs): boolean {
    this.#watermarkMs = watermarkMs;
    return true;
  }

  close(): void | Promise<void> {
    return closeFunction(this.#fn);
  }

  timestamp(): EventTimeMs | null {
    const { timestampMs } = this.#collector;
    return timestampMs === MIN_TIMESTAMP ? null : timestampMs;
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

  registerEventTimeTimer(): void {
    this.#needsKey();
  }

  registerProcessingTimeTimer(): void {
    this.#needsKey();
  }

  deleteEventTimeTimer(): void {
    this.#needsKey();
  }

  deleteProcessingTimeTimer(): void {
    this.#needsKey();
  }

  #needsKey(): never {
    throw new WeirError(
      'ARGUMENT_INVALID',
      `process "${this.#name}" has no key, and timers belong to a key; ` +
        'call keyBy(…) before process(…)',
      { context: { operator: this.#name } },
    );
  }
}
