/** What the sources of a running job read from, split by split; there is none of an ended job. */
import { z } from 'zod';

const nullable = z.number().nullable();

export const splitRow = z.object({
  splitId: z.string(),
  /** Who reads it. */
  subtask: z.number(),
  /** Records outside that were not read yet, and the age of the oldest of them in ms. */
  pendingRecords: nullable,
  pendingMs: nullable,
  /** Read since the attempt began. */
  records: nullable,
  /** Where it stands, in the source's words: `offset 1,204,881`. */
  position: z.string().nullable(),
  /** Epoch ms; null before the first one, and where the split has no part in event time. */
  watermark: nullable,
  /** For how long nothing came, ms; null while it counts for the watermark. */
  idleMs: nullable,
  finished: z.boolean(),
});
export type SplitRow = z.infer<typeof splitRow>;

export const sourceSplits = z.object({
  vertexId: z.string(),
  /** All of them, also those that are not among `splits`. */
  total: z.number(),
  idle: z.number(),
  finished: z.number(),
  /** Sum over all; null while one is unknown. */
  pendingRecords: nullable,
  /** Of the split that is farthest behind. */
  pendingMs: nullable,
  /** The split with the lowest watermark of those that count; null = none has one. */
  holder: splitRow.nullable(),
  /** The one with the highest. */
  foremost: splitRow.nullable(),
  /** Farthest behind first. */
  splits: z.array(splitRow),
});
export type SourceSplits = z.infer<typeof sourceSplits>;

/**
 * `GET /weir/v1/jobs/<id>/splits?q=&limit=`: `q` is part of a split's name, `limit` how many a
 * source shows (500 if left out, 5,000 at most). Sources report while somebody asks; ask again
 * within ten seconds. Sources that know nothing of splits are left out.
 */
export const jobSplits = z.object({
  t: z.number(),
  /** Source subtasks that have answered, and how many there are. */
  answered: z.number(),
  expected: z.number(),
  sources: z.array(sourceSplits),
});
export type JobSplits = z.infer<typeof jobSplits>;
