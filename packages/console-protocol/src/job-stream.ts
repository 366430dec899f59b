/**
 * Live data that the server pushes for one job and for the job list. Everything that Flink's REST
 * has a resource for (plan, checkpoints, exceptions, configuration) is fetched there; this is what
 * moves every second, and the events that say which resource changed.
 *
 * Times are epoch ms of the server. Ratios are 0…1. Unknown is null, never 0.
 */
import { z } from 'zod';
import { bottleneck, verdictEvent } from './verdict.ts';

export const jobState = z.enum([
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
export type JobState = z.infer<typeof jobState>;

const nullable = z.number().nullable();

/** For long lists that come every second: a parser would make an object of each number. */
function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => one === null || typeof one === 'number');
}

/** What one operator of a chain did in the second, all subtasks. */
export const operatorTick = z.object({
  /** Records per second. */
  recordsIn: nullable,
  recordsOut: nullable,
  /** Share of its subtasks' time that it ran, mean over them. */
  running: nullable,
});
export type OperatorTick = z.infer<typeof operatorTick>;

/** How the subtasks of a vertex spent the second; parts add up to 1 within each subtask. */
export const vertexTick = z.object({
  id: z.string(),
  /** Of the busiest subtask. */
  busy: nullable,
  busyMean: nullable,
  busySubtask: z.number(),
  /** Parts of the busiest subtask's busy: on its thread, waiting for the thread, waiting outside. */
  running: nullable,
  queued: nullable,
  external: nullable,
  backpressured: nullable,
  idle: nullable,
  /** Of the most backpressured subtask; `backpressured` belongs to the busiest one. */
  backpressuredMax: nullable.optional(),
  backpressuredMean: nullable.optional(),
  /** The subtask of `backpressuredMax`. */
  backpressuredSubtask: nullable.optional(),
  /** The subtask that reads most, and its records per second; absent where there is only one. */
  recordsInMax: nullable.optional(),
  recordsInSubtask: nullable.optional(),
  /** The subtask that `watermark` is of. */
  watermarkSubtask: nullable.optional(),
  /** The subtask that is farthest behind, and its part of `pendingRecords`. */
  pendingMax: nullable.optional(),
  pendingSubtask: nullable.optional(),
  /** The subtask with most state, and its part of `stateBytes`. */
  stateBytesMax: nullable.optional(),
  stateBytesSubtask: nullable.optional(),
  /** Records per second, all subtasks. */
  recordsIn: nullable,
  recordsOut: nullable,
  bytesIn: nullable,
  bytesOut: nullable,
  /** Records per second into the sinks of the chain; null where it has none. */
  sinkRecords: nullable,
  /** Lowest over the subtasks, epoch ms; null before the first watermark; for sources the output. */
  watermark: nullable,
  /** Sources: records and ms not read yet. */
  pendingRecords: nullable,
  pendingMs: nullable,
  /** Late records dropped since the start. */
  lateRecords: nullable,
  stateBytes: nullable,
  asyncInFlight: nullable,
  asyncCapacity: nullable,
  /** How long its calls outside took lately: the median, and what 99 of 100 stay below; of the
   * subtask in which they are longest. Absent or null = it calls nothing, or nothing was answered. */
  callP50Ms: nullable.optional(),
  callP99Ms: nullable.optional(),
  /** What the vertex waits for outside, e.g. `airports (PostgreSQL)`. */
  callSite: z.string().nullable(),
  /** Execution states of its subtasks: state → count. */
  tasks: z.record(z.string(), z.number()),
  /** In the order of the topology's operators; absent for a vertex of one operator. */
  operators: z.array(operatorTick).optional(),
});
export type VertexTick = z.infer<typeof vertexTick>;

export const edgeTick = z.object({
  /** Index in the job graph's edges. */
  index: z.number(),
  recordsPerSecond: nullable,
  bytesPerSecond: nullable,
  /** 0…1, the fullest channel. */
  fill: nullable,
});
export type EdgeTick = z.infer<typeof edgeTick>;

export const jobTick = z.object({
  t: z.number(),
  state: jobState,
  /** Out of all sources, and into all sinks, per second. */
  recordsIn: nullable,
  recordsOut: nullable,
  /** Lag of the lowest watermark behind the newest event time that a source emitted, ms. */
  watermarkLag: nullable,
  /** Lowest watermark of the job's sinks, epoch ms. */
  watermark: nullable,
  pendingRecords: nullable,
  pendingMs: nullable,
  vertices: z.array(vertexTick),
  edges: z.array(edgeTick),
  /** Null = nothing limits; absent = not looked for. */
  bottleneck: bottleneck.nullable().optional(),
  /** What may become the bottleneck: evidence that has not lasted long enough for a verdict. */
  forming: bottleneck.nullable().optional(),
});
export type JobTick = z.infer<typeof jobTick>;

/** The job's shape; sent once, again only if it changes. */
export const jobTopology = z.object({
  jobId: z.string(),
  name: z.string(),
  startedAt: z.number(),
  attempt: z.number(),
  vertices: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      parallelism: z.number(),
      maxParallelism: z.number(),
      slotSharingGroup: z.string(),
      operators: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          operatorType: z.string(),
          role: z.enum(['source', 'operator', 'sink']),
          callSite: z.string().nullable(),
          origin: z.string().nullable(),
        }),
      ),
    }),
  ),
  edges: z.array(
    z.object({
      index: z.number(),
      source: z.string(),
      target: z.string(),
      strategy: z.enum(['FORWARD', 'HASH', 'REBALANCE', 'BROADCAST']),
      outputTag: z.string().nullable(),
    }),
  ),
});
export type JobTopology = z.infer<typeof jobTopology>;

/** Who asked for an action: the console, the `weir` command, or another client of the REST API. */
export const actor = z.enum(['console', 'cli', 'rest']);
export type Actor = z.infer<typeof actor>;

/** Something happened; the named REST resources of the job are out of date. */
export const jobEvent = z.object({
  t: z.number(),
  kind: z.enum(['state', 'checkpoint', 'savepoint', 'exception', 'restart', 'action', 'verdict']),
  text: z.string(),
  /** Checkpoint id, exception name, vertex id of a verdict, what an action is (`cancel` …) */
  subject: z.string().nullable(),
  /** Of kind `verdict`. */
  verdict: verdictEvent.optional(),
  /** Of checkpoints, savepoints and actions. */
  outcome: z.enum(['running', 'completed', 'failed']).optional(),
  vertexId: z.string().nullable().optional(),
  subtask: nullable.optional(),
  /** From trigger to completion, or how long a failed one lived. */
  durationMs: z.number().optional(),
  bytes: z.number().optional(),
  /** Where a savepoint lies. */
  path: z.string().nullable().optional(),
  /** The savepoint is the one that the job was stopped with. */
  ending: z.enum(['stopped', 'drained']).optional(),
  /** The operator of the chain that an exception came from, where it is known. */
  operator: z.string().optional(),
  /** An exception's stack with its causes, cut at 8 KiB. */
  stack: z.string().optional(),
  /** The exception followed from another one: the attempt was failing already. */
  follows: z.boolean().optional(),
  actor: actor.optional(),
  /** The same in an action's begin and end. */
  trace: z.string().optional(),
  /** The job that an action started, or that this one was started from. */
  relatedJobId: z.string().optional(),
});
export type JobEvent = z.infer<typeof jobEvent>;

/** A bottleneck with the name of its vertex, for where there is no topology at hand. */
export const namedBottleneck = bottleneck.extend({ name: z.string() });
export type NamedBottleneck = z.infer<typeof namedBottleneck>;

/** One row of the jobs list. */
export const jobSummary = z.object({
  jobId: z.string(),
  name: z.string(),
  state: jobState,
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  parallelism: z.number(),
  vertices: z.number(),
  tasksRunning: z.number(),
  tasksTotal: z.number(),
  restarts: z.number(),
  recordsIn: nullable,
  recordsOut: nullable,
  watermarkLag: nullable,
  pendingRecords: nullable,
  /** Age of the oldest record that was not read yet. */
  pendingMs: nullable.optional(),
  lastCheckpoint: z
    .object({
      id: z.number(),
      completedAt: z.number(),
      durationMs: z.number(),
      bytes: z.number(),
    })
    .nullable(),
  /** How checkpoints go; absent = none are taken by themselves. */
  checkpointing: z
    .object({
      intervalMs: z.number(),
      /** Median of the last 20 completed ones; null before the third. */
      usualMs: nullable,
      /** Since when none has been completed: the last one, or the beginning of the attempt. */
      since: z.number(),
      /** That failed since then. */
      failed: z.number(),
    })
    .optional(),
  /** The latest exception: why it failed, or restarts. Absent = there was none. */
  failure: z
    .object({
      t: z.number(),
      /** One line. */
      text: z.string(),
      operator: z.string().nullable(),
      /** In the ten minutes up to it, this one included. */
      recently: z.number(),
    })
    .optional(),
  /** How it ended; absent while it has not, and where that is not known. */
  ending: z.enum(['read', 'stopped', 'drained']).optional(),
  /**
   * Records out of the sources per second, oldest first: means over the last half hour, or since it
   * is watched. The last one is of the time so far.
   */
  sparkline: z.custom<(number | null)[]>(isNumbers, 'numbers and nulls'),
  /** What each of them is the mean of; absent = a second. */
  sparklineStepMs: z.number().optional(),
  /** Of the latest tick: null = nothing limits; absent = not looked for. */
  bottleneck: namedBottleneck.nullable().optional(),
  forming: namedBottleneck.nullable().optional(),
});
export type JobSummary = z.infer<typeof jobSummary>;

/** Payloads by topic: `jobs` and `job/<id>`. */
export const jobsSnapshot = z.object({ t: z.number(), jobs: z.array(jobSummary) });
export type JobsSnapshot = z.infer<typeof jobsSnapshot>;
