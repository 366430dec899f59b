/** CANCELED: Ended because someone asked for it. The record is durable already. */
import type { JobContext, JobState } from '../job-context.ts';

export function canceled(_job: JobContext): JobState {
  return { status: 'CANCELED', enter() {} };
}
