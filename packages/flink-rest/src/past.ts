/**
 * Checkpoints and exceptions of the past, in Flink's shapes. Flink itself forgets them after some
 * dozen and with its JobManager; these are Weir's resources under `/weir/v1/jobs/<id>/`.
 */
import * as z from 'zod';
import { checkpoint, checkpointSubtasks, restoredCheckpoint } from './checkpoints.ts';
import { exceptionInfo } from './jobs.ts';

/** `GET /weir/v1/jobs/<id>/checkpoints?from=&to=`: those that ended in the range, newest first. */
export const pastCheckpoints = z.object({
  checkpoints: z.array(
    checkpoint.extend({
      /**
       * Vertex → its subtasks with their phases; who never acknowledged is `pending_or_failed`.
       * Left out of the older ones where an answer would have too many rows: Flink's own details
       * of the checkpoint have them.
       */
      subtasks: z.record(z.string(), checkpointSubtasks).optional(),
    }),
  ),
  /** Restores in the range, newest first. */
  restored: z.array(restoredCheckpoint),
  /** There are more; ask for an earlier range. */
  truncated: z.boolean(),
});
export type PastCheckpoints = z.infer<typeof pastCheckpoints>;

/** `GET /weir/v1/jobs/<id>/exceptions?from=&to=`: newest first. */
export const pastExceptions = z.object({
  entries: z.array(exceptionInfo.extend({ concurrentExceptions: z.array(exceptionInfo) })),
  truncated: z.boolean(),
});
export type PastExceptions = z.infer<typeof pastExceptions>;
