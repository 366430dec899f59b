/**
 * SUSPENDED: the job kept killing its own process before it ran. Nothing happens until a person
 * cancels it; its checkpoints stay. Next: CANCELLING.
 */
import type { JobContext, JobState } from '../job-context.ts';

export function suspended(job: JobContext): JobState {
  return {
    status: 'SUSPENDED',
    enter() {
      job.saveSoon();
    },
    cancel() {
      job.enter('CANCELLING');
    },
  };
}
