/** Aggregates over subtasks, jobs or TaskManagers, as Flink's aggregating handlers compute them. */
export interface Aggregates {
  readonly min: number;
  readonly max: number;
  readonly avg: number;
  readonly sum: number;
  /** 0…100: mean distance from the average in per cent of the average, capped. */
  readonly skew: number;
}

/** NaN in any value makes every aggregate NaN. @param values at least one. */
export function aggregateValues(values: readonly number[]): Aggregates {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  const avg = sum / values.length;
  return { min, max, avg, sum, skew: skewOf(values, avg) };
}

function skewOf(values: readonly number[], avg: number): number {
  if (avg === 0) return 0;
  let distance = 0;
  for (const value of values) distance += Math.abs(value - avg);
  const skew = (100 * (distance / values.length)) / avg;
  return Number.isNaN(skew) ? Number.NaN : Math.min(100, skew);
}

/**
 * The p-th percentile, 0 < p ≤ 100, by linear interpolation at p·(n+1)/100 (what Flink's summaries
 * use). @param sorted ascending. NaN for no values.
 */
export function percentile(sorted: readonly number[], p: number): number {
  const n = sorted.length;
  if (n === 0) return Number.NaN;
  const position = (p * (n + 1)) / 100;
  const floor = Math.floor(position);
  if (position < 1) return sorted[0]!;
  if (position >= n) return sorted[n - 1]!;
  const lower = sorted[floor - 1]!;
  return lower + (position - floor) * (sorted[floor]! - lower);
}
