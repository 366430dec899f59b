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
import { compileLoop, eachRow, type RowLoop } from './generated-loop.ts';
import { objectRows } from './object-rows.ts';
import type { OutputBuffer } from './output-buffer.ts';
import { RowCollector } from './row-collector.ts';
import { closeFunction, openFunction } from './rich-function.ts';
import type { OperatorContext, OperatorFactory, StreamOperator } from './stream-operator.ts';

/** A process function without key: side outputs, no timers, no keyed state. */
export function processFactory<T, R>(fn: ProcessFunction<T, R>): OperatorFactory {
  return { create: () => new ProcessOperator(fn as ProcessFunction<unknown, unknown>) };
}

const LOOP_TEXT = eachRow(
  'process',
  `
    collector.timestampMs = timestampMs;
    const result = fn.processElement(row, context, collector);
    if (result instanceof Promise) refuse(result);`,
);

class ProcessOperator implements StreamOperator, ProcessContext, TimerService {
  readonly #fn: ProcessFunction<unknown, unknown>;
  readonly #collector = new RowCollector();
  #context: OperatorContext | null = null;
  #loop: RowLoop | null = null;
  #name = '';
  #watermarkMs: EventTimeMs = MIN_TIMESTAMP;

  constructor(fn: ProcessFunction<unknown, unknown>) {
    this.#fn = fn;
  }

  open(context: OperatorContext): void | Promise<void> {
    this.#context = context;
    this.#name = context.taskInfo.operatorName;
    const parts = { fn: this.#fn, context: this, collector: this.#collector };
    this.#loop = compileLoop('process', LOOP_TEXT, parts, context);
    return openFunction(this.#fn, context.runtimeContext);
  }

  processBatch(batch: Batch, from: number, to: number, out: OutputBuffer): number {
    const input = objectRows(batch, this.#name);
    this.#collector.attach(out);
    try {
      return this.#loop!(input, from, to, out);
    } finally {
      this.#collector.detach();
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
