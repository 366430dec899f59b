/**
 * Which rows of a batch go to which channel. One implementation per ship strategy; an edge output
 * asks once per batch.
 *
 * Invariant: within a channel rows keep the order of the batch.
 */
import { type Batch, rowCount } from '@weir/core';

export interface Partitioner {
  /** Fills in `scatter` for a batch that has at least one live row. */
  partition(batch: Batch, scatter: Scatter): void;
}

/** Reused from batch to batch: channel `i` gets rows `order[starts[i] … ends[i])`. */
export class Scatter {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Positions of rows in the batch. */
  order: Int32Array = new Int32Array(0);
  /** By position in the batch; null where the edge has no key. */
  keyHashes: Int32Array | null = null;

  constructor(channels: number) {
    this.starts = new Int32Array(channels);
    this.ends = new Int32Array(channels);
  }

  get channels(): number {
    return this.starts.length;
  }
}

let ascending = new Int32Array(0);

/** The live rows of a batch in order; not to be changed. */
export function liveRows(batch: Batch): Int32Array {
  if (batch.kind === 'columns' && batch.selection !== null) return batch.selection;
  const rows = rowCount(batch);
  if (ascending.length < rows) {
    ascending = new Int32Array(Math.max(rows, ascending.length * 2));
    for (let i = 0; i < ascending.length; i++) ascending[i] = i;
  }
  return ascending;
}
