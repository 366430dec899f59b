/** Percentiles over checkpoints, phase by phase: of each the longest of its subtasks. */
import { type CheckpointRecord, longestPhases } from './checkpoint-record.ts';

export interface PercentileRow {
  readonly label: string;
  readonly unit: 'ms' | 'bytes';
  readonly values: readonly (number | null)[];
}

export const PERCENTILES = [50, 90, 95, 99, 100] as const;

/** Of completed ones; savepoints count, too. */
export function checkpointPercentiles(records: readonly CheckpointRecord[]): PercentileRow[] {
  const completed = records.filter(({ status }) => status === 'COMPLETED');
  const phases = completed.map(longestPhases).filter((one) => one !== null);
  const row = (label: string, unit: 'ms' | 'bytes', values: readonly number[]): PercentileRow => {
    const sorted = values.toSorted((a, b) => a - b);
    return { label, unit, values: PERCENTILES.map((p) => percentile(sorted, p)) };
  };
  return [
    row(
      'End to end',
      'ms',
      completed.map(({ end_to_end_duration: ms }) => ms),
    ),
    row(
      'Start delay',
      'ms',
      phases.map(({ startDelay }) => startDelay),
    ),
    row(
      'Alignment',
      'ms',
      phases.map(({ alignment }) => alignment),
    ),
    row(
      'Sync',
      'ms',
      phases.map(({ sync }) => sync),
    ),
    row(
      'Async',
      'ms',
      phases.map(({ async }) => async),
    ),
    row(
      'Full size',
      'bytes',
      completed.map(({ state_size: bytes }) => bytes),
    ),
    row(
      'Written',
      'bytes',
      completed.map(({ checkpointed_size: bytes }) => bytes),
    ),
  ];
}

/** The nearest rank, so that every value shown has occurred; null of nothing. */
export function percentile(sorted: readonly number[], p: number): number | null {
  if (sorted.length === 0) return null;
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)]!;
}
