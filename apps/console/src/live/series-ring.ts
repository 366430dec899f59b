/**
 * Columns of numbers over time with a bound: the console's memory of a job.
 *
 * Times are epoch ms in ascending order; a value that is unknown is NaN, and a pause in the data
 * is one row of NaN, so that a chart shows a gap as a gap. Invariants: at most `limit` rows; rows
 * never go back in time; memory grows by doubling up to the limit and then stays.
 */
import { reachMs, SECOND_MS } from '../model/time/tick-step.ts';
import { Series } from './series.ts';

export const RING_LIMIT = 1800;

const FIRST_CAPACITY = 128;

export class SeriesRing extends Series {
  readonly columns: number;
  readonly #limit: number;
  #capacity: number;
  #times: Float64Array;
  #values: Float32Array;
  #start = 0;
  #length = 0;
  /** What the last row stands for, ms: old data come in coarser steps. */
  #step = SECOND_MS;

  constructor(columns: number, limit = RING_LIMIT) {
    super();
    this.columns = columns;
    this.#limit = limit;
    this.#capacity = Math.min(FIRST_CAPACITY, limit);
    this.#times = new Float64Array(this.#capacity);
    this.#values = new Float32Array(this.#capacity * columns);
  }

  get length(): number {
    return this.#length;
  }

  /**
   * Appends one row; a row that is not newer than the last one is ignored.
   *
   * @param step what the row stands for, ms.
   */
  push(t: number, row: ArrayLike<number | null>, step = SECOND_MS): void {
    const last = this.lastTime();
    if (last !== null && t <= last) return;
    if (last !== null && t - last > reachMs(this.#step)) this.#append(last + 1, null);
    this.#append(t, row);
    this.#step = step;
  }

  until(t: number): SeriesRing {
    return this.part(t, 0, this.columns);
  }

  /** The same of some columns only: so many, `stride` apart. */
  part(t: number, first: number, columns: number, stride = 1): SeriesRing {
    const past = new SeriesRing(columns, this.#limit);
    const rows = this.indexAt(t + 1);
    const row = new Float64Array(columns);
    for (let i = 0; i < rows; i++) {
      for (let c = 0; c < columns; c++) row[c] = this.value(i, first + c * stride);
      past.#append(this.time(i), row);
    }
    past.#step = this.#step;
    return past;
  }

  /** Time of row `index`, 0 = oldest. */
  time(index: number): number {
    return this.#times[(this.#start + index) % this.#capacity]!;
  }

  /** Value at row `index`, 0 = oldest; NaN where unknown. */
  value(index: number, column: number): number {
    return this.#values[((this.#start + index) % this.#capacity) * this.columns + column]!;
  }

  #append(t: number, row: ArrayLike<number | null> | null): void {
    if (this.#length === this.#capacity && this.#capacity < this.#limit) this.#grow();
    let slot: number;
    if (this.#length < this.#capacity) {
      slot = (this.#start + this.#length) % this.#capacity;
      this.#length++;
    } else {
      slot = this.#start;
      this.#start = (this.#start + 1) % this.#capacity;
    }
    this.#times[slot] = t;
    if (row instanceof Float64Array) {
      this.#values.set(row, slot * this.columns);
      return;
    }
    for (let c = 0; c < this.columns; c++) {
      this.#values[slot * this.columns + c] = row?.[c] ?? Number.NaN;
    }
  }

  #grow(): void {
    const capacity = Math.min(this.#capacity * 2, this.#limit);
    const times = new Float64Array(capacity);
    const values = new Float32Array(capacity * this.columns);
    for (let i = 0; i < this.#length; i++) {
      const slot = (this.#start + i) % this.#capacity;
      times[i] = this.#times[slot]!;
      const from = slot * this.columns;
      values.set(this.#values.subarray(from, from + this.columns), i * this.columns);
    }
    this.#times = times;
    this.#values = values;
    this.#capacity = capacity;
    this.#start = 0;
  }
}
