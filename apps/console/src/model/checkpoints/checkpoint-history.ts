/** What the history of checkpoints says: the strip, what is slow, what is usual. */
import type { Checkpoint } from '@weir/flink-rest';
import { type CheckpointRecord, longestPhases } from './checkpoint-record.ts';

export const STRIP_MAX = 60;
const USUAL_OVER = 20;

export type StripTone = 'completed' | 'slow' | 'failed' | 'savepoint' | 'running';

export interface StripBar {
  readonly id: number;
  readonly tone: StripTone;
  readonly savepoint: boolean;
  readonly durationMs: number;
  /** 0…1 of the longest shown. */
  readonly height: number;
  readonly triggeredAt: number;
}

/** The last ones, oldest first. `history` comes newest first, as Flink sends it. */
export function stripBars(
  history: readonly Checkpoint[],
  now: number,
  most = STRIP_MAX,
): StripBar[] {
  const shown = history.slice(0, most).reverse();
  const usual = usualDuration(history);
  const duration = (item: Checkpoint) =>
    item.status === 'IN_PROGRESS'
      ? Math.max(0, now - item.trigger_timestamp)
      : item.end_to_end_duration;
  const longest = Math.max(1, ...shown.filter(isCompleted).map(duration));
  return shown.map((item) => ({
    id: item.id,
    tone: toneOf(item, usual),
    savepoint: item.is_savepoint,
    durationMs: duration(item),
    height: Math.min(1, duration(item) / longest),
    triggeredAt: item.trigger_timestamp,
  }));
}

/** Median end-to-end time of the last 20 completed checkpoints, ms; null before the third. */
export function usualDuration(history: readonly Checkpoint[]): number | null {
  const recent = history
    .filter((item) => isCompleted(item) && !item.is_savepoint)
    .slice(0, USUAL_OVER)
    .map((item) => item.end_to_end_duration)
    .sort((a, b) => a - b);
  return recent.length < 3 ? null : recent[Math.floor(recent.length / 2)]!;
}

/** Below this the difference is the machine's noise. */
const SLOW_FROM_MS = 250;

/** Slow = above twice what is usual. */
export function isSlow(durationMs: number, usual: number | null): boolean {
  return usual !== null && durationMs > 2 * usual && durationMs > SLOW_FROM_MS;
}

export interface HistoryPoint {
  readonly id: number;
  readonly t: number;
  readonly durationMs: number | null;
  /** Of it writing beside the stream; null where that is not known. */
  readonly asyncMs: number | null;
  readonly fullBytes: number | null;
  readonly writtenBytes: number | null;
}

/** For the charts: oldest first; a failed checkpoint is a gap. */
export function historyPoints(history: readonly (Checkpoint | CheckpointRecord)[]): HistoryPoint[] {
  return history
    .filter((item) => item.status !== 'IN_PROGRESS')
    .slice(0, STRIP_MAX)
    .reverse()
    .map((item) => {
      const known = isCompleted(item);
      return {
        id: item.id,
        t: item.trigger_timestamp,
        durationMs: known ? item.end_to_end_duration : null,
        asyncMs: known && 'subtasks' in item ? (longestPhases(item)?.async ?? null) : null,
        fullBytes: known ? item.state_size : null,
        writtenBytes: known ? item.checkpointed_size : null,
      };
    });
}

function isCompleted(item: Checkpoint): boolean {
  return item.status === 'COMPLETED';
}

function toneOf(item: Checkpoint, usual: number | null): StripTone {
  if (item.status === 'FAILED') return 'failed';
  if (item.status === 'IN_PROGRESS') return 'running';
  if (item.is_savepoint) return 'savepoint';
  return isSlow(item.end_to_end_duration, usual) ? 'slow' : 'completed';
}
