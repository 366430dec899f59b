/** Several edges as one: their rates together, the fullest of their channels. */
import type { EdgeTick } from '@weir/console-protocol';

export interface EdgeSource {
  edge(index: number): EdgeTick | null;
}

export type EdgeSum = Omit<EdgeTick, 'index'>;

export function edgeSum(source: EdgeSource, indexes: readonly number[]): EdgeSum {
  let recordsPerSecond: number | null = null;
  let bytesPerSecond: number | null = null;
  let fill: number | null = null;
  for (const index of indexes) {
    const edge = source.edge(index);
    if (edge === null) continue;
    if (edge.recordsPerSecond !== null) {
      recordsPerSecond = (recordsPerSecond ?? 0) + edge.recordsPerSecond;
    }
    if (edge.bytesPerSecond !== null) bytesPerSecond = (bytesPerSecond ?? 0) + edge.bytesPerSecond;
    if (edge.fill !== null) fill = Math.max(fill ?? 0, edge.fill);
  }
  return { recordsPerSecond, bytesPerSecond, fill };
}
