/**
 * Holds a server between two steps of a checkpoint, by what its storage has just done or is about
 * to do: so a kill lands exactly there, without a hook in the product.
 */
import { basename, dirname } from 'node:path';
import { FileStorage } from '../../storage/file-storage.ts';

/** In the order in which a checkpoint comes to them. */
export const CHECKPOINT_STEPS = [
  /** All subtasks have acknowledged; its metadata is not there yet. */
  'acknowledged',
  /** Its metadata is there; the job's record does not name it yet. */
  'published',
  /** A restore goes on from it; no task was told that it is complete. */
  'recorded',
] as const;
export type CheckpointStep = (typeof CHECKPOINT_STEPS)[number];

const METADATA = '_metadata';

export class CheckpointGate {
  #step: CheckpointStep | null = null;
  #reached = (): void => {};
  #release = (): void => {};
  /** Folder of the checkpoint whose metadata was published last. */
  #published: string | null = null;

  /** Stands before the storage of this process from here on. */
  constructor() {
    const gate = this;
    const { publishIfAbsent, replace } = FileStorage.prototype;
    FileStorage.prototype.publishIfAbsent = async function (path, bytes) {
      const isCheckpoint = basename(path) === METADATA;
      if (isCheckpoint) await gate.#hold('acknowledged');
      const published = await publishIfAbsent.call(this, path, bytes);
      if (isCheckpoint) {
        await gate.#hold('published');
        gate.#published = basename(dirname(path));
      }
      return published;
    };
    FileStorage.prototype.replace = async function (path, bytes) {
      await replace.call(this, path, bytes);
      if (gate.#published === null || !path.endsWith('.json')) return;
      if (namesCheckpoint(bytes, gate.#published)) await gate.#hold('recorded');
    };
  }

  /** Resolves when the next checkpoint has come to that step; there it stays. */
  holdNext(step: CheckpointStep): Promise<void> {
    return new Promise((reached) => {
      this.#step = step;
      this.#reached = reached;
    });
  }

  release(): void {
    this.#release();
  }

  #hold(step: CheckpointStep): Promise<void> {
    if (this.#step !== step) return Promise.resolve();
    this.#step = null;
    this.#reached();
    return new Promise((release) => {
      this.#release = release;
    });
  }
}

interface StoredRecord {
  readonly record?: { readonly checkpoints?: ReadonlyArray<{ readonly path: string }> };
}

/** True for the record of a job that goes on from this checkpoint. */
function namesCheckpoint(bytes: Uint8Array, name: string): boolean {
  const { record } = JSON.parse(Buffer.from(bytes).toString()) as StoredRecord;
  return record?.checkpoints?.some(({ path }) => basename(path) === name) ?? false;
}
