/** Several edges as one: their rates together, the fullest of their channels. */
import type { EdgeField, EdgeTick } from '@weir/console-protocol';

export interface EdgeSource {
  /** NaN where unknown. */
  edgeValue(index: number, field: EdgeField): number;
}

export type EdgeSum = Omit<EdgeTick, 'index'>;

export function edgeSum(source: EdgeSource, indexes: readonly number[]): EdgeSum {
  return {
    recordsPerSecond: sumOf(source, indexes, 'recordsPerSecond'),
    bytesPerSecond: sumOf(source, indexes, 'bytesPerSecond'),
    fill: fullest(source, indexes),
  };
}

/** How full the fullest channel of some edges is, 0…1; null while unknown. */
export function fullest(source: EdgeSource, indexes: readonly number[]): number | null {
  let most: number | null = null;
  for (const index of indexes) {
    const fill = source.edgeValue(index, 'fill');
    if (fill > (most ?? Number.NEGATIVE_INFINITY)) most = fill;
  }
  return most;
}

function sumOf(source: EdgeSource, indexes: readonly number[], field: EdgeField): number | null {
  let sum: number | null = null;
  for (const index of indexes) {
    const value = source.edgeValue(index, field);
    if (!Number.isNaN(value)) sum = (sum ?? 0) + value;
  }
  return sum;
}
