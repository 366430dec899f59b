/** One vertex of a job and its subtasks. */
import * as z from 'zod';
import { executionState, ioMetrics, javaNumber, stateCounts } from './wire-values.ts';

export const subtaskInfo = z.object({
  subtask: z.number(),
  status: executionState,
  attempt: z.number(),
  endpoint: z.string().optional(),
  /** Before 2.0 beside or instead of `endpoint`. */
  host: z.string().optional(),
  'start-time': z.number(),
  /** The same number in the spelling of older clients. */
  start_time: z.number().optional(),
  'end-time': z.number(),
  duration: z.number(),
  metrics: ioMetrics,
  'taskmanager-id': z.string(),
  'status-duration': z.record(z.string(), z.number()),
});
export type SubtaskInfo = z.infer<typeof subtaskInfo>;

export const aggregate = z.object({
  min: z.number(),
  max: z.number(),
  avg: z.number(),
  sum: z.number(),
  median: z.number(),
  p25: z.number(),
  p75: z.number(),
  p95: z.number(),
});
export type Aggregate = z.infer<typeof aggregate>;

export const aggregated = z.object({
  metrics: z.record(z.string(), aggregate),
  'status-duration': z.record(z.string(), aggregate),
});
export type Aggregated = z.infer<typeof aggregated>;

export const vertexDetails = z.object({
  id: z.string(),
  name: z.string(),
  parallelism: z.number(),
  maxParallelism: z.number(),
  now: z.number(),
  subtasks: z.array(subtaskInfo),
  aggregated: aggregated.optional(),
});
export type VertexDetails = z.infer<typeof vertexDetails>;

export const subtaskTimes = z.object({
  id: z.string(),
  name: z.string(),
  now: z.number(),
  subtasks: z.array(
    z.object({
      subtask: z.number(),
      endpoint: z.string().optional(),
      duration: z.number(),
      timestamps: z.record(z.string(), z.number()),
    }),
  ),
});
export type SubtaskTimes = z.infer<typeof subtaskTimes>;

export const vertexTaskManagers = z.object({
  id: z.string(),
  name: z.string(),
  now: z.number(),
  taskmanagers: z.array(
    z.object({
      endpoint: z.string().optional(),
      status: executionState,
      'start-time': z.number(),
      'end-time': z.number(),
      duration: z.number(),
      metrics: ioMetrics,
      'status-counts': stateCounts,
      'taskmanager-id': z.string(),
      aggregated: aggregated.optional(),
    }),
  ),
});
export type VertexTaskManagers = z.infer<typeof vertexTaskManagers>;

const backpressureLevel = z.enum(['ok', 'low', 'high']);

/** `deprecated` = no sample (any more); then nothing else is present. */
export const backpressure = z.object({
  status: z.enum(['ok', 'deprecated']),
  'backpressure-level': backpressureLevel.optional(),
  backpressureLevel: backpressureLevel.optional(),
  'end-timestamp': z.number().optional(),
  subtasks: z
    .array(
      z.object({
        subtask: z.number(),
        'attempt-number': z.number().optional(),
        'backpressure-level': backpressureLevel,
        backpressureLevel: backpressureLevel.optional(),
        ratio: javaNumber,
        idleRatio: javaNumber,
        busyRatio: javaNumber,
      }),
    )
    .optional(),
});
export type Backpressure = z.infer<typeof backpressure>;

export const vertexAccumulators = z.object({
  id: z.string(),
  'user-accumulators': z.array(z.unknown()),
});

export const subtasksAccumulators = z.object({
  id: z.string(),
  parallelism: z.number(),
  subtasks: z.array(
    z.object({
      subtask: z.number(),
      attempt: z.number(),
      endpoint: z.string().optional(),
      'user-accumulators': z.array(z.unknown()),
    }),
  ),
});

export interface FlameNode {
  name: string;
  value: number;
  children: FlameNode[];
}
const flameNode: z.ZodType<FlameNode> = z.object({
  name: z.string(),
  value: z.number(),
  children: z.array(z.lazy(() => flameNode)),
});

/** `endTimestamp`: -1 ended, -2 disabled, -3 waiting for the first sample. */
export const flameGraph = z.object({
  endTimestamp: z.number(),
  data: flameNode.nullish(),
});
export type FlameGraph = z.infer<typeof flameGraph>;
