/**
 * What Flink's REST API cannot offer: Weir's own resources under `/weir/v1`. Mutations need JSON
 * and the header `x-weir-client` with any value, which no page of another origin can send unasked.
 */
import { z } from 'zod';
import { jobEvent, jobTick, jobTopology } from './job-stream.ts';

/** The header that every mutation under `/weir/v1` must carry. */
export const CLIENT_HEADER = 'x-weir-client';

/** `POST /weir/v1/jobs` → `submitResponse`. */
export const submitRequest = z.object({
  /** Module on the server's machine. */
  entry: z.string().min(1),
  args: z.array(z.string()).default([]),
  parallelism: z.number().int().min(1).max(32_768).nullable().default(null),
  configuration: z.record(z.string(), z.string()).default({}),
  restorePath: z.string().min(1).nullable().default(null),
  name: z.string().min(1).nullable().default(null),
});
export type SubmitRequest = z.infer<typeof submitRequest>;
export type SubmitRequestInput = z.input<typeof submitRequest>;

export const submitResponse = z.object({ jobId: z.string() });
export type SubmitResponse = z.infer<typeof submitResponse>;

/** `GET /weir/v1/capabilities`: what a cluster can do; the console hides or explains the rest. */
export const capabilities = z.object({
  server: z.object({
    version: z.string(),
    build: z.string(),
    startedAt: z.number(),
    dataDirectory: z.string(),
  }),
  submit: z.boolean(),
  logs: z.boolean(),
  /** Seconds of history in memory. */
  historySeconds: z.number(),
  flameGraph: z.boolean(),
  tap: z.boolean(),
  sql: z.boolean(),
  rescale: z.boolean(),
});
export type Capabilities = z.infer<typeof capabilities>;

/**
 * `GET /weir/v1/jobs/<id>/history?from=&to=&step=`: ticks of a past range, oldest first. `step` is
 * the resolution in ms that was available: 1,000, 10,000 or 60,000.
 */
export const jobHistory = z.object({
  topology: jobTopology,
  from: z.number(),
  to: z.number(),
  step: z.number(),
  ticks: z.array(jobTick),
  events: z.array(jobEvent),
});
export type JobHistory = z.infer<typeof jobHistory>;

/** `GET /weir/v1/jobs/<id>/logs?since=&vertex=&limit=`: oldest first. */
export const jobLogs = z.object({
  entries: z.array(
    z.object({
      /** Increases by one an entry; ask for newer ones with `since`. */
      seq: z.number(),
      t: z.number(),
      level: z.enum(['debug', 'info', 'warn', 'error']),
      text: z.string(),
      vertexId: z.string().nullable(),
      subtask: z.number().nullable(),
    }),
  ),
  /** Older entries were dropped before the first one. */
  truncated: z.boolean(),
});
export type JobLogs = z.infer<typeof jobLogs>;

/** `GET /weir/v1/jobs/<id>`: what Flink's job details do not say. */
export const jobInfo = z.object({
  jobId: z.string(),
  entry: z.string().nullable(),
  args: z.array(z.string()),
  artifactSha256: z.string(),
  attempt: z.number(),
  restarts: z.number(),
  pid: z.number().nullable(),
  configuration: z.record(z.string(), z.string()),
});
export type JobInfo = z.infer<typeof jobInfo>;

/** `GET /weir/v1/examples`. */
export const exampleList = z.object({
  examples: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      description: z.string(),
      entry: z.string(),
      args: z.array(z.string()),
      selfContained: z.boolean(),
    }),
  ),
});
export type ExampleList = z.infer<typeof exampleList>;
