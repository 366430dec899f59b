/** Keys in columns: their hashes, for HASH edges and for paged state. */
import {
  type Column,
  type ColumnarBatch,
  hashNumber,
  hashString,
  rowCount,
  WeirError,
} from '@weir/core';
import type { KeyColumn } from '../../state/pages/paged-table.ts';

const decoder = new TextDecoder();

/** The hash of each live row's key, at the row's position; the same as hashKey of the value. */
export function hashColumn(batch: ColumnarBatch, index: number): Int32Array {
  const column = batch.columns[index]!;
  const { selection } = batch;
  const count = rowCount(batch);
  const hashes = new Int32Array(batch.count);
  for (let i = 0; i < count; i++) {
    const row = selection === null ? i : selection[i]!;
    hashes[row] = hashOf(column, row, batch.schema[index]!.name);
  }
  return hashes;
}

/** The column as the paged table takes it. */
export function keyColumn(column: Column): KeyColumn {
  if (column.type === 'string') {
    return { numbers: null, bytes: column.bytes, offsets: column.offsets };
  }
  if (column.type === 'bool') {
    return { numbers: Float64Array.from(column.values), bytes: null, offsets: null };
  }
  return { numbers: column.values, bytes: null, offsets: null };
}

/** The key of a physical row. */
export function valueAt(column: Column, row: number): string | number {
  if (column.type !== 'string') return column.values[row]!;
  const { bytes, offsets } = column;
  return decoder.decode(bytes.subarray(offsets[row]!, offsets[row + 1]!));
}

function hashOf(column: Column, row: number, name: string): number {
  if (column.nulls !== null && column.nulls[row] !== 0) {
    throw new WeirError('TYPE_INVALID', `column "${name}" is a key but holds a null; filter nulls`);
  }
  if (column.type !== 'string') return hashNumber(column.values[row]!);
  const { bytes, offsets } = column;
  return hashUtf8(bytes, offsets[row]!, offsets[row + 1]!);
}

/** Java's String.hashCode of UTF-8 bytes; ASCII without making a string. */
function hashUtf8(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte > 0x7f) return hashString(decoder.decode(bytes.subarray(start, end)));
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  return hash;
}
