/** Weir's own resources under `/weir/v1`. */
import {
  type Capabilities,
  type JobInfo,
  type RerunRequest,
  type SubmitRequest,
  submitRequest,
} from '@weir/console-protocol';
import { WeirError } from '@weir/core';
import { issueText } from '@weir/flink-rest';
import { SERIES, TICK_SERIES } from '@weir/monitor';
import type { Express } from 'express';
import type { MonitorPort } from '../monitor/monitor-port.ts';
import { type HandlerContext, jobEntry } from './flink/handler-context.ts';
import { redacted, redactedArguments, restoredArguments } from './flink/redaction.ts';
import { successorOf, versionOf } from './deployment-chain.ts';
import { restartTimeOf } from './restart-time.ts';
import type { JobEntry } from './job-service.ts';
import { JobReruns, rerunOf } from './job-rerun.ts';
import { actorOfRequest } from './user-actions.ts';
import { mountConfigRoutes } from './weir/config-routes.ts';
import { mountDeploymentRoutes } from './weir/deployment-routes.ts';
import { mountHistoryRoutes } from './weir/history-routes.ts';
import { mountFlameGraphRoutes } from './weir/flame-graph-routes.ts';
import { mountSavepointRoutes } from './weir/savepoint-routes.ts';
import { mountSplitRoutes } from './weir/split-routes.ts';
import { mountTaskManagerRoutes } from './weir/task-manager-routes.ts';
import { mountTimelineRoutes } from './weir/timeline-routes.ts';
import { numberOf, sendJson, textOf } from './weir/weir-request.ts';

const JOB = '/weir/v1/jobs/:jobid';
const LOGS_MAX = 5000;
const LOGS_DEFAULT = 500;
const HISTORY_DEFAULT_MS = 1_800_000;

export function mountWeirRoutes(app: Express, context: HandlerContext, monitor: MonitorPort): void {
  const { service } = context;
  mountDeploymentRoutes(app, context);
  mountConfigRoutes(app, context);
  mountTimelineRoutes(app, context, monitor);
  mountHistoryRoutes(app, context, monitor);
  app.get('/weir/v1/capabilities', (_, response) => {
    sendJson(response, 200, capabilitiesOf(context));
  });
  app.get('/weir/v1/examples', async (_, response) => {
    sendJson(response, 200, { examples: await service.examples() });
  });
  mountTaskManagerRoutes(app, context);
  app.post('/weir/v1/jobs', async (request, response) => {
    const submittedBy = actorOfRequest(request);
    const started = await service.submit({ ...submission(request.body), submittedBy });
    context.actions.note(started.jobId, 'submit', submittedBy, 'Submitted', {});
    sendJson(response, 201, started);
  });
  app.get(JOB, (request, response) => {
    sendJson(response, 200, jobInfoOf(context, textOf(request.params.jobid)));
  });
  const reruns = new JobReruns(service, context.actions);
  app.post(`${JOB}/rerun`, async (request, response) => {
    const job = jobEntry(context, textOf(request.params.jobid));
    const actor = actorOfRequest(request);
    const wish = withHiddenArguments(context, job, rerunOf(request.body));
    sendJson(response, 201, await reruns.rerun(job, wish, actor));
  });
  app.delete(JOB, async (request, response) => {
    const { jobId } = jobEntry(context, textOf(request.params.jobid));
    if (service.forget === undefined) {
      throw new WeirError('REQUEST_INVALID', 'This server keeps all jobs.');
    }
    await service.forget(jobId);
    sendJson(response, 200, {});
  });
  app.get(`${JOB}/history`, async (request, response) => {
    const { jobId } = jobEntry(context, textOf(request.params.jobid));
    const to = numberOf(request, 'to') ?? context.nowMs();
    const from = numberOf(request, 'from') ?? to - HISTORY_DEFAULT_MS;
    const history = await monitor.history(jobId, from, to);
    if (history === null) {
      throw new WeirError('RESOURCE_NOT_FOUND', 'The monitor has no history of this job.');
    }
    sendJson(response, 200, history);
  });
  app.get(`${JOB}/logs`, async (request, response) => {
    const { jobId } = jobEntry(context, textOf(request.params.jobid));
    const limit = Math.min(LOGS_MAX, numberOf(request, 'limit') ?? LOGS_DEFAULT);
    const vertexId = request.query.vertex === undefined ? null : textOf(request.query.vertex);
    const logs = await context.logs(jobId)?.read({
      since: numberOf(request, 'since'),
      vertexId,
      subtask: numberOf(request, 'subtask'),
      from: numberOf(request, 'from'),
      to: numberOf(request, 'to'),
      limit,
    });
    sendJson(response, 200, logs ?? { entries: [], truncated: false, last: 0 });
  });
  mountSplitRoutes(app, context);
  mountFlameGraphRoutes(app, context);
  mountSavepointRoutes(app, context);
}

/** Secrets were never shown, so they come back as they were shown. */
function withHiddenArguments(
  context: HandlerContext,
  job: JobEntry,
  request: RerunRequest,
): RerunRequest {
  if (request.args === undefined) return request;
  const program = request.programOf === undefined ? job : jobEntry(context, request.programOf);
  const { args } = program.control.view().graph;
  return { ...request, args: restoredArguments(request.args, args) };
}

function capabilitiesOf(context: HandlerContext): Capabilities {
  const { version, build, startedAtMs, dataDirectory } = context.service.server();
  return {
    server: { version, build, startedAt: startedAtMs, dataDirectory },
    submit: true,
    logs: true,
    historySeconds: SERIES[TICK_SERIES[0]].keptMs / 1000,
    flameGraph: true,
    tap: false,
    sql: false,
    rescale: context.service.rerun !== undefined,
  };
}

function jobInfoOf(context: HandlerContext, jobId: string): JobInfo {
  const job = jobEntry(context, jobId);
  const { entry, artifactSha256, control, submission } = job;
  const view = control.view();
  return {
    jobId: view.jobId,
    entry,
    args: redactedArguments(view.graph.args),
    artifactSha256,
    attempt: view.attempt,
    restarts: view.restarts,
    pid: view.taskManager?.pid ?? null,
    configuration: redacted(view.graph.configuration),
    version: versionOf(job, context.service.jobs()),
    submittedAt: submission?.submittedAtMs ?? view.graph.submittedAtMs,
    submittedBy: submission?.submittedBy ?? null,
    predecessor: submission?.rerunOf ?? null,
    successor: successorOf(job, context.service.jobs()),
    restartMs: restartTimeOf(job, context.service.jobs()),
  };
}

function submission(body: unknown): SubmitRequest {
  const result = submitRequest.safeParse(body);
  if (result.success) return result.data;
  throw new WeirError(
    'REQUEST_INVALID',
    `Bad submission: ${issueText(result.error)}. Expected {"entry": "path/to/job.ts", "args": []}.`,
  );
}
