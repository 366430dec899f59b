/** FINISHED: All tasks have finished and all sinks have committed. The record is durable already. */
import type { JobContext, JobState } from '../job-context.ts';

export function finished(_job: JobContext): JobState {
  return { status: 'FINISHED', enter() {} };
}
