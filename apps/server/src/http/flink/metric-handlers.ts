/** Metric resources of every scope: bare arrays, ids only without `get`, aggregates. */
import { availableParallelism } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import {
  type AggregatedQuery,
  AGGREGATIONS,
  type FlinkHandlers,
  javaDouble,
  type MetricAggregates,
  type MetricValues,
} from '@weir/flink-rest';
import {
  aggregateValues,
  jobManagerMetrics,
  jobMetrics,
  metricText,
  type NamedMetrics,
  taskManagerMetrics,
} from '@weir/metrics';
import type { JobView } from '@weir/runtime';
import { bytesOf, isSavepoint } from './checkpoint-figures.ts';
import { type HandlerContext, jobView, notFound, subtaskOf, vertexOf } from './handler-context.ts';
import { clusterSlots, runningJobs, taskManagers } from './cluster-figures.ts';

type Handled =
  | 'jobManagerMetrics'
  | 'jobMetrics'
  | 'jobsMetrics'
  | 'subtaskMetrics'
  | 'subtasksMetrics'
  | 'taskManagerMetrics'
  | 'taskManagersMetrics'
  | 'vertexJobManagerMetrics'
  | 'vertexMetrics'
  | 'vertexWatermarks';

export function metricHandlers(context: HandlerContext): Pick<FlinkHandlers, Handled> {
  const namedOfJob = (view: JobView): NamedMetrics => {
    const latencies = context.registry.job(view.jobId)?.latencies ?? [];
    return new Map([...metricsOfJob(view, context.nowMs()), ...latencies]);
  };
  const namedOfTaskManager = (view: JobView) => metricsOfTaskManager(context, view);
  return {
    jobManagerMetrics: ({ query }) => valuesOf(fromMap(metricsOfCluster(context)), query.get),
    jobMetrics: ({ params, query }) =>
      valuesOf(fromMap(namedOfJob(jobView(context, params.jobid))), query.get),
    jobsMetrics: ({ query }) => {
      const wanted = listOf(query.jobs);
      const views = context.service.jobs().map((entry) => entry.control.view());
      const chosen = views.filter((view) => wanted === null || wanted.includes(view.jobId));
      return aggregatesOf(
        chosen.map((view) => fromMap(namedOfJob(view))),
        query,
      );
    },
    taskManagerMetrics: ({ params, query }) => {
      const found = taskManagers(context).find((one) => one.id === params.taskmanagerid);
      if (found === undefined) throw notFound(`No TaskManager ${params.taskmanagerid}.`);
      return valuesOf(fromMap(namedOfTaskManager(found.view)), query.get);
    },
    taskManagersMetrics: ({ query }) => {
      const wanted = listOf(query.taskmanagers);
      const all = taskManagers(context).filter((one) => wanted?.includes(one.id) ?? true);
      return aggregatesOf(
        all.map((one) => fromMap(namedOfTaskManager(one.view))),
        query,
      );
    },
    vertexMetrics: ({ params, query }) => {
      const { view, vertex } = vertexOf(context, params.jobid, params.vertexid);
      const job = context.registry.job(view.jobId);
      if (job === null) return [];
      const source: MetricSource = {
        ids: () => job.vertexMetricIds(vertex.id),
        read: (id) => job.vertexValue(vertex.id, id),
      };
      return valuesOf(source, query.get);
    },
    subtaskMetrics: ({ params, query }) => {
      const { view, vertex, subtask } = subtaskOf(context, params);
      return valuesOf(ofSubtask(context, view, vertex.id, subtask.subtask), query.get);
    },
    subtasksMetrics: ({ params, query }) => {
      const { view, vertex } = vertexOf(context, params.jobid, params.vertexid);
      const wanted = subtaskList(query.subtasks);
      const all = Array.from({ length: vertex.parallelism }, (_, index) => index)
        .filter((index) => wanted?.has(index) ?? true)
        .map((index) => ofSubtask(context, view, vertex.id, index));
      return aggregatesOf(all, query);
    },
    vertexJobManagerMetrics: ({ params }) => {
      vertexOf(context, params.jobid, params.vertexid);
      return [];
    },
    vertexWatermarks: ({ params }) => watermarks(context, params.jobid, params.vertexid),
  };
}

interface MetricSource {
  ids(): string[];
  /** Null = no such metric. */
  read(id: string): number | boolean | string | null;
}

const NOTHING: MetricSource = { ids: () => [], read: () => null };

function fromMap(metrics: NamedMetrics): MetricSource {
  return { ids: () => [...metrics.keys()], read: (id) => metrics.get(id) ?? null };
}

function ofSubtask(
  context: HandlerContext,
  view: JobView,
  vertexId: string,
  subtask: number,
): MetricSource {
  const metrics = context.registry.job(view.jobId)?.subtask(vertexId, subtask);
  if (metrics == null) return NOTHING;
  return { ids: () => [...metrics.metrics.keys()], read: (id) => metrics.value(id) };
}

/** A metric that is not there is left out. */
function valuesOf(source: MetricSource, get: string | undefined): MetricValues {
  const wanted = listOf(get);
  if (wanted === null) return source.ids().map((id) => ({ id }));
  const values: MetricValues = [];
  for (const id of wanted) {
    const value = source.read(id);
    if (value !== null) values.push({ id, value: metricText(value) });
  }
  return values;
}

/** One metric that no member has (or that is no number) empties the whole answer, as in Flink. */
function aggregatesOf(members: readonly MetricSource[], query: AggregatedQuery): MetricAggregates {
  const wanted = listOf(query.get);
  if (wanted === null) {
    return [...new Set(members.flatMap((member) => member.ids()))].map((id) => ({ id }));
  }
  const asked = listOf(query.agg);
  const kinds = AGGREGATIONS.filter((kind) => asked?.includes(kind) ?? true);
  const answer: MetricAggregates = [];
  for (const id of wanted) {
    const values = members.map((member) => member.read(id)).filter((value) => value !== null);
    const numbers = values.map(Number);
    const plain = values.every((value) => typeof value === 'number');
    if (numbers.length === 0 || !plain) return [];
    const all = aggregateValues(numbers);
    const chosen = kinds.map((kind) => [kind, javaDouble(all[kind])]);
    answer.push({ id, ...Object.fromEntries(chosen) });
  }
  return answer;
}

function watermarks(context: HandlerContext, jobId: string, vertexId: string): MetricValues {
  const { view, vertex } = vertexOf(context, jobId, vertexId);
  if (vertex.operators[0]?.role === 'source') return [];
  const subtasks = context.registry.job(view.jobId)?.subtasks(vertex.id) ?? [];
  return subtasks.flatMap((subtask) => {
    const value = subtask.value('currentInputWatermark');
    if (value === null) return [];
    return [{ id: `${subtask.subtask}.currentInputWatermark`, value: metricText(value) }];
  });
}

export function metricsOfJob(view: JobView, nowMs: number): NamedMetrics {
  const { checkpoints } = view;
  const last = checkpoints.history.find(
    (one) => one.status === 'COMPLETED' && !isSavepoint(one.type),
  );
  return jobMetrics({
    nowMs,
    status: view.status,
    timestamps: view.timestamps,
    restarts: view.restarts,
    checkpoints: {
      ...checkpoints.counts,
      restoredAtMs: checkpoints.restored?.atMs ?? null,
      last:
        last === undefined
          ? null
          : {
              id: last.id,
              durationMs: (last.completedAtMs ?? last.latestAckAtMs) - last.triggeredAtMs,
              bytes: bytesOf(last).state,
              processedBytes: bytesOf(last).processed,
              path: last.path ?? 'n/a',
              completedAtMs: last.completedAtMs ?? last.latestAckAtMs,
            },
    },
  });
}

export function metricsOfTaskManager(context: HandlerContext, view: JobView): NamedMetrics {
  const job = context.registry.job(view.jobId);
  return job === null ? new Map() : taskManagerMetrics(job, availableParallelism());
}

export function metricsOfCluster(context: HandlerContext): NamedMetrics {
  const slots = clusterSlots(context);
  return jobManagerMetrics({
    runningJobs: runningJobs(context).length,
    taskManagers: taskManagers(context).length,
    slotsTotal: slots.total,
    slotsAvailable: slots.available,
    heapUsedBytes: process.memoryUsage().heapUsed,
    heapLimitBytes: getHeapStatistics().heap_size_limit,
    rssBytes: process.memoryUsage.rss(),
  });
}

function listOf(text: string | undefined): string[] | null {
  if (text === undefined || text === '') return null;
  return text.split(',').filter((part) => part !== '');
}

/** Flink's ranges: `0,2,4-7`. */
function subtaskList(text: string | undefined): Set<number> | null {
  const parts = listOf(text);
  if (parts === null) return null;
  const chosen = new Set<number>();
  for (const part of parts) {
    const [from, to] = part.split('-').map(Number);
    if (from === undefined || Number.isNaN(from)) continue;
    const end = Math.min(to ?? from, from + 32_768);
    for (let index = from; index <= end; index++) chosen.add(index);
  }
  return chosen;
}
