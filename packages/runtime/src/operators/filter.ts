import type { Batch, FilterFunction, ObjectBatch } from '@weir/core';
import { callOf, compileLoop } from './generated-loop.ts';
import { objectRows } from './object-rows.ts';
import type { OutputBuffer } from './output-buffer.ts';
import { closeFunction, openFunction } from './rich-function.ts';
import type { OperatorContext, OperatorFactory, StreamOperator } from './stream-operator.ts';

/** Keeps the records for which the function says true. */
export function filterFactory<T>(fn: FilterFunction<T>): OperatorFactory {
  return { create: () => new FilterOperator(fn) };
}

/** Emits the rows that pass. */
type FilterLoop = (batch: ObjectBatch, from: number, to: number, out: OutputBuffer) => void;

const loopText = (call: string): string => `function filter(batch, from, to, out) {
  const rows = batch.rows;
  const timestamps = batch.timestamps;
  for (let i = from; i < to; i++) {
    const row = rows[i];
    const passes = ${call}(row);
    if (passes === false) continue;
    if (passes !== true) {
      if (passes instanceof Promise) refuse(passes);
      if (!passes) continue;
    }
    out.emit(row, timestamps === null ? MIN : timestamps[i]);
  }
}`;

class FilterOperator implements StreamOperator {
  readonly #fn: unknown;
  #name = '';
  #loop: FilterLoop | null = null;

  constructor(fn: unknown) {
    this.#fn = fn;
  }

  open(context: OperatorContext): void | Promise<void> {
    this.#name = context.taskInfo.operatorName;
    const text = loopText(callOf(this.#fn, 'filter'));
    this.#loop = compileLoop('filter', text, { fn: this.#fn }, context);
    return openFunction(this.#fn, context.runtimeContext);
  }

  processBatch(batch: Batch, from: number, to: number, out: OutputBuffer): number {
    const input = objectRows(batch, this.#name);
    const end = Math.min(to, from + out.room);
    if (end <= from) return from;
    this.#loop!(input, from, end, out);
    return end;
  }

  processWatermark(): boolean {
    return true;
  }

  close(): void | Promise<void> {
    return closeFunction(this.#fn);
  }
}
