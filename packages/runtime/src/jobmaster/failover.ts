/**
 * What becomes of a job after a failure: the one place that decides between restarting, giving up
 * and waiting for a person.
 */
import { type ErrorCode, fromWire, toWire, WeirError } from '@weir/core';
import type { JobContext, JobFailure } from './job-context.ts';

/** A job whose process dies so often before it runs is not started again by itself. */
export const STARTING_CRASHES_MAX = 3;

/** Another attempt would meet the same. Flink: SuppressRestartsException. */
const UNRECOVERABLE: ReadonlySet<ErrorCode | null> = new Set<ErrorCode>([
  'CONFIG_INVALID',
  'JOB_DEFINITION_INVALID',
  'JOB_DEFINITION_NOT_DETERMINISTIC',
  'SAVEPOINT_NOT_FOUND',
  'STATE_INCOMPATIBLE',
  'STATE_UNCLAIMED',
]);

/** Records the failure and enters RESTARTING, FAILING or SUSPENDED. */
export function failOver(job: JobContext, failure: JobFailure): void {
  job.coordinator.suspend('the job failed over');
  if (UNRECOVERABLE.has(failure.error.code)) {
    giveUp(job, failure);
    return;
  }
  const now = job.ports.clock.nowMs();
  const decision = job.strategy.onFailure(now);
  if (!decision.restart) {
    const cause = fromWire(failure.error);
    const message = `Recovery is suppressed: ${decision.reason}`;
    const error = toWire(withoutFrames(new WeirError('JOB_FAILED', message, { cause })));
    giveUp(job, { ...failure, error });
    return;
  }
  if (job.startingCrashes >= STARTING_CRASHES_MAX) {
    const message =
      `The job's process died ${job.startingCrashes} times in a row before all tasks ran; it is ` +
      'suspended so that it does not go on for ever. Remove the cause, cancel it, and start it ' +
      `again from its last checkpoint. Last: ${failure.error.message}`;
    const cause = fromWire(failure.error);
    const error = toWire(withoutFrames(new WeirError('TASK_MANAGER_LOST', message, { cause })));
    job.failure = error;
    job.recordException({ ...failure, error }, 'root');
    job.enter('SUSPENDED');
    return;
  }
  job.recordException(failure, 'root');
  job.restartAtMs = now + decision.delayMs;
  job.enter('RESTARTING');
}

/** Who reads it wants the frames of the cause. */
function withoutFrames(error: WeirError): WeirError {
  error.stack = `${error.name}: ${error.message}`;
  return error;
}

function giveUp(job: JobContext, failure: JobFailure): void {
  job.failure = failure.error;
  job.recordException(failure, 'root');
  job.enter('FAILING');
}
