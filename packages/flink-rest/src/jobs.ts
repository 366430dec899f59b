/** One job: details, plan, configuration, exceptions, result. */
import * as z from 'zod';
import { executionState, failureCause, ioMetrics, jobStatus, stateCounts } from './wire-values.ts';

export const jobIds = z.object({
  jobs: z.array(z.object({ id: z.string(), status: jobStatus })),
});
export type JobIds = z.infer<typeof jobIds>;

export const planNode = z.object({
  id: z.string(),
  parallelism: z.number(),
  operator: z.string(),
  operator_strategy: z.string(),
  /** Flink puts `<br/>` and HTML entities here; Weir sends plain text. */
  description: z.string(),
  optimizer_properties: z.unknown().optional(),
  inputs: z
    .array(
      z.object({
        num: z.number(),
        id: z.string(),
        ship_strategy: z.string().optional(),
        exchange: z.string().optional(),
        local_strategy: z.string().optional(),
        caching: z.string().optional(),
      }),
    )
    .optional(),
});
export type PlanNode = z.infer<typeof planNode>;

/** Nodes come downstream first. */
export const plan = z.object({
  jid: z.string(),
  name: z.string(),
  type: z.string().optional(),
  nodes: z.array(planNode),
});
export type Plan = z.infer<typeof plan>;

export const jobPlan = z.object({ plan });
export type JobPlan = z.infer<typeof jobPlan>;

export const jobVertex = z.object({
  id: z.string(),
  slotSharingGroupId: z.string().optional(),
  name: z.string(),
  maxParallelism: z.number(),
  parallelism: z.number(),
  status: executionState,
  'start-time': z.number(),
  'end-time': z.number(),
  duration: z.number(),
  tasks: stateCounts,
  metrics: ioMetrics,
});
export type JobVertexInfo = z.infer<typeof jobVertex>;

export const jobDetails = z.object({
  jid: z.string(),
  'application-id': z.string().optional(),
  name: z.string(),
  isStoppable: z.boolean(),
  state: jobStatus,
  'job-type': z.string().optional(),
  schedulerType: z.string().optional(),
  'start-time': z.number(),
  'end-time': z.number(),
  duration: z.number(),
  maxParallelism: z.number().optional(),
  now: z.number(),
  /** Every status; 0 = never entered. */
  timestamps: z.record(z.string(), z.number()),
  vertices: z.array(jobVertex),
  'status-counts': stateCounts,
  plan,
  'pending-operators': z.number().optional(),
});
export type JobDetails = z.infer<typeof jobDetails>;

export const jobStatusInfo = z.object({ status: jobStatus });

export const jobConfig = z.object({
  jid: z.string(),
  name: z.string(),
  'execution-config': z
    .object({
      'restart-strategy': z.string(),
      'job-parallelism': z.number(),
      'object-reuse-mode': z.boolean(),
      'user-config': z.record(z.string(), z.string()),
      'execution-mode': z.string().optional(),
    })
    .optional(),
});
export type JobConfig = z.infer<typeof jobConfig>;

export const exceptionInfo = z.object({
  exceptionName: z.string(),
  stacktrace: z.string(),
  timestamp: z.number(),
  failureLabels: z.record(z.string(), z.string()).optional(),
  taskName: z.string().nullish(),
  endpoint: z.string().nullish(),
  taskManagerId: z.string().nullish(),
});
export type ExceptionInfo = z.infer<typeof exceptionInfo>;

/** Newest first. */
export const jobExceptions = z.object({
  exceptionHistory: z.object({
    entries: z.array(
      exceptionInfo.extend({ concurrentExceptions: z.array(exceptionInfo).optional() }),
    ),
    truncated: z.boolean(),
  }),
});
export type JobExceptions = z.infer<typeof jobExceptions>;

export const applicationExceptions = z.object({
  exceptionHistory: z.object({ entries: z.array(exceptionInfo) }),
});

export const executionResult = z.object({
  status: z.object({ id: z.enum(['IN_PROGRESS', 'COMPLETED']) }),
  'job-execution-result': z
    .object({
      id: z.string(),
      name: z.string().optional(),
      'application-status': z.enum(['SUCCEEDED', 'FAILED', 'CANCELED', 'UNKNOWN']),
      'accumulator-results': z.record(z.string(), z.unknown()),
      'net-runtime': z.number(),
      'failure-cause': failureCause.optional(),
      'application-id': z.string().optional(),
      'start-time': z.number().optional(),
      'end-time': z.number().optional(),
    })
    .optional(),
});
export type ExecutionResult = z.infer<typeof executionResult>;

export const jobAccumulators = z.object({
  'job-accumulators': z.array(z.unknown()),
  'user-task-accumulators': z.array(z.unknown()),
  'serialized-user-task-accumulators': z.record(z.string(), z.unknown()),
});
