/**
 * Runs a job's program again as a new job: restart from a checkpoint or savepoint, rescale, changed
 * arguments. Called by the router, one call a wish.
 *
 * Invariants:
 * - What can be refused is refused before the running job is stopped.
 * - A job has at most one rerun under way, so that a second click starts nothing twice.
 * - When the new job does not start after a stop, the error says where the state lies.
 */
import { existsSync } from 'node:fs';
import {
  type Actor,
  type RerunRequest,
  type RerunResponse,
  rerunRequest,
} from '@weir/console-protocol';
import { CHECKPOINT_RETENTION, Configuration, toWire, WeirError } from '@weir/core';
import { issueText } from '@weir/flink-rest';
import { type JobView, TERMINAL_STATUS } from '@weir/runtime';
import { restoreFolder } from '../dispatcher/restore-path.ts';
import type { JobEntry, JobService, RerunChanges } from './job-service.ts';
import type { UserAction, UserActions } from './user-actions.ts';

/** @throws WeirError REQUEST_INVALID. */
export function rerunOf(body: unknown): RerunRequest {
  const result = rerunRequest.safeParse(body);
  if (result.success) return result.data;
  throw new WeirError(
    'REQUEST_INVALID',
    `Bad rerun: ${issueText(result.error)}. Expected {"stopFirst": "savepoint", "parallelism": 4}.`,
  );
}

export class JobReruns {
  readonly #service: JobService;
  readonly #actions: UserActions;
  readonly #underWay = new Set<string>();

  constructor(service: JobService, actions: UserActions) {
    this.#service = service;
    this.#actions = actions;
  }

  /**
   * Resolves once the new job exists.
   * @throws WeirError JOB_STATE_INVALID (it runs and is not to be stopped, a rerun is under way, or
   * the stop would delete the checkpoint), ARGUMENT_INVALID (parallelism above the maximum),
   * SAVEPOINT_NOT_FOUND, CHECKPOINT_FAILED, and what a submission throws.
   */
  async rerun(job: JobEntry, request: RerunRequest, actor: Actor): Promise<RerunResponse> {
    const { jobId } = job;
    if (this.#underWay.has(jobId)) {
      throw new WeirError('JOB_STATE_INVALID', 'A restart of this job is already under way.');
    }
    this.#underWay.add(jobId);
    try {
      const run = () => this.#rerun(job, request, actor);
      const { jobId: from } = job;
      return await this.#actions.follow(from, actionOf(request), actor, run, (started) => {
        const text = `Started from job ${from}`;
        this.#actions.note(started.jobId, 'submit', actor, text, { relatedJobId: from });
        return { path: started.savepointPath, relatedJobId: started.jobId };
      });
    } finally {
      this.#underWay.delete(jobId);
    }
  }

  async #rerun(
    { jobId, control }: JobEntry,
    request: RerunRequest,
    actor: Actor,
  ): Promise<RerunResponse> {
    const { rerun } = this.#service;
    if (rerun === undefined) {
      throw new WeirError('REQUEST_INVALID', 'This server cannot run a job again; submit it anew.');
    }
    const view = control.view();
    const chosen = request.restorePath === null ? null : restoreFolder(request.restorePath);
    const stops = stopOf(view, request, chosen);
    const restoring = chosen !== null || stops === 'savepoint';
    if (restoring) requireKeyGroups(view, request.parallelism ?? null);
    let savepointPath: string | null = null;
    if (stops === 'savepoint') savepointPath = await control.stopWithSavepoint(null, false);
    else if (stops === 'cancel') await control.cancel();
    const restorePath = chosen ?? savepointPath;
    try {
      const changes = { ...changesOf(request, restorePath), submittedBy: actor };
      const started = await rerun.call(this.#service, jobId, changes);
      return { jobId: started.jobId, savepointPath };
    } catch (cause) {
      throw stops === null ? cause : stoppedButNotStarted(cause, restorePath);
    }
  }
}

/** A rescale changes nothing but the parallelism. */
function actionOf({ parallelism, args, configuration, programOf }: RerunRequest): UserAction {
  const only = args === undefined && configuration === undefined && programOf === undefined;
  return parallelism !== undefined && only ? 'rescale' : 'rerun';
}

function changesOf(request: RerunRequest, restorePath: string | null): RerunChanges {
  const { parallelism, args, configuration, programOf } = request;
  return {
    restorePath,
    ...(parallelism === undefined ? {} : { parallelism }),
    ...(args === undefined ? {} : { args }),
    ...(configuration === undefined ? {} : { configuration }),
    ...(programOf === undefined ? {} : { programOf }),
  };
}

/** How the job is stopped; null when nothing of it runs. */
function stopOf(
  view: JobView,
  { stopFirst }: RerunRequest,
  chosen: string | null,
): RerunRequest['stopFirst'] {
  if (TERMINAL_STATUS.has(view.status)) return null;
  // Nothing of it runs, and a cancel could delete the checkpoint that the new job starts from.
  if (view.status === 'SUSPENDED') return null;
  if (stopFirst === null) {
    throw new WeirError(
      'JOB_STATE_INVALID',
      `The job is ${view.status}; say how it is stopped first, with "stopFirst": "savepoint" or ` +
        '"cancel".',
    );
  }
  if (chosen !== null && endsWithJob(view, stopFirst, chosen)) {
    throw new WeirError(
      'JOB_STATE_INVALID',
      `The checkpoint ${chosen} would be deleted when the job stops. Start from a savepoint, or ` +
        `set ${CHECKPOINT_RETENTION.key} to RETAIN_ON_CANCELLATION and stop by a cancel.`,
    );
  }
  return stopFirst;
}

/** Whether a checkpoint of this job goes when the job is stopped this way. */
function endsWithJob(view: JobView, stopFirst: 'savepoint' | 'cancel', folder: string): boolean {
  const own = view.checkpoints.history.some(
    ({ type, path }) =>
      type === 'checkpoint' && path !== null && existsSync(path) && restoreFolder(path) === folder,
  );
  const retention = new Configuration(view.graph.configuration).get(CHECKPOINT_RETENTION);
  return own && !(stopFirst === 'cancel' && retention === 'RETAIN_ON_CANCELLATION');
}

/** State is in key groups, and no subtask can have less than one. */
function requireKeyGroups(view: JobView, parallelism: number | null): void {
  const most = Math.min(...view.graph.vertices.map(({ maxParallelism }) => maxParallelism));
  if (parallelism === null || parallelism <= most) return;
  throw new WeirError(
    'ARGUMENT_INVALID',
    `The state of this job can be spread over at most ${most} subtasks, not ${parallelism}.`,
    { context: { parallelism, maxParallelism: most } },
  );
}

function stoppedButNotStarted(cause: unknown, restorePath: string | null): WeirError {
  const { message } = toWire(cause);
  const state = restorePath === null ? '' : ` Its state is in ${restorePath}.`;
  const code = cause instanceof WeirError ? cause.code : 'JOB_STATE_INVALID';
  return new WeirError(
    code,
    `The job was stopped, but could not be started again: ${message}${state}`,
    { context: { restorePath }, cause },
  );
}
