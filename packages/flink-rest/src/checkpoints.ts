/** Checkpoints and savepoints of a job. Sizes in bytes, durations in ms. */
import * as z from 'zod';
import { javaNumber } from './wire-values.ts';

/** Percentiles are NaN where there are no (or too few) values. */
export const statistics = z.object({
  min: z.number(),
  max: z.number(),
  avg: z.number(),
  p50: javaNumber,
  p90: javaNumber,
  p95: javaNumber,
  p99: javaNumber,
  p999: javaNumber,
});
export type Statistics = z.infer<typeof statistics>;

const checkpointStatus = z.enum(['IN_PROGRESS', 'COMPLETED', 'FAILED']);

export const taskCheckpoint = z.object({
  id: z.number(),
  status: checkpointStatus,
  latest_ack_timestamp: z.number(),
  checkpointed_size: z.number(),
  state_size: z.number(),
  end_to_end_duration: z.number(),
  alignment_buffered: z.number(),
  processed_data: z.number(),
  persisted_data: z.number(),
  num_subtasks: z.number(),
  num_acknowledged_subtasks: z.number(),
});
export type TaskCheckpoint = z.infer<typeof taskCheckpoint>;

export const checkpoint = taskCheckpoint.extend({
  className: z.enum(['completed', 'failed', 'in_progress']),
  is_savepoint: z.boolean(),
  savepointFormat: z.string().nullish(),
  trigger_timestamp: z.number(),
  checkpoint_type: z.enum(['CHECKPOINT', 'UNALIGNED_CHECKPOINT', 'SAVEPOINT', 'SYNC_SAVEPOINT']),
  /** Filled in the details only. */
  tasks: z.record(z.string(), taskCheckpoint),
  external_path: z.string().nullish(),
  discarded: z.boolean().optional(),
  failure_timestamp: z.number().optional(),
  failure_message: z.string().nullish(),
});
export type Checkpoint = z.infer<typeof checkpoint>;

export const restoredCheckpoint = z.object({
  id: z.number(),
  restore_timestamp: z.number(),
  is_savepoint: z.boolean(),
  external_path: z.string().nullish(),
});

export const checkpointing = z.object({
  counts: z.object({
    restored: z.number(),
    total: z.number(),
    in_progress: z.number(),
    completed: z.number(),
    failed: z.number(),
  }),
  summary: z.object({
    checkpointed_size: statistics,
    state_size: statistics,
    end_to_end_duration: statistics,
    alignment_buffered: statistics,
    processed_data: statistics,
    persisted_data: statistics,
  }),
  latest: z.object({
    completed: checkpoint.nullable(),
    savepoint: checkpoint.nullable(),
    failed: checkpoint.nullable(),
    restored: restoredCheckpoint.nullable(),
  }),
  /** Newest first. */
  history: z.array(checkpoint),
});
export type Checkpointing = z.infer<typeof checkpointing>;

/** `interval` is Java's Long.MAX_VALUE while checkpointing is off. */
export const checkpointConfig = z.object({
  mode: z.string(),
  interval: z.number(),
  timeout: z.number(),
  min_pause: z.number(),
  max_concurrent: z.number(),
  externalization: z.object({ enabled: z.boolean(), delete_on_cancellation: z.boolean() }),
  state_backend: z.string(),
  checkpoint_storage: z.string(),
  unaligned_checkpoints: z.boolean(),
  tolerable_failed_checkpoints: z.number(),
  aligned_checkpoint_timeout: z.number(),
  checkpoints_after_tasks_finish: z.boolean(),
  state_changelog_enabled: z.boolean(),
  changelog_periodic_materialization_interval: z.number(),
  changelog_storage: z.string(),
});
export type CheckpointConfig = z.infer<typeof checkpointConfig>;

/** Java's Long.MAX_VALUE as a double: the interval that means "off". */
export const LONG_MAX = 2 ** 63;

const alignmentStatistics = z.object({
  buffered: statistics,
  processed: statistics,
  persisted: statistics,
  duration: statistics,
});

export const subtaskCheckpoint = z.object({
  className: z.string().optional(),
  index: z.number(),
  status: z.enum(['completed', 'pending_or_failed']),
  ack_timestamp: z.number().optional(),
  end_to_end_duration: z.number().optional(),
  checkpointed_size: z.number().optional(),
  state_size: z.number().optional(),
  checkpoint: z.object({ sync: z.number(), async: z.number() }).optional(),
  alignment: z
    .object({
      buffered: z.number(),
      processed: z.number(),
      persisted: z.number(),
      duration: z.number(),
    })
    .optional(),
  start_delay: z.number().optional(),
  unaligned_checkpoint: z.boolean().optional(),
  aborted: z.boolean().optional(),
});
export type SubtaskCheckpoint = z.infer<typeof subtaskCheckpoint>;

/** `summary` is absent before the first acknowledgement. */
export const checkpointSubtasks = taskCheckpoint.extend({
  summary: z
    .object({
      checkpointed_size: statistics,
      state_size: statistics,
      end_to_end_duration: statistics,
      checkpoint_duration: z.object({ sync: statistics, async: statistics }),
      alignment: alignmentStatistics,
      start_delay: statistics,
    })
    .nullish(),
  subtasks: z.array(subtaskCheckpoint),
});
export type CheckpointSubtasks = z.infer<typeof checkpointSubtasks>;
