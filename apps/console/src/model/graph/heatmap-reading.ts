/**
 * What a heatmap of subtasks over time tells at a glance: a stripe across is a key, a stripe down
 * is the worker, all at once is outside. Pure; rows are subtasks, columns are times.
 */
export type HeatMatrix = readonly (readonly (number | null)[])[];

export type HeatReading =
  | { readonly kind: 'across'; readonly subtask: number }
  | { readonly kind: 'down'; readonly column: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'even' };

/** The newest part of the columns speaks for now. */
const RECENT_SHARE = 1 / 3;
/** A subtask is hot at this share of the hottest there can be. */
const HOT = 0.7;
/** Times the usual subtask's value. */
const APART = 2;
/** So many hot subtasks are no exception any more. */
const FEW = 0.25;
const MOST = 0.7;
/** A stripe down is short. */
const SHORT = 0.2;

/** @param top the hottest there can be: 1 for shares; the matrix' own maximum where there is none. */
export function readHeat(matrix: HeatMatrix, top: number): HeatReading {
  const columns = matrix[0]?.length ?? 0;
  if (columns === 0 || top <= 0) return { kind: 'even' };
  const recent = matrix.map((row) => row.slice(Math.floor(columns * (1 - RECENT_SHARE))));
  const means = recent.map((row) => mean(row) ?? 0);
  const usual = median(means);
  const hot = means.filter((value) => value >= HOT * top);
  const most = means.indexOf(Math.max(...means));
  if (matrix.length > 1 && hot.length >= 1 && hot.length <= Math.max(1, matrix.length * FEW)) {
    if (means[most]! >= APART * usual) return { kind: 'across', subtask: most };
  }
  if (hot.length >= matrix.length * MOST) return { kind: 'all' };
  const column = stripeDown(matrix, top);
  return column === null ? { kind: 'even' } : { kind: 'down', column };
}

/** The newest short time at which most subtasks were hot together; null if there is none. */
function stripeDown(matrix: HeatMatrix, top: number): number | null {
  const columns = matrix[0]!.length;
  const hot = Array.from({ length: columns }, (_, column) => {
    const count = matrix.filter((row) => (row[column] ?? 0) >= HOT * top).length;
    return count >= matrix.length * MOST;
  });
  const count = hot.filter(Boolean).length;
  return matrix.length > 1 && count > 0 && count <= columns * SHORT ? hot.lastIndexOf(true) : null;
}

/** The seven words below a heatmap. `outside`: the vertex waits for something outside of it. */
export function readingWords(reading: HeatReading, outside: boolean): string {
  switch (reading.kind) {
    case 'across':
      return 'One stripe across: a key, not a worker, not the service.';
    case 'down':
      return 'A stripe down: the worker, not a key.';
    case 'all':
      return outside
        ? 'All at once: the service, not a key, not a worker.'
        : 'All at once: the work itself, not a key, not a worker.';
    case 'even':
      return 'No stripe: no subtask stands out.';
  }
}

/** Highest known value; 0 without one. */
export function hottest(matrix: HeatMatrix): number {
  let most = 0;
  for (const row of matrix) for (const value of row) if ((value ?? 0) > most) most = value ?? 0;
  return most;
}

/** The row with the highest mean of its newest part. */
export function hottestRow(matrix: HeatMatrix): number {
  const columns = matrix[0]?.length ?? 0;
  const means = matrix.map((row) => mean(row.slice(Math.floor(columns * (1 - RECENT_SHARE)))) ?? 0);
  return Math.max(0, means.indexOf(Math.max(...means)));
}

function mean(row: readonly (number | null)[]): number | null {
  let sum = 0;
  let count = 0;
  for (const value of row) {
    if (value === null) continue;
    sum += value;
    count++;
  }
  return count === 0 ? null : sum / count;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
