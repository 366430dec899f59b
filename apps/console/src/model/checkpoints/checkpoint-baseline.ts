/** What is usual: medians of the last completed checkpoints, operator by operator. */
import { type Phases, slowestFirst, subtaskRow } from './checkpoint-phases.ts';
import type { CheckpointRecord } from './checkpoint-record.ts';

const USUAL_OVER = 20;
/** Fewer are no habit. */
const USUAL_FROM = 3;

export interface OperatorUsual {
  readonly phases: Phases;
  readonly writtenBytes: number;
  readonly stateBytes: number;
  /** Written per second of the asynchronous phase; null where that took no time. */
  readonly bytesPerSecond: number | null;
}

export interface Baseline {
  readonly durationMs: number | null;
  readonly checkpoints: number;
  operator(vertexId: string): OperatorUsual | null;
}

/** Of the completed checkpoints before the given one; `records` are newest first. */
export function baselineBefore(
  records: readonly CheckpointRecord[],
  item: { readonly id: number; readonly trigger_timestamp: number },
): Baseline {
  const before = records
    .filter(
      ({ status, is_savepoint, trigger_timestamp: t }) =>
        status === 'COMPLETED' && !is_savepoint && t < item.trigger_timestamp,
    )
    .slice(0, USUAL_OVER);
  const known = before.length >= USUAL_FROM;
  return {
    durationMs: known ? median(before.map(({ end_to_end_duration: ms }) => ms)) : null,
    checkpoints: before.length,
    operator: (vertexId) => (known ? usualOf(before, vertexId) : null),
  };
}

/** Of the operator's slowest subtask in each checkpoint. */
function usualOf(before: readonly CheckpointRecord[], vertexId: string): OperatorUsual | null {
  const slowest = before.flatMap((record) => {
    const task = record.subtasks?.[vertexId];
    const row = task === undefined ? undefined : slowestFirst(task.subtasks.map(subtaskRow))[0];
    return row?.phases == null || row === undefined ? [] : [{ ...row, phases: row.phases }];
  });
  if (slowest.length < USUAL_FROM) return null;
  const of = (pick: (row: (typeof slowest)[number]) => number) => median(slowest.map(pick));
  const rates = slowest
    .filter(({ phases }) => phases.async > 0)
    .map(({ phases, writtenBytes }) => ((writtenBytes ?? 0) / phases.async) * 1000);
  return {
    phases: {
      startDelay: of(({ phases }) => phases.startDelay),
      alignment: of(({ phases }) => phases.alignment),
      sync: of(({ phases }) => phases.sync),
      async: of(({ phases }) => phases.async),
    },
    writtenBytes: of(({ writtenBytes }) => writtenBytes ?? 0),
    stateBytes: of(({ stateBytes }) => stateBytes ?? 0),
    bytesPerSecond: rates.length < USUAL_FROM ? null : median(rates),
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
