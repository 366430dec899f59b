/** A job's checkpoint options, read once. */
import {
  CHECKPOINT_DIR,
  CHECKPOINT_INTERVAL,
  CHECKPOINT_MAX_CONCURRENT,
  CHECKPOINT_MIN_PAUSE,
  CHECKPOINT_NUM_RETAINED,
  CHECKPOINT_RETENTION,
  CHECKPOINT_TIMEOUT,
  CHECKPOINT_TOLERABLE_FAILED,
  type Configuration,
  SAVEPOINT_DIR,
  WeirError,
} from '@weir/core';
import type { JobStatus } from './job-view.ts';

export interface CheckpointSettings {
  /** 0 = no periodic checkpoints. */
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly minPauseMs: number;
  readonly concurrentMax: number;
  /** Consecutive failures that are put up with. */
  readonly tolerableFailures: number;
  readonly retained: number;
  readonly retention: Retention;
  /** Absolute folders, without a slash at the end. */
  readonly checkpointRoot: string;
  readonly savepointRoot: string;
}

export type Retention =
  | 'NO_EXTERNALIZED_CHECKPOINTS'
  | 'DELETE_ON_CANCELLATION'
  | 'RETAIN_ON_CANCELLATION';

/** @throws WeirError CONFIG_INVALID */
export function checkpointSettings(
  options: Configuration,
  roots: { readonly checkpointRoot: string; readonly savepointRoot: string },
): CheckpointSettings {
  const interval = options.get(CHECKPOINT_INTERVAL);
  const minPauseMs = options.get(CHECKPOINT_MIN_PAUSE);
  return {
    // As Flink: an interval shorter than the pause would never be kept.
    intervalMs: interval > 0 ? Math.max(interval, minPauseMs) : 0,
    timeoutMs: options.get(CHECKPOINT_TIMEOUT),
    minPauseMs,
    concurrentMax: options.get(CHECKPOINT_MAX_CONCURRENT),
    tolerableFailures: options.get(CHECKPOINT_TOLERABLE_FAILED),
    retained: options.get(CHECKPOINT_NUM_RETAINED),
    retention: options.get(CHECKPOINT_RETENTION),
    checkpointRoot: absoluteFolder(options.get(CHECKPOINT_DIR) || roots.checkpointRoot),
    savepointRoot: absoluteFolder(options.get(SAVEPOINT_DIR) || roots.savepointRoot),
  };
}

/**
 * Whether checkpoints are deleted when a job ends so. Flink's CheckpointProperties: a finished job
 * never needs them, a suspended one always does.
 */
export function discardsCheckpoints(retention: Retention, end: JobStatus): boolean {
  switch (end) {
    case 'FINISHED':
      return true;
    case 'CANCELED':
      return retention !== 'RETAIN_ON_CANCELLATION';
    case 'FAILED':
      return retention === 'NO_EXTERNALIZED_CHECKPOINTS';
    default:
      return false;
  }
}

/** A folder as storage takes it: `file:` removed, absolute. @throws WeirError CONFIG_INVALID */
export function absoluteFolder(text: string): string {
  const path = text.replace(/^file:(\/\/)?/, '').replace(/(?<=.)[/\\]+$/, '');
  if (/^([A-Za-z]:)?[/\\]/.test(path)) return path;
  throw new WeirError(
    'CONFIG_INVALID',
    `"${text}" is no absolute folder; write it from the root, such as /data/savepoints`,
  );
}
