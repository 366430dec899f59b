/**
 * Sinks, and the two phases of those that are exactly-once: a writer prepares committables before
 * it acknowledges a checkpoint, a committer makes them visible once the checkpoint is durable.
 * Committing twice must be harmless: after a crash the committables of the restored checkpoint
 * are committed again.
 */
import type { ColumnarBatch } from './batch.ts';
import type { Configuration } from './config/configuration.ts';
import type { EventTimeMs } from './ids.ts';
import type { ClockPort, TimerPort } from './ports/time.ts';
import type { MetricGroup, TaskInfo } from './runtime-context.ts';
import type { TypeInformation } from './types/type-information.ts';

export interface SinkContext {
  readonly jobId: string;
  readonly taskInfo: TaskInfo;
  readonly metricGroup: MetricGroup;
  readonly configuration: Configuration;
  readonly clock: ClockPort;
  readonly timers: TimerPort;
  /** The last completed checkpoint that this attempt started from; null at a first start. */
  readonly restoredCheckpointId: number | null;
  /** Makes the task go on after `write` had to wait. */
  wakeUp(): void;
}

export interface SinkWriter<T, C> {
  /** False: no room now; the same record is offered again after `wakeUp()`. */
  write(record: T, timestampMs: EventTimeMs): boolean;
  /** The same for a whole batch of columns; sinks that lack it take objects only. */
  writeColumns?(batch: ColumnarBatch): boolean;
  /** Everything written so far is handed to the outside system when this resolves. */
  flush(endOfInput: boolean): Promise<void>;
  /** Called after `flush`; what the committer has to make visible. */
  prepareCommit(checkpointId: number): Promise<readonly C[]>;
  close(): void | Promise<void>;
}

export interface Committer<C> {
  /**
   * Idempotent. A retryable WeirError is tried again, any other fails the task; COMMIT_LOST, what a
   * complete checkpoint counts on is gone, suspends the job, which keeps its checkpoints.
   */
  commit(committables: readonly C[]): Promise<void>;
  /**
   * Called once after a restore, when this subtask's restored committables are committed: whatever
   * else earlier attempts of this subtask range left behind belongs to no checkpoint. `restored`
   * are those of all subtasks; other subtasks may still be about to commit theirs.
   */
  discardUncommitted?(restored: readonly C[]): Promise<void>;
  close?(): void | Promise<void>;
}

export interface Sink<T, C = never> {
  /** Null for sinks without a second phase. */
  readonly committableType: TypeInformation<C> | null;
  createWriter(context: SinkContext): SinkWriter<T, C> | Promise<SinkWriter<T, C>>;
  createCommitter?(context: SinkContext): Committer<C> | Promise<Committer<C>>;
}
