/** FAILING: no restart is left; the attempt is being ended. Next: FAILED, CANCELLING. */
import type { JobContext, JobFailure, JobState } from '../job-context.ts';

export function failing(job: JobContext): JobState {
  const state: JobState = {
    status: 'FAILING',
    enter() {
      job.saveSoon();
      void job.tearDown().then(() => {
        if (job.isCurrent(state)) return job.end('FAILED');
      });
    },
    onFailure(failure: JobFailure) {
      job.recordException(failure, 'concurrent');
    },
    cancel() {
      job.enter('CANCELLING');
    },
  };
  return state;
}
