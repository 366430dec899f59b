/** FINISHED: all tasks have finished, all sinks have committed, and the record says so. */
import type { JobContext, JobState } from '../job-context.ts';

export function finished(_job: JobContext): JobState {
  return { status: 'FINISHED', enter() {} };
}
