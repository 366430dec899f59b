/**
 * What becomes of a job after a failure: the one place that decides between restarting, giving up
 * and waiting for a person.
 */
import { type ErrorCode, fromWire, toWire, WeirError, type WireError } from '@weir/core';
import type { JobContext, JobFailure } from './job-context.ts';

/** A job whose process dies so often before it runs is not started again by itself. */
export const STARTING_CRASHES_MAX = 3;

/** Another attempt would meet the same. Flink: SuppressRestartsException. */
const UNRECOVERABLE: ReadonlySet<ErrorCode | null> = new Set<ErrorCode>([
  'CHECKPOINT_FILE_CORRUPT',
  'COMMIT_LOST',
  'CONFIG_INVALID',
  'JOB_DEFINITION_INVALID',
  'JOB_DEFINITION_NOT_DETERMINISTIC',
  'SAVEPOINT_NOT_FOUND',
  'STATE_INCOMPATIBLE',
  'STATE_UNCLAIMED',
]);

/** The checkpoint from which every attempt would start can't be read, or not be committed. */
const CHECKPOINT_LOST: ReadonlySet<ErrorCode | null> = new Set<ErrorCode>([
  'CHECKPOINT_FILE_CORRUPT',
  'COMMIT_LOST',
  'SAVEPOINT_NOT_FOUND',
]);

/** Records the failure and enters RESTARTING, FAILING or SUSPENDED. */
export function failOver(job: JobContext, failure: JobFailure): void {
  job.coordinator.suspend('the job failed over');
  if (CHECKPOINT_LOST.has(failure.error.code) && job.coordinator.retained.length > 0) {
    suspend(job, failure, checkpointLost(job, failure.error));
    return;
  }
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
      `suspended so that it does not go on for ever. Remove the cause. ${anew(job.restorePath)}. ` +
      `Last: ${failure.error.message}`;
    suspend(job, failure, new WeirError('TASK_MANAGER_LOST', message));
    return;
  }
  job.recordException(failure, 'root');
  job.restartAtMs = now + decision.delayMs;
  job.enter('RESTARTING');
}

/** Failing for good would delete what a person may still go on from. */
function checkpointLost(job: JobContext, { code, message }: WireError): WeirError {
  const { retained } = job.coordinator;
  const older = retained.at(-2)?.path;
  const what =
    code === 'COMMIT_LOST'
      ? `A sink can't commit what belongs to the job's newest checkpoint, ${retained.at(-1)?.path}`
      : "The job's newest checkpoint can't be restored";
  const none = 'It has no older one (execution.checkpointing.num-retained keeps more)';
  const advice = older === undefined ? `${none}. ${anew(null)}` : anew(older);
  return new WeirError(
    code ?? 'CHECKPOINT_FILE_CORRUPT',
    `${what}; it is suspended and keeps its checkpoints. ${advice}. ${message}`,
  );
}

/** In this order, because cancelling may delete the job's checkpoints. */
function anew(path: string | null): string {
  const from = path === null ? '' : ` --from ${path}`;
  return `Start it anew (weir run …${from}), then cancel this one`;
}

function suspend(job: JobContext, failure: JobFailure, { code, message }: WeirError): void {
  const cause = fromWire(failure.error);
  const error = toWire(withoutFrames(new WeirError(code, message, { cause })));
  job.failure = error;
  job.recordException({ ...failure, error }, 'root');
  job.enter('SUSPENDED');
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
