/**
 * Where a job's checkpoints lie, and how they are deleted: `<checkpoints>/<job>/chk-<id>`,
 * `<savepoints>/savepoint-<job>-<random>`, as Flink lays them out. Called by the coordinator,
 * always after the job record has stopped naming what is deleted.
 *
 * What can't be deleted costs room, never correctness: it is logged, and looked at again when the
 * next server starts or the job ends.
 */
import { toWire } from '@weir/core';
import type { CheckpointSettings } from './checkpoint-settings.ts';
import { absoluteFolder } from './checkpoint-settings.ts';
import type { CoordinatorHost } from './coordinator-host.ts';
import { type CheckpointLocation, folderOf, type PendingCheckpoint } from './pending-checkpoint.ts';
import type { RetainedCheckpoint } from './retained-checkpoints.ts';

const ABANDONED_MAX = 64;

export class CheckpointFolders {
  readonly #host: CoordinatorHost;
  readonly #settings: CheckpointSettings;
  /** Failed checkpoints that slow subtasks may still write to. */
  readonly #abandoned = new Map<number, CheckpointLocation>();

  constructor(host: CoordinatorHost, settings: CheckpointSettings) {
    this.#host = host;
    this.#settings = settings;
  }

  checkpoint(id: number): CheckpointLocation {
    return { root: this.#jobRoot, name: `chk-${id}` };
  }

  /** @throws WeirError CONFIG_INVALID when the folder is not absolute. */
  savepoint(directory: string | null): CheckpointLocation {
    const root = directory === null ? this.#settings.savepointRoot : absoluteFolder(directory);
    const name = `savepoint-${this.#host.jobId.slice(0, 6)}-${this.#host.random.hex(12)}`;
    return { root, name };
  }

  /** Deletes a failed checkpoint's files, and remembers it for those that come too late. */
  abandon({ id, location }: PendingCheckpoint): void {
    this.#abandoned.set(id, location);
    const [oldest] = this.#abandoned.keys();
    if (this.#abandoned.size > ABANDONED_MAX) this.#abandoned.delete(oldest!);
    void this.#delete(location);
  }

  onLateAcknowledgement(id: number): void {
    const location = this.#abandoned.get(id);
    if (location !== undefined) void this.#delete(location);
  }

  /** Savepoints belong to the user and stay. */
  async deleteAll(checkpoints: readonly RetainedCheckpoint[]): Promise<void> {
    for (const { path, isSavepoint } of checkpoints) {
      if (isSavepoint) continue;
      const cut = path.lastIndexOf('/');
      await this.#delete({ root: path.slice(0, cut), name: path.slice(cut + 1) });
    }
  }

  /** The job needs none of its checkpoints any more. */
  async deleteJob(): Promise<void> {
    await this.#delete({ root: this.#settings.checkpointRoot, name: this.#host.jobId });
  }

  /** After a crash of the server: checkpoints that never came into the record. */
  async deleteOrphans(kept: readonly RetainedCheckpoint[], nextId: number): Promise<void> {
    const root = this.#jobRoot;
    const paths = new Set(kept.map(({ path }) => path));
    for (const name of await this.#namesIn(root)) {
      const id = /^chk-(\d+)$/.exec(name)?.[1];
      if (id === undefined || Number(id) >= nextId) continue;
      if (!paths.has(folderOf({ root, name }))) await this.#delete({ root, name });
    }
  }

  get #jobRoot(): string {
    return `${this.#settings.checkpointRoot}/${this.#host.jobId}`;
  }

  async #namesIn(root: string): Promise<readonly string[]> {
    try {
      return await this.#host.storage(root).list('');
    } catch (error) {
      this.#host.log('warn', `could not list ${root}: ${toWire(error).message}`);
      return [];
    }
  }

  async #delete(location: CheckpointLocation): Promise<void> {
    try {
      await this.#host.storage(location.root).delete(location.name);
    } catch (error) {
      const why = toWire(error).message;
      this.#host.log('warn', `could not delete ${folderOf(location)}: ${why}`);
    }
  }
}
