/** CREATED: the job is recorded; nothing runs yet. */
import type { JobContext, JobState } from '../job-context.ts';

export function created(job: JobContext): JobState {
  return {
    status: 'CREATED',
    enter() {},
    cancel() {
      job.enter('CANCELLING');
    },
  };
}
