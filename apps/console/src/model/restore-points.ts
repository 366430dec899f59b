/** Where a job can be started from again: its checkpoints and savepoints that are still there. */
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
