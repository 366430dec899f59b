/** Savepoints of a server: those in its own folder, and those that its jobs wrote elsewhere. */
import { z } from 'zod';
import { jobState } from './job-stream.ts';

export const savepointEntry = z.object({
  /** Absolute folder; what a restore and a disposal ask for. */
  path: z.string(),
  checkpointId: z.number(),
  /** `drain`: event time has ended in it, so that no job should go on from it. */
  type: z.enum(['savepoint', 'stop', 'drain']),
  jobId: z.string(),
  jobName: z.string(),
  /** Null once the server has forgotten the job. */
  jobState: jobState.nullable(),
  triggeredAt: z.number(),
  completedAt: z.number(),
  /** Of all state files. */
  bytes: z.number(),
  /** Operators that have state in it. */
  operators: z.number(),
  /** Why the state does not fit the graph that was asked about; null = it fits. */
  misfit: z.string().nullable(),
  /** Jobs that would need it if they failed now; it is not disposed of while there is one. */
  neededBy: z.array(z.object({ jobId: z.string(), name: z.string() })),
});
export type SavepointEntry = z.infer<typeof savepointEntry>;

/**
 * `GET /weir/v1/savepoints?job=&for=`: newest first. `job` keeps those of one job; `for` is the job
 * whose present graph `misfit` is about, each savepoint's own where it is left out.
 */
export const savepointList = z.object({
  /** The server's own folder. */
  root: z.string(),
  savepoints: z.array(savepointEntry),
  /** Folders that hold no readable savepoint, and why. */
  unreadable: z.array(z.object({ path: z.string(), why: z.string() })),
});
export type SavepointList = z.infer<typeof savepointList>;
