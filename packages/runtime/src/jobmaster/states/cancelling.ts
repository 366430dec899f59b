/** CANCELLING: someone asked for the end; the attempt is being ended. Next: CANCELED. */
import type { JobContext, JobFailure, JobState } from '../job-context.ts';

export function cancelling(job: JobContext): JobState {
  const state: JobState = {
    status: 'CANCELLING',
    enter() {
      job.coordinator.suspend('the job is being cancelled');
      job.saveSoon();
      void job.tearDown().then(() => {
        if (job.isCurrent(state)) return job.end('CANCELED');
      });
    },
    /** Tasks that fail while they stop don't change the outcome, but are shown. */
    onFailure(failure: JobFailure) {
      job.recordException(failure, 'root');
    },
  };
  return state;
}
