/**
 * FAILED: no restart was left; the root cause is the newest exception. The record is durable
 * already.
 */
import type { JobContext, JobState } from '../job-context.ts';

export function failed(_job: JobContext): JobState {
  return { status: 'FAILED', enter() {} };
}
