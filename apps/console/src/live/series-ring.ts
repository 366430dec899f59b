/**
 * Columns of numbers over time with a bound: the console's memory of a job.
 *
 * Times are epoch ms in ascending order; a value that is unknown is NaN, and a pause in the data
 * is one row of NaN, so that a chart shows a gap as a gap. Invariants: at most `limit` rows; rows
 * never go back in time; memory grows by doubling up to the limit and then stays.
 */
import { reachMs, SECOND_MS } from '../model/tick-step.ts';

export const RING_LIMIT = 1800;

const FIRST_CAPACITY = 128;

export interface SeriesPoint {
  readonly t: number;
  readonly value: number;
}

export class SeriesRing {
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

  /** A ring of its own with the rows up to and with `t`: what this was then. O(rows). */
  until(t: number): SeriesRing {
    const past = new SeriesRing(this.columns, this.#limit);
    const rows = this.indexAt(t + 1);
    while (past.#capacity < rows) past.#grow();
    const first = Math.min(rows, this.#capacity - this.#start);
    past.#copy(this, this.#start, 0, first);
    past.#copy(this, 0, first, rows - first);
    past.#length = rows;
    past.#step = this.#step;
    return past;
  }

  lastTime(): number | null {
    return this.#length === 0 ? null : this.time(this.#length - 1);
  }

  firstTime(): number | null {
    return this.#length === 0 ? null : this.time(0);
  }

  /** Time of row `index`, 0 = oldest. */
  time(index: number): number {
    return this.#times[(this.#start + index) % this.#capacity]!;
  }

  /** Value at row `index`, 0 = oldest; NaN where unknown. */
  value(index: number, column: number): number {
    return this.#values[((this.#start + index) % this.#capacity) * this.columns + column]!;
  }

  /** First row at or after `t`; `length` if there is none. O(log n). */
  indexAt(t: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.time(middle) < t) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Mean of a column over [from, to); null without a known value. */
  mean(column: number, from: number, to: number): number | null {
    let sum = 0;
    let count = 0;
    for (let i = this.indexAt(from); i < this.#length && this.time(i) < to; i++) {
      const value = this.value(i, column);
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
    }
    return count === 0 ? null : sum / count;
  }

  /** Lowest and highest of a column over [from, to]; null without a known value. */
  extremes(column: number, from: number, to: number): { low: number; high: number } | null {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = this.indexAt(from); i < this.#length && this.time(i) <= to; i++) {
      const value = this.value(i, column);
      if (Number.isNaN(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return low > high ? null : { low, high };
  }

  /**
   * The column from `from` on, thinned to about `points` by the mean of equal spans of rows;
   * a span without a known value stays NaN.
   */
  sample(column: number, from: number, points: number): SeriesPoint[] {
    const first = this.indexAt(from);
    const rows = this.#length - first;
    if (rows <= 0) return [];
    const span = Math.max(1, Math.ceil(rows / points));
    const out: SeriesPoint[] = [];
    for (let i = first; i < this.#length; i += span) {
      const end = Math.min(i + span, this.#length);
      let sum = 0;
      let known = 0;
      for (let k = i; k < end; k++) {
        const value = this.value(k, column);
        if (Number.isNaN(value)) continue;
        sum += value;
        known++;
      }
      out.push({ t: this.time(end - 1), value: known === 0 ? Number.NaN : sum / known });
    }
    return out;
  }

  #copy(from: SeriesRing, slot: number, to: number, rows: number): void {
    if (rows <= 0) return;
    this.#times.set(from.#times.subarray(slot, slot + rows), to);
    const width = this.columns;
    const values = from.#values.subarray(slot * width, (slot + rows) * width);
    this.#values.set(values, to * width);
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
