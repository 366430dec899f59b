/** `/weir/v1/jobs/:id/deployments`: the versions of a job, and what differs between two. */
import { existsSync } from 'node:fs';
import type { Deployment } from '@weir/console-protocol';
import type { Express } from 'express';
import { deploymentsOf, submittedAt, versionOf } from '../deployment-chain.ts';
import { bytesOf, isSavepoint } from '../flink/checkpoint-figures.ts';
import { type HandlerContext, jobEntry } from '../flink/handler-context.ts';
import { redacted, redactedArguments } from '../flink/redaction.ts';
import { jobTimes } from '../flink/state-counts.ts';
import type { JobEntry, JobService } from '../job-service.ts';
import { programDiff } from '../program-diff.ts';
import { sendJson, textOf } from './weir-request.ts';

const DEPLOYMENTS = '/weir/v1/jobs/:jobid/deployments';

export function mountDeploymentRoutes(app: Express, context: HandlerContext): void {
  const { service, nowMs } = context;
  app.get(DEPLOYMENTS, (request, response) => {
    const job = jobEntry(context, textOf(request.params.jobid));
    const all = service.jobs();
    const deployments = deploymentsOf(job, all).map((one) => deploymentOf(one, service, nowMs()));
    sendJson(response, 200, { deployments: deployments.reverse() });
  });
  app.get(`${DEPLOYMENTS}/:other`, async (request, response) => {
    const after = jobEntry(context, textOf(request.params.jobid));
    const before = jobEntry(context, textOf(request.params.other));
    const sources = ({ jobId }: JobEntry) => service.sources?.(jobId) ?? Promise.resolve(null);
    const [old, now] = await Promise.all([sources(before), sources(after)]);
    sendJson(response, 200, programDiff(old, now));
  });
}

function deploymentOf(job: JobEntry, service: JobService, nowMs: number): Deployment {
  const { jobId, control, artifactSha256, entry, submission } = job;
  const view = control.view();
  const { restored } = view.checkpoints;
  const times = jobTimes(view, nowMs);
  return {
    jobId,
    version: versionOf(job, service.jobs()),
    state: view.status,
    submittedAt: submittedAt(job),
    endedAt: times.end >= 0 ? times.end : null,
    by: submission?.submittedBy ?? null,
    artifactSha256,
    programKept: service.programKept?.(jobId) ?? false,
    entry,
    args: redactedArguments(view.graph.args),
    parallelism: Math.max(1, ...view.graph.vertices.map(({ parallelism }) => parallelism)),
    configuration: redacted(view.graph.configuration),
    restarts: view.restarts,
    predecessor: submission?.rerunOf ?? null,
    restored:
      restored === null
        ? null
        : { id: restored.id, path: restored.path, savepoint: restored.isSavepoint },
    lastGood: lastGoodOf(job),
    operators: view.graph.vertices.flatMap(({ operators, parallelism }) =>
      operators.map(({ id, name, uid, origin }) => ({ id, name, uid, parallelism, origin })),
    ),
  };
}

/** What was deleted when the job ended is not offered. */
function lastGoodOf({ control }: JobEntry): Deployment['lastGood'] {
  for (const one of control.view().checkpoints.history) {
    const { id, path, status, discarded, type, completedAtMs, latestAckAtMs } = one;
    if (status !== 'COMPLETED' || discarded || path === null || !existsSync(path)) continue;
    const at = completedAtMs ?? latestAckAtMs;
    return { id, path, savepoint: isSavepoint(type), at, bytes: bytesOf(one).state };
  }
  return null;
}
