/**
 * The states of a job and how they follow each other; each has its file in `states/`.
 * Semantics: Flink's JobStatus. A restart goes RUNNING → RESTARTING → RUNNING; FAILING is the way
 * to FAILED only.
 */
import { invariant } from '@weir/core';
import type { JobStatus } from './job-view.ts';

export const JOB_TRANSITIONS: Readonly<Record<JobStatus, readonly JobStatus[]>> = {
  INITIALIZING: ['CREATED'],
  CREATED: ['RUNNING', 'CANCELLING', 'FAILING'],
  RUNNING: ['FINISHED', 'RESTARTING', 'FAILING', 'CANCELLING', 'SUSPENDED'],
  RESTARTING: ['RUNNING', 'FAILING', 'CANCELLING'],
  FAILING: ['FAILED', 'CANCELLING'],
  CANCELLING: ['CANCELED'],
  /** Waits for a person: cancelled, or started again as a new job. */
  SUSPENDED: ['CANCELLING'],
  FINISHED: [],
  FAILED: [],
  CANCELED: [],
  RECONCILING: [],
};

/** States in which nothing happens by itself any more. */
export const RESTING_STATUS: ReadonlySet<JobStatus> = new Set([
  'FINISHED',
  'FAILED',
  'CANCELED',
  'SUSPENDED',
]);

export function checkJobTransition(from: JobStatus, to: JobStatus): void {
  invariant(JOB_TRANSITIONS[from].includes(to), 'job state does not follow', { from, to });
}
