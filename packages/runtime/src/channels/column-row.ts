/** One row of a columnar batch as an object, where a function of rows meets columns. */
import type { Column, ColumnarBatch } from '@weir/core';

const decoder = new TextDecoder();

/** @param row physical position */
export function rowOf(batch: ColumnarBatch, row: number): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  batch.schema.forEach(({ name }, index) => {
    object[name] = fieldOf(batch.columns[index]!, row);
  });
  return object;
}

function fieldOf(column: Column, row: number): unknown {
  if (column.nulls?.[row] === 1) return null;
  switch (column.type) {
    case 'bool':
      return column.values[row] === 1;
    case 'string':
      return decoder.decode(column.bytes.subarray(column.offsets[row]!, column.offsets[row + 1]!));
    default:
      return column.values[row]!;
  }
}
