/** The reports of source subtasks as the resource that is asked for: per source, worst first. */
import type { JobSplits, SourceSplits, SplitRow } from '@weir/console-protocol';
import type { SplitsOfSubtask, SplitView } from '@weir/runtime';

export interface SplitQuestion {
  /** Part of a split's name; '' = all. */
  readonly q: string;
  /** Of each source. */
  readonly limit: number;
}

/** Reports of one job, in any order; the answer's sources come in the order of `vertexIds`. */
export function splitListOf(
  reports: readonly SplitsOfSubtask[],
  vertexIds: readonly string[],
  { q, limit }: SplitQuestion,
): JobSplits['sources'] {
  return vertexIds.flatMap((vertexId) => {
    const own = reports.filter((report) => report.vertexId === vertexId);
    return own.length === 0 ? [] : [sourceOf(vertexId, own, q.toLowerCase(), limit)];
  });
}

function sourceOf(
  vertexId: string,
  reports: readonly SplitsOfSubtask[],
  q: string,
  limit: number,
): SourceSplits {
  const rows = reports.flatMap(({ subtask, splits }) => splits.map((one) => rowOf(one, subtask)));
  const counted = rows.filter(
    ({ watermark, idleMs, finished }) => watermark !== null && idleMs === null && !finished,
  );
  const byTime = counted.toSorted((a, b) => (a.watermark ?? 0) - (b.watermark ?? 0));
  const shown = q === '' ? rows : rows.filter(({ splitId }) => splitId.toLowerCase().includes(q));
  return {
    vertexId,
    total: reports.reduce((sum, { count }) => sum + count, 0),
    idle: rows.filter(({ idleMs, finished }) => idleMs !== null && !finished).length,
    finished: rows.filter(({ finished }) => finished).length,
    pendingRecords: rows.reduce<number | null>(
      (sum, { pendingRecords }) =>
        sum === null || pendingRecords === null ? null : sum + pendingRecords,
      0,
    ),
    pendingMs: rows.reduce<number | null>(
      (most, { pendingMs }) => (pendingMs === null ? most : Math.max(most ?? pendingMs, pendingMs)),
      null,
    ),
    holder: byTime[0] ?? null,
    foremost: byTime.at(-1) ?? null,
    splits: shown.sort(worstFirst).slice(0, limit),
  };
}

function rowOf(view: SplitView, subtask: number): SplitRow {
  const { splitId, pendingRecords, pendingMs, position, finished, records } = view;
  const { watermarkMs: watermark, idleMs } = view;
  return {
    splitId,
    subtask,
    pendingRecords,
    pendingMs,
    records,
    position,
    watermark,
    idleMs,
    finished,
  };
}

/** Farthest behind in time, then in records; what has ended or is idle comes last. */
function worstFirst(a: SplitRow, b: SplitRow): number {
  const rank = ({ finished, idleMs }: SplitRow) => (finished ? 2 : idleMs === null ? 0 : 1);
  return (
    rank(a) - rank(b) ||
    (b.pendingMs ?? -1) - (a.pendingMs ?? -1) ||
    (b.pendingRecords ?? -1) - (a.pendingRecords ?? -1) ||
    a.splitId.localeCompare(b.splitId, 'en', { numeric: true })
  );
}
