/**
 * Columns of numbers over time, as charts read them. Times are epoch ms in ascending order; a value
 * that is unknown is NaN, and a pause in the data is one row of NaN, so that a chart shows a gap as
 * a gap.
 */
export interface SeriesPoint {
  readonly t: number;
  readonly value: number;
}

export abstract class Series {
  abstract get columns(): number;
  /** Rows. */
  abstract get length(): number;
  /** Time of row `index`, 0 = oldest. */
  abstract time(index: number): number;
  /** Value at row `index`, 0 = oldest; NaN where unknown. */
  abstract value(index: number, column: number): number;
  /** One of its own with the rows up to and with `t`: what this was then. O(rows). */
  abstract until(t: number): Series;

  lastTime(): number | null {
    return this.length === 0 ? null : this.time(this.length - 1);
  }

  /** Of the newest row before `t` in which a column is known; null without one. */
  lastKnownTime(column: number, t: number): number | null {
    for (let i = this.indexAt(t) - 1; i >= 0; i--) {
      if (!Number.isNaN(this.value(i, column))) return this.time(i);
    }
    return null;
  }

  firstTime(): number | null {
    return this.length === 0 ? null : this.time(0);
  }

  /** First row at or after `t`; `length` if there is none. O(log n). */
  indexAt(t: number): number {
    let low = 0;
    let high = this.length;
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
    for (let i = this.indexAt(from); i < this.length && this.time(i) < to; i++) {
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
    for (let i = this.indexAt(from); i < this.length && this.time(i) <= to; i++) {
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
    const rows = this.length - first;
    if (rows <= 0) return [];
    const span = Math.max(1, Math.ceil(rows / points));
    const out: SeriesPoint[] = [];
    for (let i = first; i < this.length; i += span) {
      const end = Math.min(i + span, this.length);
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
}
