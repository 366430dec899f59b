import type { Batch, MapFunction } from '@weir/core';
import { callOf, compileLoop } from './generated-loop.ts';
import { objectRows, timestampsBetween } from './object-rows.ts';
import type { OutputBuffer } from './output-buffer.ts';
import { closeFunction, openFunction } from './rich-function.ts';
import type { OperatorContext, OperatorFactory, StreamOperator } from './stream-operator.ts';

/** One record out for each record in; the timestamp stays. */
export function mapFactory<T, R>(fn: MapFunction<T, R>): OperatorFactory {
  return { create: () => new MapOperator(fn) };
}

/** Rows `from` to `to`, mapped. */
type MapLoop = (rows: readonly unknown[], from: number, to: number) => unknown[];

const loopText = (call: string): string => `function map(rows, from, to) {
  const mapped = new Array(to - from);
  for (let i = from; i < to; i++) {
    const result = ${call}(rows[i]);
    if (result instanceof Promise) refuse(result);
    mapped[i - from] = result;
  }
  return mapped;
}`;

class MapOperator implements StreamOperator {
  readonly #fn: unknown;
  #name = '';
  #loop: MapLoop | null = null;

  constructor(fn: unknown) {
    this.#fn = fn;
  }

  open(context: OperatorContext): void | Promise<void> {
    this.#name = context.taskInfo.operatorName;
    const text = loopText(callOf(this.#fn, 'map'));
    this.#loop = compileLoop('map', text, { fn: this.#fn }, context);
    return openFunction(this.#fn, context.runtimeContext);
  }

  processBatch(batch: Batch, from: number, to: number, out: OutputBuffer): number {
    const input = objectRows(batch, this.#name);
    const end = Math.min(to, from + out.room);
    if (end <= from) return from;
    const rows = this.#loop!(input.rows, from, end);
    const timestamps = timestampsBetween(input, from, end);
    out.emitBatch({ kind: 'objects', count: rows.length, rows, timestamps, keyHashes: null });
    return end;
  }

  processWatermark(): boolean {
    return true;
  }

  close(): void | Promise<void> {
    return closeFunction(this.#fn);
  }
}
