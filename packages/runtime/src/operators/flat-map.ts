import type { Batch, FlatMapFunction } from '@weir/core';
import { callOf, compileLoop, eachRow, type RowLoop } from './generated-loop.ts';
import { objectRows } from './object-rows.ts';
import type { OutputBuffer } from './output-buffer.ts';
import { closeFunction, openFunction } from './rich-function.ts';
import { RowCollector } from './row-collector.ts';
import type { OperatorContext, OperatorFactory, StreamOperator } from './stream-operator.ts';

/** Any number of records out for each record in; all carry its timestamp. */
export function flatMapFactory<T, R>(fn: FlatMapFunction<T, R>): OperatorFactory {
  return { create: () => new FlatMapOperator(fn) };
}

const loopText = (call: string): string =>
  eachRow(
    'flatMap',
    `
    collector.timestampMs = timestampMs;
    const result = ${call}(row, collector);
    if (result instanceof Promise) refuse(result);`,
  );

class FlatMapOperator implements StreamOperator {
  readonly #fn: unknown;
  readonly #collector = new RowCollector();
  #name = '';
  #loop: RowLoop | null = null;

  constructor(fn: unknown) {
    this.#fn = fn;
  }

  open(context: OperatorContext): void | Promise<void> {
    this.#name = context.taskInfo.operatorName;
    const text = loopText(callOf(this.#fn, 'flatMap'));
    const parts = { fn: this.#fn, collector: this.#collector };
    this.#loop = compileLoop('flatMap', text, parts, context);
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

  processWatermark(): boolean {
    return true;
  }

  close(): void | Promise<void> {
    return closeFunction(this.#fn);
  }
}
