/**
 * Where a checkpoint's time went, per subtask: start delay · alignment · sync · async, in ms.
 *
 * The phases are measured by the task; what they leave of the end-to-end time is the way of the
 * trigger and of the acknowledgement, and waiting for a turn in between.
 */
import type { SubtaskCheckpoint } from '@weir/flink-rest';

export interface Phases {
  readonly startDelay: number;
  readonly alignment: number;
  readonly sync: number;
  readonly async: number;
}

export type PhaseName = keyof Phases;

export const PHASES: readonly { readonly name: PhaseName; readonly label: string }[] = [
  { name: 'startDelay', label: 'start delay' },
  { name: 'alignment', label: 'alignment' },
  { name: 'sync', label: 'sync' },
  { name: 'async', label: 'async' },
];

export interface SubtaskRow {
  readonly index: number;
  /** Null while it has not acknowledged. */
  readonly endToEndMs: number | null;
  readonly phases: Phases | null;
  readonly stateBytes: number | null;
  readonly writtenBytes: number | null;
  readonly aborted: boolean;
}

export function subtaskRow(subtask: SubtaskCheckpoint): SubtaskRow {
  const { checkpoint, alignment, start_delay: startDelay } = subtask;
  const phases =
    checkpoint === undefined || startDelay === undefined
      ? null
      : {
          startDelay: Math.max(0, startDelay),
          alignment: Math.max(0, alignment?.duration ?? 0),
          sync: Math.max(0, checkpoint.sync),
          async: Math.max(0, checkpoint.async),
        };
  return {
    index: subtask.index,
    endToEndMs: subtask.end_to_end_duration ?? null,
    phases,
    stateBytes: subtask.state_size ?? null,
    writtenBytes: subtask.checkpointed_size ?? null,
    aborted: subtask.aborted ?? false,
  };
}

/** Of the end-to-end time what no phase explains, ms. */
export function restMs({ phases, endToEndMs }: SubtaskRow): number {
  if (phases === null || endToEndMs === null) return 0;
  const { startDelay, alignment, sync, async } = phases;
  return Math.max(0, endToEndMs - startDelay - alignment - sync - async);
}

/** Slowest first; those that never acknowledged stand above all others. */
export function slowestFirst(rows: readonly SubtaskRow[]): SubtaskRow[] {
  const size = (row: SubtaskRow) => row.endToEndMs ?? Number.POSITIVE_INFINITY;
  return [...rows].sort((a, b) => (size(a) < size(b) ? 1 : size(a) > size(b) ? -1 : 0));
}

export function largestPhase(phases: Phases): { readonly name: PhaseName; readonly ms: number } {
  let name: PhaseName = 'startDelay';
  for (const phase of PHASES) if (phases[phase.name] > phases[name]) name = phase.name;
  return { name, ms: phases[name] };
}

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500].flatMap((step) => [step, step * 1000]);

/** End and gridlines of a time axis in ms that holds `longest`, with at most eight lines. */
export function ganttAxis(longest: number): { readonly end: number; readonly ticks: number[] } {
  const steps = [...new Set([...STEPS, 600_000, 1_800_000, 3_600_000])].sort((a, b) => a - b);
  // Labels in ms are longer than those in seconds.
  const most = longest < 1000 ? 5 : 7.5;
  const step = steps.find((candidate) => longest / candidate <= most) ?? 7_200_000;
  const lines = Math.max(1, Math.ceil(longest / step));
  return { end: lines * step, ticks: Array.from({ length: lines + 1 }, (_, i) => i * step) };
}
