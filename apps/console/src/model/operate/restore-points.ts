/** Where a job can be started from again: its checkpoints and savepoints that are still there. */
import type { SavepointEntry } from '@weir/console-protocol';
import type { Checkpoint, Checkpointing } from '@weir/flink-rest';

export interface RestorePoint {
  readonly id: number;
  readonly path: string;
  readonly savepoint: boolean;
  /** What it is, in words. */
  readonly note: string;
  /** When it was complete, epoch ms. */
  readonly atMs: number;
  /** Null where only its path is known. */
  readonly bytes: number | null;
}

export interface Retention {
  /** The job has ended: what is still there stays. */
  readonly ended: boolean;
  /** A cancelled job keeps its checkpoints. */
  readonly keptOnCancel: boolean;
}

/**
 * Newest first. Checkpoints of a running job are left out when its end would delete them; the
 * savepoint that the job itself began with is the last one.
 */
export function restorePoints(
  { history, latest }: Checkpointing,
  { ended, keptOnCancel }: Retention,
): RestorePoint[] {
  const stays = (item: Checkpoint) => item.is_savepoint || ended || keptOnCancel;
  const points = history
    .filter((item) => item.status === 'COMPLETED' && item.discarded !== true && stays(item))
    .flatMap((item, at) => pointOf(item, at === 0));
  const { restored } = latest;
  const path = restored?.external_path ?? null;
  if (restored === null || path === null || !restored.is_savepoint) return points;
  if (points.some((point) => point.path === path)) return points;
  const begun: RestorePoint = {
    id: restored.id,
    path,
    savepoint: true,
    note: 'savepoint, began with it',
    atMs: restored.restore_timestamp,
    bytes: null,
  };
  return [...points, begun];
}

/** Savepoints of the server whose state fits, beyond those that are known already; newest first. */
export function savepointPoints(
  savepoints: readonly SavepointEntry[],
  known: readonly RestorePoint[],
  jobId: string,
): RestorePoint[] {
  const paths = new Set(known.map(({ path }) => path));
  return savepoints
    .filter(
      ({ path, misfit, type, operators }) =>
        misfit === null && type !== 'drain' && operators > 0 && !paths.has(path),
    )
    .map((entry) => ({
      id: entry.checkpointId,
      path: entry.path,
      savepoint: true,
      note: entry.jobId === jobId ? 'savepoint' : `savepoint of ${entry.jobName}`,
      atMs: entry.completedAt,
      bytes: entry.bytes,
    }));
}

function pointOf(item: Checkpoint, newest: boolean): RestorePoint[] {
  const path = item.external_path ?? null;
  if (path === null || path.startsWith('<')) return [];
  const note = item.is_savepoint ? 'savepoint' : 'checkpoint';
  return [
    {
      id: item.id,
      path,
      savepoint: item.is_savepoint,
      note: newest ? `${note}, newest` : note,
      atMs: item.latest_ack_timestamp,
      bytes: item.state_size,
    },
  ];
}
