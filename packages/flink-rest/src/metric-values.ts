/** Metric resources answer bare arrays; without `get` ids only, values are text. */
import * as z from 'zod';
import { javaNumber } from './wire-values.ts';

export const metricValues = z.array(z.object({ id: z.string(), value: z.string().optional() }));
export type MetricValues = z.infer<typeof metricValues>;

/** Aggregates that were not asked for are left out. */
export const metricAggregates = z.array(
  z.object({
    id: z.string(),
    min: javaNumber.optional(),
    max: javaNumber.optional(),
    avg: javaNumber.optional(),
    sum: javaNumber.optional(),
    skew: javaNumber.optional(),
  }),
);
export type MetricAggregates = z.infer<typeof metricAggregates>;

export const AGGREGATIONS = ['min', 'max', 'avg', 'sum', 'skew'] as const;
export type Aggregation = (typeof AGGREGATIONS)[number];

/** Lists are comma-separated, as Flink's clients send them. */
export const metricsQuery = z.object({ get: z.string().optional() });
export const aggregatedQuery = z.object({
  get: z.string().optional(),
  agg: z.string().optional(),
  jobs: z.string().optional(),
  subtasks: z.string().optional(),
  taskmanagers: z.string().optional(),
});
export type AggregatedQuery = z.infer<typeof aggregatedQuery>;
