/**
 * What a subtask did in a short time of the past, from its figures by the second. These come up to
 * a few seconds later than what they are asked about, and a job's first second has none.
 */
import type { JobSubtasks, SubtaskMetric } from '@weir/console-protocol';

/** Shares of time; null = not known. */
export interface Activity {
  readonly busy: number | null;
  readonly external: number | null;
  readonly backpressured: number | null;
}

/** A column holds the second before its time. */
const COLUMN_MS = 1000;

/**
 * The means from `from` to `until`, epoch ms; where nothing is known of that time, what is known
 * nearest to it.
 */
export function activityBetween(
  { times, metrics }: JobSubtasks,
  subtask: number,
  from: number,
  until: number,
): Activity {
  const known = [...times.keys()].filter((at) => isKnown(metrics.busy?.[subtask]?.[at]));
  const within = known.filter((at) => times[at]! > from && times[at]! <= until + COLUMN_MS);
  const nearest = known.toSorted((a, b) => distance(times[a]!, until) - distance(times[b]!, until));
  const columns = within.length > 0 ? within : nearest.slice(0, 1);
  const mean = (metric: SubtaskMetric) => {
    if (columns.length === 0) return null;
    const values = columns.map((at) => metrics[metric]?.[subtask]?.[at] ?? 0);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  return {
    busy: mean('busy'),
    external: mean('external'),
    backpressured: mean('backpressured'),
  };
}

/** Whether all that will be known of the time until `until` is there. */
export function isKnownUntil({ times, metrics }: JobSubtasks, until: number): boolean {
  const rows = metrics.busy ?? [];
  return times.some((t, at) => t >= until && rows.some((row) => isKnown(row[at])));
}

function isKnown(share: number | null | undefined): boolean {
  return share !== null && share !== undefined;
}

function distance(t: number, until: number): number {
  return Math.abs(t - until);
}
