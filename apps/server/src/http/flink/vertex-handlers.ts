/** A vertex and its subtasks: times, states, backpressure. */
import {
  type Backpressure,
  type FlinkHandlers,
  javaDouble,
  type SubtaskInfo,
  type VertexTaskManagers,
} from '@weir/flink-rest';
import type { SubtaskMetrics } from '@weir/metrics';
import type { JobView, SubtaskView } from '@weir/runtime';
import { flinkFlameGraph } from './flame-graph.ts';
import {
  type HandlerContext,
  metricsOf,
  notFound,
  subtaskOf,
  type VertexContext,
  vertexOf,
} from './handler-context.ts';
import { aggregated, ioMetrics } from './io-metrics.ts';
import {
  countStates,
  statusDurations,
  subtaskTimes,
  subtaskTimestamps,
  vertexState,
  vertexTimes,
} from './state-counts.ts';

type Handled =
  | 'subtask'
  | 'subtaskAttempt'
  | 'subtasksAccumulators'
  | 'vertex'
  | 'vertexAccumulators'
  | 'vertexBackpressure'
  | 'vertexFlameGraph'
  | 'vertexSubtaskTimes'
  | 'vertexTaskManagers';

export function vertexHandlers(context: HandlerContext): Pick<FlinkHandlers, Handled> {
  return {
    vertex: ({ params }) => {
      const { view, vertex, state } = vertexOf(context, params.jobid, params.vertexid);
      const now = context.nowMs();
      const metrics = metricsOfAll(context, view, vertex.id, state.subtasks);
      return {
        id: vertex.id,
        name: vertex.name,
        parallelism: vertex.parallelism,
        maxParallelism: vertex.maxParallelism,
        now,
        subtasks: state.subtasks.map((one, index) => subtaskInfo(one, metrics[index]!, now)),
        aggregated: aggregated(state.subtasks, metrics, now),
      };
    },
    vertexSubtaskTimes: ({ params }) => {
      const { vertex, state } = vertexOf(context, params.jobid, params.vertexid);
      const now = context.nowMs();
      return {
        id: vertex.id,
        name: vertex.name,
        now,
        subtasks: state.subtasks.map((one) => ({
          subtask: one.subtask,
          endpoint: endpointOf(one),
          duration: subtaskTimes(one, now).duration,
          timestamps: subtaskTimestamps(one),
        })),
      };
    },
    vertexTaskManagers: ({ params }) =>
      vertexTaskManagers(context, vertexOf(context, params.jobid, params.vertexid)),
    vertexBackpressure: ({ params }) =>
      backpressure(context, vertexOf(context, params.jobid, params.vertexid)),
    vertexFlameGraph: ({ params, query }) =>
      flinkFlameGraph(context, {
        jobId: params.jobid,
        vertexId: params.vertexid,
        subtask: query.subtaskindex === undefined ? null : Number(query.subtaskindex),
        type: query.type ?? 'full',
      }),
    vertexAccumulators: ({ params }) => {
      const { vertex } = vertexOf(context, params.jobid, params.vertexid);
      return { id: vertex.id, 'user-accumulators': [] };
    },
    subtasksAccumulators: ({ params }) => {
      const { vertex, state } = vertexOf(context, params.jobid, params.vertexid);
      return {
        id: vertex.id,
        parallelism: vertex.parallelism,
        subtasks: state.subtasks.map((one) => ({
          subtask: one.subtask,
          attempt: one.attempt,
          endpoint: endpointOf(one),
          'user-accumulators': [],
        })),
      };
    },
    subtask: ({ params }) => oneSubtask(context, subtaskOf(context, params)),
    subtaskAttempt: ({ params }) => {
      const found = subtaskOf(context, params);
      if (found.subtask.attempt === Number(params.attempt)) return oneSubtask(context, found);
      throw notFound(
        `Attempt ${params.attempt} is not kept; the present one is ${found.subtask.attempt}.`,
      );
    },
  };
}

function oneSubtask(
  context: HandlerContext,
  { view, vertex, subtask }: VertexContext & { readonly subtask: SubtaskView },
): SubtaskInfo {
  const metrics = metricsOf(context, view.jobId, vertex.id, subtask.subtask);
  return subtaskInfo(subtask, metrics, context.nowMs());
}

function subtaskInfo(
  subtask: SubtaskView,
  metrics: SubtaskMetrics | null,
  now: number,
): SubtaskInfo {
  const times = subtaskTimes(subtask, now);
  return {
    subtask: subtask.subtask,
    status: subtask.state,
    attempt: subtask.attempt,
    endpoint: endpointOf(subtask),
    'start-time': times.start,
    start_time: times.start,
    'end-time': times.end,
    duration: times.duration,
    metrics: ioMetrics([metrics]),
    'taskmanager-id': subtask.taskManagerId ?? UNASSIGNED,
    'status-duration': statusDurations(subtask, now),
  };
}

const UNASSIGNED = '(unassigned)';

function endpointOf(subtask: SubtaskView): string {
  return subtask.taskManagerId ?? UNASSIGNED;
}

function vertexTaskManagers(
  context: HandlerContext,
  { view, vertex, state }: VertexContext,
): VertexTaskManagers {
  const now = context.nowMs();
  const groups = Map.groupBy(state.subtasks, endpointOf);
  const taskmanagers = [...groups].map(([id, subtasks]) => {
    const times = vertexTimes(subtasks, now);
    const metrics = metricsOfAll(context, view, vertex.id, subtasks);
    return {
      endpoint: id,
      status: vertexState(subtasks),
      'start-time': times.start,
      'end-time': times.end,
      duration: times.duration,
      metrics: ioMetrics(metrics),
      'status-counts': countStates(subtasks.map((one) => one.state)),
      'taskmanager-id': id,
      aggregated: aggregated(subtasks, metrics, now),
    };
  });
  return { id: vertex.id, name: vertex.name, now, taskmanagers };
}

/** As Flink samples it: the share of time that each subtask waited for its output. */
function backpressure(
  context: HandlerContext,
  { view, vertex, state }: VertexContext,
): Backpressure {
  const job = context.registry.job(view.jobId);
  if (job?.atMs == null || view.status !== 'RUNNING') return { status: 'deprecated' };
  const subtasks = state.subtasks.map((one) => {
    const split = job.subtask(vertex.id, one.subtask)?.timeSplit();
    const ratio = javaDouble((split?.backPressured ?? Number.NaN) / 1000);
    const level = levelOf(ratio);
    return {
      subtask: one.subtask,
      'attempt-number': one.attempt,
      'backpressure-level': level,
      backpressureLevel: level,
      ratio,
      idleRatio: javaDouble((split?.idle ?? Number.NaN) / 1000),
      busyRatio: javaDouble((split?.busy ?? Number.NaN) / 1000),
    };
  });
  const ratios = subtasks.map((one) => (one.ratio === 'NaN' ? 0 : one.ratio));
  const level = levelOf(Math.max(0, ...ratios));
  return {
    status: 'ok',
    'backpressure-level': level,
    backpressureLevel: level,
    'end-timestamp': job.atMs,
    subtasks,
  };
}

function levelOf(ratio: number | 'NaN'): 'ok' | 'low' | 'high' {
  if (ratio === 'NaN' || ratio <= 0.1) return 'ok';
  return ratio <= 0.5 ? 'low' : 'high';
}

function metricsOfAll(
  context: HandlerContext,
  view: JobView,
  vertexId: string,
  subtasks: readonly SubtaskView[],
): (SubtaskMetrics | null)[] {
  return subtasks.map((one) => metricsOf(context, view.jobId, vertexId, one.subtask));
}
