/**
 * Values that recur in Flink's JSON. Times are epoch ms or durations in ms; unknown is -1 on the
 * wire. Java's NaN travels as the string "NaN".
 */
import * as z from 'zod';

/** A double of Java; `wireNumber` makes the reading side's number of it. */
export const javaNumber = z.union([z.number(), z.literal('NaN')]);
export type JavaNumber = z.infer<typeof javaNumber>;

/** Null for NaN and absence, so that unknown is never mistaken for 0. */
export function wireNumber(value: JavaNumber | string | null | undefined): number | null {
  if (value === undefined || value === null || value === 'NaN' || value === '') return null;
  const number = typeof value === 'number' ? value : Number(value);
  return Number.isNaN(number) ? null : number;
}

/** NaN and infinities as Java's JSON writer sends them. */
export function javaDouble(value: number): JavaNumber {
  return Number.isFinite(value) ? value : 'NaN';
}

export const jobStatus = z.enum([
  'INITIALIZING',
  'CREATED',
  'RUNNING',
  'FAILING',
  'FAILED',
  'CANCELLING',
  'CANCELED',
  'FINISHED',
  'RESTARTING',
  'SUSPENDED',
  'RECONCILING',
]);
export type FlinkJobStatus = z.infer<typeof jobStatus>;

export const executionState = z.enum([
  'CREATED',
  'SCHEDULED',
  'DEPLOYING',
  'INITIALIZING',
  'RUNNING',
  'FINISHED',
  'CANCELING',
  'CANCELED',
  'FAILED',
  'RECONCILING',
]);
export type FlinkExecutionState = z.infer<typeof executionState>;

/** Execution state → number of subtasks in it; every state is present. */
export const stateCounts = z.record(z.string(), z.number());

/** What a task, subtask or vertex has read and written, and how it spent its time (ms). */
export const ioMetrics = z.object({
  'read-bytes': z.number(),
  'read-bytes-complete': z.boolean(),
  'write-bytes': z.number(),
  'write-bytes-complete': z.boolean(),
  'read-records': z.number(),
  'read-records-complete': z.boolean(),
  'write-records': z.number(),
  'write-records-complete': z.boolean(),
  'accumulated-backpressured-time': javaNumber,
  'accumulated-idle-time': javaNumber,
  'accumulated-busy-time': javaNumber,
});
export type IoMetrics = z.infer<typeof ioMetrics>;

export const emptyObject = z.object({});

export const failureCause = z.object({
  class: z.string(),
  'stack-trace': z.string(),
  'serialized-throwable': z.string().optional(),
});
export type FailureCause = z.infer<typeof failureCause>;

export const errorBody = z.object({ errors: z.array(z.string()) });
