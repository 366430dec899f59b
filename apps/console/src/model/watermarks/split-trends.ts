/**
 * How the splits of a job's sources move while somebody looks: rates come from what was seen a few
 * times in a row, since the server keeps no history of splits.
 *
 * Invariants: half a minute at most of each split, in time order; a split that is no longer
 * reported is forgotten.
 */
import { type JobSplits, lastTurn, type SplitRow } from '@weir/console-protocol';
import type { SparkPoint } from '../figures/sparkline-path.ts';

const KEPT_MS = 60_000;
/** Rates are means over this long; shorter ones show the rhythm of batches. */
const RATE_MS = 30_000;
const RATE_FROM_MS = 1500;

interface Sight {
  readonly t: number;
  readonly pending: number | null;
  readonly records: number | null;
}

/** One split with what its last seconds tell; rates are per second, unknown is null. */
export interface SplitTrend {
  readonly key: string;
  readonly vertexId: string;
  readonly row: SplitRow;
  readonly readPerSecond: number | null;
  /** Of the backlog: above 0 it grows. */
  readonly changePerSecond: number | null;
  /** What comes in from outside: read, and what was left lying. */
  readonly supplyPerSecond: number | null;
  readonly drain: Drain;
  readonly points: readonly SparkPoint[];
}

export type Drain =
  | { readonly kind: 'ended' | 'idle' | 'empty' | 'unknown' | 'steady' | 'grows' }
  | { readonly kind: 'in'; readonly ms: number };

export class SplitTrends {
  readonly #seen = new Map<string, Sight[]>();
  #latest: JobSplits | null = null;
  #trends: readonly SplitTrend[] = [];

  /** Takes an answer of the server in; the same one twice changes nothing. */
  add(splits: JobSplits): readonly SplitTrend[] {
    if (splits === this.#latest) return this.#trends;
    if (this.#latest !== null && splits.t <= this.#latest.t) this.#seen.clear();
    this.#latest = splits;
    const reported = new Set<string>();
    this.#trends = splits.sources.flatMap(({ vertexId, splits: rows }) =>
      rows.map((row) => {
        const key = `${vertexId} ${row.splitId}`;
        reported.add(key);
        return this.#trendOf(key, vertexId, row, splits.t);
      }),
    );
    for (const key of this.#seen.keys()) if (!reported.has(key)) this.#seen.delete(key);
    return this.#trends;
  }

  #trendOf(key: string, vertexId: string, row: SplitRow, t: number): SplitTrend {
    const before = this.#seen.get(key) ?? [];
    // Fewer records than before: another attempt counts from the beginning.
    const again = (before.at(-1)?.records ?? 0) > (row.records ?? 0);
    const kept = again ? [] : before.filter((sight) => sight.t >= t - KEPT_MS);
    const sights = [...kept, { t, pending: row.pendingRecords, records: row.records }];
    this.#seen.set(key, sights);
    const recent = sinceTurn(sights);
    const readPerSecond = rate(recent, ({ records }) => records);
    const changePerSecond = rate(recent, ({ pending }) => pending);
    const supplyPerSecond =
      readPerSecond === null || changePerSecond === null
        ? null
        : Math.max(0, readPerSecond + changePerSecond);
    return {
      key,
      vertexId,
      row,
      readPerSecond,
      changePerSecond,
      supplyPerSecond,
      drain: splitDrain(row, readPerSecond, changePerSecond),
      points: sights.map((sight) => ({ t: sight.t, value: sight.pending ?? Number.NaN })),
    };
  }
}

/** The sights of the last seconds; from the backlog's last turn on, if it turned meanwhile. */
function sinceTurn(sights: readonly Sight[]): readonly Sight[] {
  const last = sights.at(-1)!;
  const recent = sights.filter(({ t }) => t >= last.t - RATE_MS);
  if (recent.some(({ pending }) => pending === null)) return recent;
  return recent.slice(lastTurn(recent.map(({ t, pending }) => ({ t, size: pending ?? 0 }))));
}

/** Change a second between the oldest and the newest sight. */
function rate(sights: readonly Sight[], pick: (sight: Sight) => number | null): number | null {
  const last = sights.at(-1)!;
  const first = sights[0]!;
  const [from, to] = [pick(first), pick(last)];
  if (from === null || to === null || last.t - first.t < RATE_FROM_MS) return null;
  return ((to - from) / (last.t - first.t)) * 1000;
}

/** A change below a fiftieth of what is read is no trend. */
const NOISE = 0.02;

/** Of a backlog of so many records; read and change are records per second. */
export function drainOf(pending: number | null, read: number | null, change: number | null): Drain {
  if (pending === 0) return { kind: 'empty' };
  if (pending === null || change === null) return { kind: 'unknown' };
  if (Math.abs(change) <= Math.max(1, (read ?? 0) * NOISE)) return { kind: 'steady' };
  if (change > 0) return { kind: 'grows' };
  return { kind: 'in', ms: (pending / -change) * 1000 };
}

function splitDrain(row: SplitRow, read: number | null, change: number | null): Drain {
  if (row.finished) return { kind: 'ended' };
  return row.idleMs === null ? drainOf(row.pendingRecords, read, change) : { kind: 'idle' };
}

export type SplitOrder = 'seconds' | 'records';

/** Farthest behind first; what is idle or has ended comes last, the very one that is named first. */
export function bySize(trends: readonly SplitTrend[], order: SplitOrder, named = ''): SplitTrend[] {
  const rank = ({ row }: SplitTrend) => {
    if (row.splitId === named) return -1;
    return row.finished ? 2 : row.idleMs === null ? 0 : 1;
  };
  const ms = ({ row }: SplitTrend) => row.pendingMs ?? -1;
  const records = ({ row }: SplitTrend) => row.pendingRecords ?? -1;
  const [first, second] = order === 'records' ? [records, ms] : [ms, records];
  return [...trends].sort(
    (a, b) => rank(a) - rank(b) || first(b) - first(a) || second(b) - second(a),
  );
}

/** The sum of a figure over the splits that know it; null where none does. */
export function total(
  trends: readonly SplitTrend[],
  pick: (trend: SplitTrend) => number | null,
): number | null {
  const known = trends.map(pick).filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}
