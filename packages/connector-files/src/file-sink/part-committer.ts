/**
 * Makes complete part files visible, and removes what earlier attempts left behind.
 *
 * Invariants: a rename is the commit, so that a file is seen whole or not at all; committing again
 * finds the pending file gone and does nothing; a pending file of a checkpoint up to the restored
 * one is never removed, because another subtask may be about to commit it.
 */
import { type Committer, type SinkContext, WeirError } from '@weir/core';
import { exists, removeFrom, renameIn, syncFolder } from './durable-folder.ts';
import type { PendingPart } from './pending-part.ts';
import type { PartNames } from './part-names.ts';

export class PartCommitter implements Committer<PendingPart> {
  readonly #folder: string;
  readonly #names: PartNames;
  readonly #live: ReadonlySet<string>;
  readonly #context: SinkContext;

  constructor(folder: string, names: PartNames, live: ReadonlySet<string>, context: SinkContext) {
    this.#folder = folder;
    this.#names = names;
    this.#live = live;
    this.#context = context;
  }

  async commit(parts: readonly PendingPart[]): Promise<void> {
    const folders = new Set<string>();
    for (const part of parts) {
      if (await this.#publish(part)) folders.add(part.folder);
    }
    for (const folder of folders) await syncFolder(folder);
  }

  async discardUncommitted(): Promise<void> {
    const { subtaskIndex, parallelism } = this.#context.taskInfo;
    const restoredId = this.#context.restoredCheckpointId ?? 0;
    await removeFrom(this.#folder, (name) => {
      const part = this.#names.parse(name);
      if (part === null || this.#live.has(name)) return false;
      // Subtasks of a wider earlier attempt are shared out among those there are now.
      if (part.subtask % parallelism !== subtaskIndex) return false;
      return part.checkpointId === null || part.checkpointId > restoredId;
    });
  }

  async #publish(part: PendingPart): Promise<boolean> {
    const { folder, pendingName, finalName } = part;
    try {
      if (!(await exists(folder, pendingName))) {
        if (await exists(folder, finalName)) return false;
        throw new WeirError(
          'SINK_FAILED',
          `${folder} has neither ${pendingName} nor ${finalName}: a file that a checkpoint ` +
            'counts on was removed; restore from an older checkpoint',
        );
      }
      await renameIn(folder, pendingName, await this.#freeName(folder, finalName));
      return true;
    } catch (cause) {
      if (cause instanceof WeirError) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      const text = `${finalName} can't be committed in ${folder}: ${why}`;
      throw new WeirError('SINK_FAILED', text, { cause, retryable: true });
    }
  }

  /** Another job may have left a file of that name; it is somebody's result and stays. */
  async #freeName(folder: string, finalName: string): Promise<string> {
    if (!(await exists(folder, finalName))) return finalName;
    const dot = finalName.lastIndexOf('.');
    for (let number = 1; ; number++) {
      const name = `${finalName.slice(0, dot)}-${number}${finalName.slice(dot)}`;
      if (!(await exists(folder, name))) return name;
    }
  }
}
