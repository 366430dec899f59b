/**
 * What Flink's REST API cannot offer: Weir's own resources under `/weir/v1`. Mutations need JSON
 * and the header `x-weir-client` with any value, which no page of another origin can send unasked.
 */
import { z } from 'zod';
import { actor, jobEvent, jobState, jobTick, jobTopology } from './job-stream.ts';
import { resolution } from './resolution.ts';

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

/**
 * `POST /weir/v1/jobs/<id>/rerun` → `rerunResponse`: starts a job's program again as a new job.
 * What is left out stays as it was submitted. A job that still runs must be stopped first: with a
 * savepoint, from which the new job then starts unless `restorePath` says otherwise, or by a
 * cancel. Answers once the new job exists; that takes as long as the stop does.
 */
export const rerunRequest = z.object({
  /** Null = the program's own. */
  parallelism: z.number().int().min(1).max(32_768).nullable().optional(),
  args: z.array(z.string()).optional(),
  /** In place of what was given at submission. */
  configuration: z.record(z.string(), z.string()).optional(),
  /** Checkpoint or savepoint; null = from nothing, or from the savepoint of `stopFirst`. */
  restorePath: z.string().min(1).nullable().default(null),
  stopFirst: z.enum(['savepoint', 'cancel']).nullable().default(null),
  /** The job whose program, arguments and options are run in place of this one's: an earlier
   * version. */
  programOf: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
});
export type RerunRequest = z.infer<typeof rerunRequest>;
export type RerunRequestInput = z.input<typeof rerunRequest>;

export const rerunResponse = z.object({
  jobId: z.string(),
  /** What `stopFirst: 'savepoint'` wrote. */
  savepointPath: z.string().nullable(),
});
export type RerunResponse = z.infer<typeof rerunResponse>;

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
  /** How far history goes back second by second. */
  historySeconds: z.number(),
  flameGraph: z.boolean(),
  tap: z.boolean(),
  sql: z.boolean(),
  rescale: z.boolean(),
});
export type Capabilities = z.infer<typeof capabilities>;

/**
 * `GET /weir/v1/jobs/<id>/history?from=&to=&step=`: ticks of a past range, oldest first. `step` is
 * the resolution in ms: 1,000, 10,000, 60,000, or a multiple for very long ranges.
 */
export const jobHistory = z.object({
  topology: jobTopology,
  from: z.number(),
  to: z.number(),
  step: z.number(),
  /** Of every number in the ticks. */
  resolution: resolution.optional(),
  ticks: z.array(jobTick),
  events: z.array(jobEvent),
});
export type JobHistory = z.infer<typeof jobHistory>;

/**
 * `GET /weir/v1/jobs/<id>/logs?since=&vertex=&subtask=&from=&to=&limit=`: oldest first. `from` and
 * `to` are epoch ms. What a job and the server say of it outlives both, within some megabytes.
 */
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
  /** `seq` of the newest entry; below a reader's own, the server was started anew. */
  last: z.number(),
});
export type JobLogs = z.infer<typeof jobLogs>;

const nullable = z.number().nullable();

/** A slot's thread. Ratios 0…1 of it over the last seconds; unknown is null. */
export const slotThread = z.object({
  slot: z.number(),
  /** What its subtasks run, all together. */
  busy: nullable,
  /** What the collector takes. */
  gc: nullable,
  heapUsedBytes: nullable,
  heapLimitBytes: nullable,
  eventLoopDelayMs: nullable,
  /** In topological order. */
  tasks: z.array(
    z.object({
      vertexId: z.string(),
      name: z.string(),
      subtask: z.number(),
      /** Its share of the thread. */
      running: nullable,
    }),
  ),
});
export type SlotThread = z.infer<typeof slotThread>;

/** `GET /weir/v1/taskmanagers`: each is the process of one job; sizes in bytes. */
export const taskManagerList = z.object({
  /** Of the machine. */
  cores: z.number(),
  taskManagers: z.array(
    z.object({
      id: z.string(),
      pid: z.number(),
      jobId: z.string(),
      jobName: z.string(),
      jobState: jobState,
      /** Epoch ms; null before its tasks run. */
      runningSince: nullable,
      restarts: z.number(),
      /** Cores in use. */
      cpuCores: nullable,
      rssBytes: nullable,
      heapUsedBytes: nullable,
      heapLimitBytes: nullable,
      /** Longest of its threads. */
      eventLoopDelayMs: nullable,
      /** Share of its threads' time that the collectors take. */
      gc: nullable,
      channelBytes: nullable,
      channelBytesUsed: nullable,
      /** The slot whose heap meets its limit first if it goes on growing; null = none does. */
      heapEnd: z
        .object({ slot: z.number(), at: z.number(), bytesPerMinute: z.number() })
        .nullable(),
      slots: z.array(slotThread),
    }),
  ),
});
export type TaskManagerList = z.infer<typeof taskManagerList>;
export type TaskManagerEntry = TaskManagerList['taskManagers'][number];

/**
 * `GET /weir/v1/taskmanagers/<id>/history`: the last half hour of a process, a column each five
 * seconds. It is in memory only: of processes that ended, and after a restart of the server, there
 * is none.
 */
export const taskManagerHistory = z.object({
  times: z.array(z.number()),
  cores: z.array(nullable),
  rssBytes: z.array(nullable),
  /** Row = slot: the lowest of each column. */
  heapBytes: z.array(z.array(nullable)),
});
export type TaskManagerHistory = z.infer<typeof taskManagerHistory>;

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
  /** Counts the submissions of this job's name, from 1. */
  version: z.number(),
  submittedAt: z.number(),
  submittedBy: actor.nullable(),
  /** The job that this one was started from, and the one that was started from it last. */
  predecessor: z.string().nullable(),
  successor: z.string().nullable(),
  /** How long it was down when it was last started anew; null = it never was. */
  restartMs: z.number().nullable(),
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
