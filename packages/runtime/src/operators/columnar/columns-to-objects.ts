/** The border from tables to streams: each row of a columnar batch becomes an object. */
import { type Batch, type Column, type ColumnarBatch, MIN_TIMESTAMP } from '@weir/core';
import type { OutputBuffer } from '../output-buffer.ts';
import type { OperatorContext, OperatorFactory, StreamOperator } from '../stream-operator.ts';
import { columnarRows } from './columnar-rows.ts';

export function columnsToObjectsFactory(): OperatorFactory {
  return { create: () => new ColumnsToObjects() };
}

const decoder = new TextDecoder();

class ColumnsToObjects implements StreamOperator {
  #name = '';

  open(context: OperatorContext): void {
    this.#name = context.taskInfo.operatorName;
  }

  processBatch(batch: Batch, from: number, to: number, out: OutputBuffer): number {
    const input = columnarRows(batch, this.#name);
    const end = Math.min(to, from + out.room);
    for (let i = from; i < end; i++) {
      const row = input.selection === null ? i : input.selection[i]!;
      const timestamp = input.timestamps === null ? MIN_TIMESTAMP : input.timestamps[row]!;
      out.emit(rowObject(input, row), timestamp);
    }
    return Math.max(end, from);
  }

  processWatermark(): boolean {
    return true;
  }

  close(): void {}
}

function rowObject(batch: ColumnarBatch, row: number): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (let c = 0; c < batch.columns.length; c++) {
    object[batch.schema[c]!.name] = valueAt(batch.columns[c]!, row);
  }
  return object;
}

function valueAt(column: Column, row: number): string | number | boolean | null {
  if (column.nulls !== null && column.nulls[row] !== 0) return null;
  switch (column.type) {
    case 'string':
      return decoder.decode(column.bytes.subarray(column.offsets[row]!, column.offsets[row + 1]!));
    case 'bool':
      return column.values[row] !== 0;
    default:
      return column.values[row]!;
  }
}
