/** CANCELED: ended because someone asked for it, and the record says so. */
import type { JobContext, JobState } from '../job-context.ts';

export function canceled(_job: JobContext): JobState {
  return { status: 'CANCELED', enter() {} };
}
