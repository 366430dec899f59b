/** Operations that take their time: checkpoints, savepoints, stop, disposal, cancel. */
import { toWire, type WireError, WeirError } from '@weir/core';
import type { FailureCause, FlinkHandlers, SavepointStatus } from '@weir/flink-rest';
import { TERMINAL_STATUS } from '@weir/runtime';
import type { JobEntry } from '../job-service.ts';
import type { TriggerOutcome, TriggerStore } from '../trigger-store.ts';
import { isSavepoint } from './checkpoint-figures.ts';
import { stackText } from './exception-text.ts';
import { actorOf } from '../user-actions.ts';
import { type HandlerContext, jobEntry, notFound } from './handler-context.ts';

type Handled =
  | 'checkpointTrigger'
  | 'checkpointTriggerStatus'
  | 'jobCancel'
  | 'jobYarnCancel'
  | 'savepointDisposal'
  | 'savepointDisposalStatus'
  | 'savepointStatus'
  | 'savepointTrigger'
  | 'stop';

export function triggerHandlers(context: HandlerContext): Pick<FlinkHandlers, Handled> {
  const { savepoints, checkpoints, disposals, actions } = context;
  return {
    jobCancel: ({ params, client }) => cancel(context, params.jobid, client),
    jobYarnCancel: ({ params, client }) => cancel(context, params.jobid, client),
    savepointTrigger: ({ params, body, client }) => {
      const job = jobEntry(context, params.jobid);
      const directory = body['target-directory'] ?? null;
      const id = savepoints.start(job.jobId, body.triggerId, () => {
        const run = async () => {
          const path = await job.control.triggerSavepoint(directory);
          if (body['cancel-job'] === true) await job.control.cancel();
          return path;
        };
        return actions.follow(job.jobId, 'savepoint', actorOf(client), run, pathResult);
      });
      return { 'request-id': id };
    },
    stop: ({ params, body, client }) => {
      const job = jobEntry(context, params.jobid);
      const { targetDirectory = null, drain = false } = body;
      const id = savepoints.start(job.jobId, body.triggerId, () => {
        const run = () => job.control.stopWithSavepoint(targetDirectory, drain === true);
        return actions.follow(job.jobId, 'stop', actorOf(client), run, pathResult);
      });
      return { 'request-id': id };
    },
    savepointStatus: ({ params }) =>
      savepointStatus(known(savepoints, params.jobid, params.triggerid, 'savepoint')),
    checkpointTrigger: ({ params, body, client }) => {
      const job = jobEntry(context, params.jobid);
      const id = checkpoints.start(job.jobId, body.triggerId, () => {
        const run = async () => (await job.control.triggerCheckpoint()).id;
        return actions.follow(job.jobId, 'checkpoint', actorOf(client), run);
      });
      return { 'request-id': id };
    },
    checkpointTriggerStatus: ({ params }) => {
      const outcome = known(checkpoints, params.jobid, params.triggerid, 'checkpoint');
      if (outcome.state === 'IN_PROGRESS') return IN_PROGRESS;
      if (outcome.state === 'FAILED') {
        return { status: COMPLETED, operation: { failureCause: failureCause(outcome.error) } };
      }
      return { status: COMPLETED, operation: { checkpointId: outcome.value } };
    },
    savepointDisposal: ({ body, client }) => {
      const path = body['savepoint-path'];
      const owner = savepointOwner(context, path);
      const id = disposals.start('', null, async () => {
        const run = () => context.service.disposeSavepoint(path);
        if (owner === null) await run();
        else await actions.follow(owner, 'dispose', actorOf(client), run, () => ({ path }));
        return null;
      });
      return { 'request-id': id };
    },
    savepointDisposalStatus: ({ params }) => {
      const outcome = known(disposals, '', params.triggerid, 'savepoint disposal');
      if (outcome.state === 'IN_PROGRESS') return IN_PROGRESS;
      const cause = outcome.state === 'FAILED' ? failureCause(outcome.error) : null;
      return { status: COMPLETED, operation: cause === null ? {} : { 'failure-cause': cause } };
    },
  };
}

const pathResult = (path: string) => ({ path });

/** The job that took the savepoint, as far as it is remembered. */
function savepointOwner({ service }: HandlerContext, path: string): string | null {
  const folder = path.replace(/^file:\/*/, '/');
  const owner = service.jobs().find(({ control }) => {
    const { history } = control.view().checkpoints;
    return history.some((one) => one.path === folder && isSavepoint(one.type));
  });
  return owner?.jobId ?? null;
}

const IN_PROGRESS = { status: { id: 'IN_PROGRESS' as const }, operation: null };
const COMPLETED = { id: 'COMPLETED' as const };

function savepointStatus(outcome: TriggerOutcome<string>): SavepointStatus {
  if (outcome.state === 'IN_PROGRESS') return IN_PROGRESS;
  if (outcome.state === 'COMPLETED') {
    return { status: COMPLETED, operation: { location: outcome.value } };
  }
  return { status: COMPLETED, operation: { 'failure-cause': failureCause(outcome.error) } };
}

function known<T>(
  store: TriggerStore<T>,
  scope: string,
  id: string,
  what: string,
): TriggerOutcome<T> {
  const outcome = store.outcome(scope.toLowerCase(), id);
  if (outcome !== null) return outcome;
  throw notFound(
    `There is no ${what} operation with triggerId=${id}; outcomes are kept for five minutes.`,
  );
}

export function failureCause(error: WireError): FailureCause {
  return { class: error.code ?? error.name, 'stack-trace': stackText(error) };
}

/** Accepted at once; a job that has ended otherwise is a conflict, one that is CANCELED is not. */
function cancel(
  context: HandlerContext,
  jobId: string,
  client: string | null,
): Record<string, never> {
  const job: JobEntry = jobEntry(context, jobId);
  const { status } = job.control.view();
  if (TERMINAL_STATUS.has(status) && status !== 'CANCELED') {
    throw new WeirError(
      'JOB_STATE_INVALID',
      `Job cancellation failed because the job has already reached another terminal state ` +
        `(${status}).`,
    );
  }
  const run = () => job.control.cancel();
  context.actions.follow(job.jobId, 'cancel', actorOf(client), run).catch((error: unknown) => {
    context.log('warn', `cancelling ${job.jobId}: ${toWire(error).message}`, error);
  });
  return {};
}
