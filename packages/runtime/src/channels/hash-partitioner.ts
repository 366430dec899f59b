/**
 * HASH: a row goes to the subtask that owns its key's key group, as Flink assigns them. The hashes
 * travel along, so that the receiver need not compute them again.
 */
import {
  type Batch,
  type ColumnarBatch,
  hashKey,
  keyGroupOf,
  rowCount,
  subtaskOf,
  WeirError,
} from '@weir/core';
import { rowOf } from './column-row.ts';
import { liveRows, type Partitioner, type Scatter } from './partitioner.ts';

const ROWS_INITIAL = 1024;

export class HashPartitioner implements Partitioner {
  readonly #selector: ((row: unknown) => unknown) | null;
  readonly #parallelism: number;
  readonly #maxParallelism: number;
  #order = new Int32Array(ROWS_INITIAL);
  #targets = new Int32Array(ROWS_INITIAL);
  #hashes = new Int32Array(ROWS_INITIAL);

  /** @param selector null where only columnar batches come that carry their hashes */
  constructor(
    selector: ((row: unknown) => unknown) | null,
    parallelism: number,
    maxParallelism: number,
  ) {
    this.#selector = selector;
    this.#parallelism = parallelism;
    this.#maxParallelism = maxParallelism;
  }

  /**
   * @throws WeirError USER_FUNCTION_FAILED when the key selector throws, BATCH_UNSUPPORTED when
   *   rows need one and there is none
   */
  partition(batch: Batch, scatter: Scatter): void {
    this.#reserve(batch.count);
    const live = liveRows(batch);
    const rows = rowCount(batch);
    let hashes: Int32Array = this.#hashes;
    if (batch.kind === 'objects') this.#hashRows(batch.rows, rows);
    else if (batch.keyHashes === null) this.#hashColumns(batch, live, rows);
    else hashes = batch.keyHashes;
    scatter.keyHashes = hashes;
    if (scatter.channels > 1) {
      this.#sort(live, rows, hashes, scatter);
      return;
    }
    scatter.order = live;
    scatter.starts[0] = 0;
    scatter.ends[0] = rows;
  }

  #hashRows(rows: readonly unknown[], count: number): void {
    const selector = this.#requireSelector();
    const hashes = this.#hashes;
    try {
      for (let i = 0; i < count; i++) hashes[i] = hashKey(selector(rows[i]));
    } catch (cause) {
      throw selectorFailed(cause);
    }
  }

  /** A selector is a function of a row, so rows are made; operators on columns hash before. */
  #hashColumns(batch: ColumnarBatch, live: Int32Array, count: number): void {
    const selector = this.#requireSelector();
    try {
      for (let i = 0; i < count; i++) {
        const row = live[i]!;
        this.#hashes[row] = hashKey(selector(rowOf(batch, row)));
      }
    } catch (cause) {
      throw selectorFailed(cause);
    }
  }

  #requireSelector(): (row: unknown) => unknown {
    if (this.#selector !== null) return this.#selector;
    throw new WeirError(
      'BATCH_UNSUPPORTED',
      'a keyed edge got rows but has no key selector; give keyBy a function of a record',
    );
  }

  /** A counting sort by target: stable, three passes, nothing allocated. */
  #sort(live: Int32Array, count: number, hashes: Int32Array, scatter: Scatter): void {
    const { starts, ends } = scatter;
    const targets = this.#targets;
    const order = this.#order;
    const parallelism = this.#parallelism;
    const maxParallelism = this.#maxParallelism;
    ends.fill(0);
    for (let i = 0; i < count; i++) {
      const group = keyGroupOf(hashes[live[i]!]!, maxParallelism);
      const target = subtaskOf(group, parallelism, maxParallelism);
      targets[i] = target;
      ends[target]!++;
    }
    let at = 0;
    for (let target = 0; target < starts.length; target++) {
      starts[target] = at;
      at += ends[target]!;
      ends[target] = starts[target]!;
    }
    for (let i = 0; i < count; i++) order[ends[targets[i]!]!++] = live[i]!;
    scatter.order = order;
  }

  #reserve(rows: number): void {
    if (rows <= this.#order.length) return;
    const length = Math.max(rows, this.#order.length * 2);
    this.#order = new Int32Array(length);
    this.#targets = new Int32Array(length);
    this.#hashes = new Int32Array(length);
  }
}

function selectorFailed(cause: unknown): WeirError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new WeirError(
    'USER_FUNCTION_FAILED',
    `the key selector failed: ${reason}; it must return data (string, number, boolean, bigint, ` +
      'Date, or arrays and plain objects of these) for every record',
    { cause },
  );
}
