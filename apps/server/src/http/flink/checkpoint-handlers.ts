/** Checkpoint history, statistics and details, from what the JobMaster shows. */
import {
  CHECKPOINT_INTERVAL,
  CHECKPOINT_MAX_CONCURRENT,
  CHECKPOINT_MIN_PAUSE,
  CHECKPOINT_MODE,
  CHECKPOINT_RETENTION,
  CHECKPOINT_TIMEOUT,
  CHECKPOINT_TOLERABLE_FAILED,
  Configuration,
} from '@weir/core';
import {
  type Checkpoint,
  type CheckpointConfig,
  type Checkpointing,
  type CheckpointSubtasks,
  type FlinkHandlers,
  LONG_MAX,
  type PastCheckpoints,
  type SubtaskCheckpoint,
  type TaskCheckpoint,
} from '@weir/flink-rest';
import {
  CHECKPOINT_HISTORY_MAX,
  type CheckpointSubtaskView,
  type CheckpointTaskView,
  type CheckpointView,
  type JobView,
  type SubtaskSnapshot,
} from '@weir/runtime';
import {
  bytesOf,
  endToEndMs,
  isSavepoint,
  NO_DATA,
  statisticsOf,
  sumUp,
} from './checkpoint-figures.ts';
import { type HandlerContext, jobView, notFound } from './handler-context.ts';

type Handled = 'checkpointConfig' | 'checkpointDetails' | 'checkpoints' | 'checkpointSubtasks';

export function checkpointHandlers(context: HandlerContext): Pick<FlinkHandlers, Handled> {
  return {
    checkpoints: async ({ params }) =>
      checkpointing(await withPast(context, jobView(context, params.jobid))),
    checkpointConfig: ({ params }) => checkpointConfig(jobView(context, params.jobid)),
    checkpointDetails: async ({ params }) => {
      const view = jobView(context, params.jobid);
      return checkpointItem(await find(context, view, params.checkpointid), true);
    },
    checkpointSubtasks: async ({ params }) => {
      const view = jobView(context, params.jobid);
      const checkpoint = await find(context, view, params.checkpointid);
      const vertexId = params.vertexid.toLowerCase();
      const task = checkpoint.tasks.find((one) => one.vertexId === vertexId);
      if (task !== undefined) return checkpointSubtasks(checkpoint, task);
      throw notFound(`Vertex ${params.vertexid} takes no part in checkpoint ${checkpoint.id}.`);
    },
  };
}

/** A checkpoint of the past with the phases of its subtasks. */
export function pastCheckpoint(
  view: JobView,
  stored: CheckpointView,
  withSubtasks: boolean,
): PastCheckpoints['checkpoints'][number] {
  const checkpoint = asItIsNow(view, stored);
  const item = checkpointItem(checkpoint, true);
  if (!withSubtasks) return item;
  const subtasks = checkpoint.tasks.map(
    (task) => [task.vertexId, checkpointSubtasks(checkpoint, task)] as const,
  );
  return { ...item, subtasks: Object.fromEntries(subtasks) };
}

async function find(context: HandlerContext, view: JobView, id: string): Promise<CheckpointView> {
  const { checkpoints } = await withPast(context, view);
  const found = checkpoints.history.find((one) => one.id === Number(id));
  if (found !== undefined) return found;
  const stored = await context.records.checkpoint(view.jobId, Number(id));
  if (stored !== null) return asItIsNow(view, stored);
  throw notFound(`Could not find checkpointing statistics for checkpoint ${id}.`);
}

/**
 * The view, completed by what was stored of the time of an earlier server: a job's record holds
 * only a part of it, and of its last checkpoint what was known before it was complete.
 */
async function withPast({ records, service }: HandlerContext, view: JobView): Promise<JobView> {
  const { history, counts } = view.checkpoints;
  const most = Math.min(CHECKPOINT_HISTORY_MAX, counts.total);
  const { startedAtMs } = service.server();
  const isEarlier = (one: CheckpointView) =>
    one.status !== 'IN_PROGRESS' && one.latestAckAtMs < startedAtMs;
  if (history.length >= most && !history.some(isEarlier)) return view;
  const range = { from: 0, to: Number.MAX_SAFE_INTEGER, limit: most };
  const stored = new Map(
    (await records.checkpoints(view.jobId, range)).map((one) => [one.id, asItIsNow(view, one)]),
  );
  const own = history.map((one) => (isEarlier(one) ? (stored.get(one.id) ?? one) : one));
  for (const { id } of history) stored.delete(id);
  const all = [...own, ...stored.values()].sort((left, right) => right.id - left.id);
  return { ...view, checkpoints: { ...view.checkpoints, history: all.slice(0, most) } };
}

/** With its files: what was not subsumed is in the view still. */
function asItIsNow(view: JobView, stored: CheckpointView): CheckpointView {
  const shown = view.checkpoints.history.find(({ id }) => id === stored.id);
  const subsumed = stored.status === 'COMPLETED' && !isSavepoint(stored.type);
  return { ...stored, discarded: shown?.discarded ?? subsumed };
}

function checkpointing(view: JobView): Checkpointing {
  const { counts, history, restored } = view.checkpoints;
  const completed = history.filter((one) => one.status === 'COMPLETED');
  const over = (pick: (one: CheckpointView) => number) => statisticsOf(completed.map(pick));
  const latest = (fits: (one: CheckpointView) => boolean) => {
    const found = history.find(fits);
    return found === undefined ? null : checkpointItem(found, false);
  };
  return {
    counts: {
      restored: counts.restored,
      total: counts.total,
      in_progress: counts.inProgress,
      completed: counts.completed,
      failed: counts.failed,
    },
    summary: {
      checkpointed_size: over((one) => bytesOf(one).written),
      state_size: over((one) => bytesOf(one).state),
      end_to_end_duration: over(endToEndMs),
      alignment_buffered: NO_DATA,
      processed_data: over((one) => bytesOf(one).processed),
      persisted_data: over(() => 0),
    },
    latest: {
      completed: latest((one) => one.status === 'COMPLETED' && !isSavepoint(one.type)),
      savepoint: latest((one) => one.status === 'COMPLETED' && isSavepoint(one.type)),
      failed: latest((one) => one.status === 'FAILED'),
      restored:
        restored === null
          ? null
          : {
              id: restored.id,
              restore_timestamp: restored.atMs,
              is_savepoint: restored.isSavepoint,
              external_path: restored.path,
            },
    },
    history: history.map((one) => checkpointItem(one, false)),
  };
}

const CLASS_NAMES = {
  COMPLETED: 'completed',
  FAILED: 'failed',
  IN_PROGRESS: 'in_progress',
} as const;

function checkpointItem(checkpoint: CheckpointView, withTasks: boolean): Checkpoint {
  const savepoint = isSavepoint(checkpoint.type);
  const tasks = withTasks
    ? checkpoint.tasks.map((task) => [task.vertexId, taskCheckpoint(checkpoint, task)] as const)
    : [];
  const item: Checkpoint = {
    className: CLASS_NAMES[checkpoint.status],
    ...figures(
      checkpoint,
      checkpoint.tasks.flatMap((task) => task.subtasks),
    ),
    latest_ack_timestamp: checkpoint.latestAckAtMs,
    end_to_end_duration: endToEndMs(checkpoint),
    is_savepoint: savepoint,
    savepointFormat: savepoint ? 'CANONICAL' : null,
    trigger_timestamp: checkpoint.triggeredAtMs,
    checkpoint_type: flinkType(checkpoint.type),
    tasks: Object.fromEntries(tasks),
  };
  if (checkpoint.status === 'COMPLETED') {
    item.external_path = checkpoint.path;
    item.discarded = checkpoint.discarded;
  }
  if (checkpoint.status === 'FAILED') {
    item.failure_timestamp = checkpoint.failedAtMs ?? checkpoint.latestAckAtMs;
    item.failure_message = checkpoint.failure;
  }
  return item;
}

function flinkType(type: CheckpointView['type']): Checkpoint['checkpoint_type'] {
  if (type === 'savepoint') return 'SAVEPOINT';
  return isSavepoint(type) ? 'SYNC_SAVEPOINT' : 'CHECKPOINT';
}

function taskCheckpoint(checkpoint: CheckpointView, task: CheckpointTaskView): TaskCheckpoint {
  return figures(checkpoint, task.subtasks);
}

function figures(
  checkpoint: CheckpointView,
  subtasks: readonly CheckpointSubtaskView[],
): TaskCheckpoint {
  const sums = sumUp(subtasks);
  const done = sums.acknowledged === sums.subtasks;
  const partly = checkpoint.status === 'COMPLETED' || !done ? checkpoint.status : 'COMPLETED';
  return {
    id: checkpoint.id,
    status: partly,
    latest_ack_timestamp: sums.lastAck,
    checkpointed_size: sums.written,
    state_size: sums.state,
    end_to_end_duration: sums.lastAck < 0 ? -1 : sums.lastAck - checkpoint.triggeredAtMs,
    alignment_buffered: 0,
    processed_data: sums.processed,
    persisted_data: 0,
    num_subtasks: sums.subtasks,
    num_acknowledged_subtasks: sums.acknowledged,
  };
}

function checkpointSubtasks(
  checkpoint: CheckpointView,
  task: CheckpointTaskView,
): CheckpointSubtasks {
  const answer: CheckpointSubtasks = {
    ...taskCheckpoint(checkpoint, task),
    subtasks: task.subtasks.map((one) => subtaskCheckpoint(checkpoint, one)),
  };
  const acknowledged = task.subtasks.filter((one) => one.snapshot !== null);
  if (acknowledged.length === 0) return answer;
  const over = (pick: (snapshot: SubtaskSnapshot) => number) =>
    statisticsOf(acknowledged.map((one) => pick(one.snapshot!)));
  const ends = acknowledged.map((one) => (one.ackAtMs ?? 0) - checkpoint.triggeredAtMs);
  return {
    ...answer,
    summary: {
      checkpointed_size: over((one) => one.file?.bytes ?? 0),
      state_size: over((one) => one.stateBytes),
      end_to_end_duration: statisticsOf(ends),
      checkpoint_duration: {
        sync: over((one) => Math.round(one.syncMs)),
        async: over((one) => Math.round(one.asyncMs)),
      },
      alignment: {
        buffered: NO_DATA,
        processed: over((one) => one.processedBytes),
        persisted: over(() => 0),
        duration: over((one) => Math.round(one.alignmentMs)),
      },
      start_delay: over((one) => Math.round(one.startDelayMs)),
    },
  };
}

function subtaskCheckpoint(
  checkpoint: CheckpointView,
  { subtask, ackAtMs, snapshot }: CheckpointSubtaskView,
): SubtaskCheckpoint {
  if (snapshot === null) {
    return { className: 'pending', index: subtask, status: 'pending_or_failed' };
  }
  return {
    className: 'completed',
    index: subtask,
    status: 'completed',
    ack_timestamp: ackAtMs ?? -1,
    end_to_end_duration: ackAtMs === null ? -1 : ackAtMs - checkpoint.triggeredAtMs,
    checkpointed_size: snapshot.file?.bytes ?? 0,
    state_size: snapshot.stateBytes,
    checkpoint: { sync: Math.round(snapshot.syncMs), async: Math.round(snapshot.asyncMs) },
    alignment: {
      buffered: 0,
      processed: snapshot.processedBytes,
      persisted: 0,
      duration: Math.round(snapshot.alignmentMs),
    },
    start_delay: Math.round(snapshot.startDelayMs),
    unaligned_checkpoint: false,
    aborted: false,
  };
}

function checkpointConfig(view: JobView): CheckpointConfig {
  const configuration = new Configuration(view.graph.configuration);
  const interval = configuration.get(CHECKPOINT_INTERVAL);
  const retention = configuration.get(CHECKPOINT_RETENTION);
  return {
    mode: configuration.get(CHECKPOINT_MODE).toLowerCase(),
    interval: interval === 0 ? LONG_MAX : interval,
    timeout: configuration.get(CHECKPOINT_TIMEOUT),
    min_pause: configuration.get(CHECKPOINT_MIN_PAUSE),
    max_concurrent: configuration.get(CHECKPOINT_MAX_CONCURRENT),
    externalization: {
      enabled: retention !== 'NO_EXTERNALIZED_CHECKPOINTS',
      delete_on_cancellation: retention !== 'RETAIN_ON_CANCELLATION',
    },
    state_backend: 'HashMapStateBackend',
    checkpoint_storage: 'FileSystemCheckpointStorage',
    unaligned_checkpoints: false,
    tolerable_failed_checkpoints: configuration.get(CHECKPOINT_TOLERABLE_FAILED),
    aligned_checkpoint_timeout: 0,
    checkpoints_after_tasks_finish: true,
    state_changelog_enabled: false,
    changelog_periodic_materialization_interval: 600_000,
    changelog_storage: 'memory',
  };
}
