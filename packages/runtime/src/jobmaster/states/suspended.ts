/**
 * SUSPENDED: the job kept killing its own process before it ran, or its newest checkpoint can't be
 * read. What is left of the attempt is ended; then nothing happens until a person cancels the job.
 * Its checkpoints stay. Next: CANCELLING.
 */
import type { JobContext, JobFailure, JobState } from '../job-context.ts';

export function suspended(job: JobContext): JobState {
  return {
    status: 'SUSPENDED',
    enter() {
      job.saveSoon();
      void job.tearDown();
    },
    onFailure(failure: JobFailure) {
      job.recordException(failure, 'concurrent');
    },
    cancel() {
      job.enter('CANCELLING');
    },
  };
}
