/** Puts the hash of a key column beside each row, so that a HASH edge can spread the rows. */
import type { Batch, ColumnSchema } from '@weir/core';
import type { OutputBuffer } from '../output-buffer.ts';
import type { OperatorContext, OperatorFactory, StreamOperator } from '../stream-operator.ts';
import { columnIndex } from './column-expression.ts';
import { hashColumn } from './column-keys.ts';
import { columnarRows, partOf } from './columnar-rows.ts';

export function columnKeyedFactory(schema: readonly ColumnSchema[], key: string): OperatorFactory {
  return { create: () => new ColumnKeyed(columnIndex(schema, key)) };
}

class ColumnKeyed implements StreamOperator {
  readonly #key: number;
  #name = '';

  constructor(key: number) {
    this.#key = key;
  }

  open(context: OperatorContext): void {
    this.#name = context.taskInfo.operatorName;
  }

  processBatch(batch: Batch, from: number, to: number, out: OutputBuffer): number {
    const input = columnarRows(batch, this.#name);
    if (to <= from) return from;
    const part = partOf(input, from, to);
    out.emitBatch({ ...part, keyHashes: hashColumn(part, this.#key) });
    return to;
  }

  processWatermark(): boolean {
    return true;
  }

  close(): void {}
}
