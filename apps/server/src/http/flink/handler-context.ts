/** What the handlers of Flink's routes share, and how they find a job, a vertex, a subtask. */
import { WeirError } from '@weir/core';
import type { MetricRegistry, SubtaskMetrics } from '@weir/metrics';
import type { JobView, SubtaskView, VertexView } from '@weir/runtime';
import type { JobProfiles } from '../../profiles/job-profiles.ts';
import type { JobEntry, JobService } from '../job-service.ts';
import type { JobLog } from '../job-log.ts';
import type { JobRecords } from '../job-records.ts';
import type { TriggerStore } from '../trigger-store.ts';
import type { ProcessHistory } from '../process-history.ts';
import type { UserActions } from '../user-actions.ts';
import type { ServerLog } from '../http-options.ts';

export interface HandlerContext {
  readonly service: JobService;
  readonly registry: MetricRegistry;
  readonly nowMs: () => number;
  readonly log: ServerLog;
  logs(jobId: string): JobLog | null;
  /** Past checkpoints and exceptions, also of earlier servers. */
  readonly records: JobRecords;
  /** Savepoints and stops: path of the savepoint. */
  readonly savepoints: TriggerStore<string>;
  /** Checkpoints: id. */
  readonly checkpoints: TriggerStore<number>;
  readonly disposals: TriggerStore<null>;
  readonly actions: UserActions;
  readonly processes: ProcessHistory;
  readonly profiles: JobProfiles;
  /** Where the REST API is reached. */
  readonly url: () => string;
}

export interface VertexContext {
  readonly view: JobView;
  readonly vertex: JobView['graph']['vertices'][number];
  readonly state: VertexView;
}

export function jobEntry(context: HandlerContext, jobId: string): JobEntry {
  const entry = context.service.job(jobId.toLowerCase());
  if (entry !== null) return entry;
  throw new WeirError('JOB_NOT_FOUND', `Job ${jobId} not found. GET /jobs lists the known ones.`);
}

export function jobView(context: HandlerContext, jobId: string): JobView {
  return jobEntry(context, jobId).control.view();
}

export function vertexOf(context: HandlerContext, jobId: string, vertexId: string): VertexContext {
  const view = jobView(context, jobId);
  const id = vertexId.toLowerCase();
  const vertex = view.graph.vertices.find((one) => one.id === id);
  const state = view.vertices.find((one) => one.id === id);
  if (vertex !== undefined && state !== undefined) return { view, vertex, state };
  throw notFound(`Vertex ${vertexId} is not part of job ${jobId}.`);
}

export function subtaskOf(
  context: HandlerContext,
  params: { readonly jobid: string; readonly vertexid: string; readonly subtaskindex: string },
): VertexContext & { readonly subtask: SubtaskView } {
  const found = vertexOf(context, params.jobid, params.vertexid);
  const subtask = found.state.subtasks[Number(params.subtaskindex)];
  if (subtask !== undefined) return { ...found, subtask };
  throw notFound(`Invalid subtask index for vertex ${params.vertexid}.`);
}

/** Null before the subtask has sent metrics. */
export function metricsOf(
  context: HandlerContext,
  jobId: string,
  vertexId: string,
  subtask: number,
): SubtaskMetrics | null {
  return context.registry.job(jobId)?.subtask(vertexId, subtask) ?? null;
}

export function notFound(message: string): WeirError {
  return new WeirError('RESOURCE_NOT_FOUND', message);
}
