/** One job: details, plan, configuration, exceptions, result. */
import { createHash } from 'node:crypto';
import { Configuration, RESTART_STRATEGY } from '@weir/core';
import type {
  ExceptionInfo,
  ExecutionResult,
  FlinkHandlers,
  JobDetails,
  JobExceptions,
  Plan,
} from '@weir/flink-rest';
import { type ExceptionView, type JobView, TERMINAL_STATUS } from '@weir/runtime';
import { errorName, failedOperator, stackText } from './exception-text.ts';
import { type HandlerContext, jobView, metricsOf } from './handler-context.ts';
import { ioMetrics } from './io-metrics.ts';
import { redacted } from './redaction.ts';
import { countStates, jobTimes, jobTimestamps, vertexState, vertexTimes } from './state-counts.ts';
import { failureCause } from './trigger-handlers.ts';

type Handled =
  | 'applicationExceptions'
  | 'job'
  | 'jobAccumulators'
  | 'jobConfig'
  | 'jobExceptions'
  | 'jobExecutionResult'
  | 'jobPlan'
  | 'jobs'
  | 'jobStatus';

/** Flink's `web.exception-history-size`. */
const EXCEPTIONS_SHOWN = 16;

export function jobHandlers(context: HandlerContext): Pick<FlinkHandlers, Handled> {
  return {
    jobs: () => ({
      jobs: context.service.jobs().map(({ jobId, control }) => ({
        id: jobId,
        status: control.view().status,
      })),
    }),
    job: ({ params }) => jobDetails(context, jobView(context, params.jobid)),
    jobPlan: ({ params }) => ({ plan: planOf(jobView(context, params.jobid)) }),
    jobStatus: ({ params }) => ({ status: jobView(context, params.jobid).status }),
    jobConfig: ({ params }) => {
      const view = jobView(context, params.jobid);
      const configuration = new Configuration(view.graph.configuration);
      const parallelism = view.graph.vertices.map((vertex) => vertex.parallelism);
      return {
        jid: view.jobId,
        name: view.graph.name,
        'execution-config': {
          'restart-strategy': configuration.get(RESTART_STRATEGY) || 'default',
          'job-parallelism': Math.max(1, ...parallelism),
          'object-reuse-mode': true,
          'user-config': redacted(view.graph.configuration),
        },
      };
    },
    jobAccumulators: ({ params }) => {
      jobView(context, params.jobid);
      return {
        'job-accumulators': [],
        'user-task-accumulators': [],
        'serialized-user-task-accumulators': {},
      };
    },
    jobExceptions: ({ params, query }) =>
      jobExceptions(jobView(context, params.jobid), query.maxExceptions),
    applicationExceptions: ({ params, query }) => {
      const view = jobView(context, params.applicationid);
      const { entries } = jobExceptions(view, query.maxExceptions).exceptionHistory;
      return { exceptionHistory: { entries: view.status === 'FAILED' ? entries : [] } };
    },
    jobExecutionResult: ({ params }) => {
      const view = jobView(context, params.jobid);
      return executionResult(view, context.nowMs());
    },
  };
}

function jobDetails(context: HandlerContext, view: JobView): JobDetails {
  const now = context.nowMs();
  const times = jobTimes(view, now);
  const vertices = view.graph.vertices.map((vertex, position): JobDetails['vertices'][number] => {
    const subtasks = view.vertices[position]?.subtasks ?? [];
    const spent = vertexTimes(subtasks, now);
    const metrics = subtasks.map((one) => metricsOf(context, view.jobId, vertex.id, one.subtask));
    return {
      id: vertex.id,
      slotSharingGroupId: groupId(vertex.slotSharingGroup),
      name: vertex.name,
      maxParallelism: vertex.maxParallelism,
      parallelism: vertex.parallelism,
      status: vertexState(subtasks),
      'start-time': spent.start,
      'end-time': spent.end,
      duration: spent.duration,
      tasks: countStates(subtasks.map((one) => one.state)),
      metrics: ioMetrics(metrics),
    };
  });
  const states = view.vertices.map((vertex) => vertexState(vertex.subtasks));
  return {
    jid: view.jobId,
    'application-id': view.jobId,
    name: view.graph.name,
    isStoppable: false,
    state: view.status,
    'job-type': 'STREAMING',
    schedulerType: 'Default',
    'start-time': times.start,
    'end-time': times.end,
    duration: times.duration,
    maxParallelism: -1,
    now,
    timestamps: jobTimestamps(view),
    vertices,
    'status-counts': countStates(states.filter((state) => state !== 'RECONCILING')),
    plan: planOf(view),
    'pending-operators': 0,
  };
}

/** Flink's clients expect an id of 32 hex digits. */
function groupId(name: string): string {
  return createHash('md5').update(name).digest('hex');
}

/** Downstream first, as Flink's; descriptions are the operators' names without markup. */
export function planOf(view: JobView): Plan {
  const { vertices, edges, name } = view.graph;
  const nodes = [...vertices].reverse().map((vertex): Plan['nodes'][number] => {
    const inputs = edges.filter((edge) => edge.target === vertex.id);
    const node: Plan['nodes'][number] = {
      id: vertex.id,
      parallelism: vertex.parallelism,
      operator: '',
      operator_strategy: '',
      description: vertex.name,
      optimizer_properties: {},
    };
    if (inputs.length === 0) return node;
    return {
      ...node,
      inputs: inputs.map((edge, num) => ({
        num,
        id: edge.source,
        ship_strategy: edge.strategy,
        exchange: 'pipelined_bounded',
      })),
    };
  });
  return { jid: view.jobId, name, type: 'STREAMING', nodes };
}

function jobExceptions(view: JobView, maxExceptions: string | undefined): JobExceptions {
  const most = maxExceptions === undefined ? EXCEPTIONS_SHOWN : Number(maxExceptions);
  const shown = view.exceptions.slice(0, most);
  return {
    exceptionHistory: {
      entries: shown.map((exception) => exceptionEntry(view, exception)),
      truncated: shown.length < view.exceptions.length,
    },
  };
}

/** A root cause with what else failed until its attempt was gone. */
export function exceptionEntry(view: JobView, exception: ExceptionView) {
  const concurrent = exception.concurrent ?? [];
  return {
    ...exceptionInfo(view, exception),
    concurrentExceptions: concurrent.map((one) => exceptionInfo(view, one)),
  };
}

function exceptionInfo(view: JobView, exception: ExceptionView): ExceptionInfo {
  const { error, taskName, taskManagerId, atMs, vertexId, subtask } = exception;
  const operator = failedOperator(error);
  const info: ExceptionInfo = {
    exceptionName: errorName(error),
    stacktrace: stackText(error),
    timestamp: atMs,
    failureLabels: operator === null ? {} : { operator },
  };
  const vertex = view.graph.vertices.find((one) => one.id === vertexId);
  if (vertex !== undefined && subtask !== null) {
    info.taskName = taskName ?? `${vertex.name} (${subtask + 1}/${vertex.parallelism})`;
  } else if (taskName !== null) {
    info.taskName = taskName;
  }
  if (taskManagerId !== null) {
    info.taskManagerId = taskManagerId;
    info.endpoint = taskManagerId;
  }
  return info;
}

const RESULT = { FINISHED: 'SUCCEEDED', FAILED: 'FAILED', CANCELED: 'CANCELED' } as const;

function executionResult(view: JobView, nowMs: number): ExecutionResult {
  if (!TERMINAL_STATUS.has(view.status)) return { status: { id: 'IN_PROGRESS' } };
  const times = jobTimes(view, nowMs);
  const cause = view.status === 'FAILED' ? view.exceptions[0] : undefined;
  return {
    status: { id: 'COMPLETED' },
    'job-execution-result': {
      id: view.jobId,
      name: view.graph.name,
      'application-status': RESULT[view.status as keyof typeof RESULT],
      'accumulator-results': {},
      'net-runtime': times.duration,
      ...(cause === undefined ? {} : { 'failure-cause': failureCause(cause.error) }),
      'application-id': view.jobId,
      'start-time': times.start,
      'end-time': times.end,
    },
  };
}
