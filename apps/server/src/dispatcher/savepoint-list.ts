/**
 * The savepoints that a server knows: every folder below its own, and what its jobs completed
 * elsewhere. Their metadata never changes, so each is read once.
 */
import { basename, dirname, join } from 'node:path';
import type { SavepointEntry, SavepointList } from '@weir/console-protocol';
import { isWeirError, type StoragePort, toWire } from '@weir/core';
import {
  type CheckpointMetadata,
  type JobView,
  readMetadata,
  restoreMisfit,
  TERMINAL_STATUS,
} from '@weir/runtime';

export interface SavepointSurroundings {
  /** The server's own folder. */
  readonly root: string;
  readonly views: readonly JobView[];
  readonly storage: (root: string) => StoragePort;
}

/** Files that are read at the same time. */
const READS_MAX = 16;

export class SavepointLister {
  readonly #known = new Map<string, CheckpointMetadata>();

  /** `fitsFor` is the job whose graph the state is held against; null = each one's own. */
  async list(surroundings: SavepointSurroundings, fitsFor: string | null): Promise<SavepointList> {
    const { root, views, storage } = surroundings;
    const names = await storage(root).list('');
    const own = names.map((name) => join(root, name));
    const elsewhere = views.flatMap(pathsOf).filter((path) => dirname(path) !== root);
    const found: { path: string; metadata: CheckpointMetadata }[] = [];
    const unreadable: SavepointList['unreadable'] = [];
    const paths = [...new Set([...own, ...elsewhere])];
    const next = async (): Promise<void> => {
      for (let path = paths.shift(); path !== undefined; path = paths.shift()) {
        try {
          found.push({ path, metadata: await this.#read(path, storage) });
        } catch (error) {
          // One that a job wrote elsewhere and that is gone was disposed of.
          const gone = isWeirError(error) && error.code === 'SAVEPOINT_NOT_FOUND';
          if (!gone || dirname(path) === root) {
            unreadable.push({ path, why: toWire(error).message });
          }
        }
      }
    };
    await Promise.all(Array.from({ length: READS_MAX }, next));
    const savepoints = found
      .filter(({ metadata }) => isSavepoint(metadata))
      .map(({ path, metadata }) => entryOf(path, metadata, views, fitsFor))
      .sort((a, b) => b.completedAt - a.completedAt);
    return { root, savepoints, unreadable };
  }

  async #read(path: string, storage: SavepointSurroundings['storage']) {
    const folder = storage(dirname(path));
    const known = this.#known.get(path);
    if (known !== undefined && (await folder.exists(`${basename(path)}/_metadata`))) return known;
    this.#known.delete(path);
    const metadata = await readMetadata(folder, basename(path));
    this.#known.set(path, metadata);
    return metadata;
  }
}

/** Running jobs that have no younger checkpoint: a failover would need the savepoint. */
export function jobsInNeedOf(path: string, views: readonly JobView[]): readonly JobView[] {
  return views.filter(({ status, checkpoints }) => {
    if (TERMINAL_STATUS.has(status) || checkpoints.restored?.path !== path) return false;
    const since = checkpoints.restored.atMs;
    return !checkpoints.history.some(
      (one) =>
        one.status === 'COMPLETED' && one.type === 'checkpoint' && one.triggeredAtMs >= since,
    );
  });
}

function pathsOf({ checkpoints }: JobView): string[] {
  return checkpoints.history.flatMap(({ type, path, status }) =>
    status === 'COMPLETED' && path !== null && type !== 'checkpoint' && type !== 'final'
      ? [path]
      : [],
  );
}

function isSavepoint({ checkpointType }: CheckpointMetadata): boolean {
  return checkpointType !== 'checkpoint' && checkpointType !== 'final';
}

function entryOf(
  path: string,
  metadata: CheckpointMetadata,
  views: readonly JobView[],
  fitsFor: string | null,
): SavepointEntry {
  const { checkpointId, checkpointType, jobId, jobName, triggeredAtMs, completedAtMs } = metadata;
  const stateful = metadata.operators.filter(({ files }) => files.length > 0);
  const sizes = new Map(stateful.flatMap(({ files }) => files.map((one) => [one.path, one.bytes])));
  const own = views.find((view) => view.jobId === jobId) ?? null;
  const against = fitsFor === null ? own : views.find((view) => view.jobId === fitsFor);
  return {
    path,
    checkpointId,
    type: checkpointType === 'stop' || checkpointType === 'drain' ? checkpointType : 'savepoint',
    jobId,
    jobName,
    jobState: own?.status ?? null,
    triggeredAt: triggeredAtMs,
    completedAt: completedAtMs,
    bytes: [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0),
    operators: stateful.length,
    misfit: against == null ? null : restoreMisfit(against.graph, metadata, path),
    neededBy: jobsInNeedOf(path, views).map((view) => ({
      jobId: view.jobId,
      name: view.graph.name,
    })),
  };
}
