/**
 * A task's checkpoints under way: where their files go, which are being written, which were given
 * up, and which one is the task's last.
 *
 * Called by the task, on its thread. Folders are announced by the coordinator's trigger and may be
 * heard of after the barrier came.
 */
import { toWire } from '@weir/core';
import type { Alignment } from '../channels/contracts.ts';
import type { CheckpointBarrier } from '../operators/output-buffer.ts';
import type { StreamTaskSetup } from './stream-task-setup.ts';
import { TaskSnapshot } from './task-snapshot.ts';

export class TaskCheckpoints {
  readonly #setup: StreamTaskSetup;
  readonly #folders = new Map<number, PromiseWithResolvers<string>>();
  readonly #aborted = new Set<number>();
  readonly #snapshots = new Map<number, TaskSnapshot>();
  /** Of type `final`, `stop` or `drain`: the task ends with it. */
  readonly #last = new Set<number>();

  constructor(setup: StreamTaskSetup) {
    this.#setup = setup;
  }

  /** One that is still being written, null if none. */
  get beingWritten(): TaskSnapshot | null {
    if (this.#snapshots.size === 0) return null;
    for (const snapshot of this.#snapshots.values()) return snapshot;
    return null;
  }

  isAborted(checkpointId: number): boolean {
    return this.#aborted.has(checkpointId);
  }

  /** Does the task end when this checkpoint is complete? */
  isLast(checkpointId: number): boolean {
    return this.#last.has(checkpointId);
  }

  learnFolder(checkpointId: number, folder: string): void {
    this.#folder(checkpointId).resolve(folder);
  }

  /** The synchronous part at once, the rest in the background; reports what comes of it. */
  snapshot({ checkpointId, checkpointType }: CheckpointBarrier, alignment: Alignment): void {
    const { chain, clock, location, storage, yieldTurn, send } = this.#setup;
    const { vertexId, subtask } = location;
    const isLast = ['final', 'stop', 'drain'].includes(checkpointType);
    if (isLast) this.#last.add(checkpointId);
    const snapshot = new TaskSnapshot({
      checkpointId,
      alignment,
      nodes: chain.nodes,
      subtask,
      fileName: `${vertexId}-${subtask}`,
      clock,
      folder: this.#folder(checkpointId).promise,
      storage,
      yieldTurn,
      acknowledged: (result) => send({ type: 'acknowledge', vertexId, subtask, snapshot: result }),
      failed: (error) => this.#decline(checkpointId, error),
    });
    try {
      snapshot.freeze();
    } catch (error) {
      this.#decline(checkpointId, error);
      return;
    }
    this.#snapshots.set(checkpointId, snapshot);
    snapshot.written = snapshot.write().finally(() => this.#snapshots.delete(checkpointId));
  }

  /** Nothing more is heard of earlier checkpoints. */
  completed(checkpointId: number): void {
    for (const id of this.#folders.keys()) if (id <= checkpointId) this.#folders.delete(id);
    for (const id of this.#aborted) if (id <= checkpointId) this.#aborted.delete(id);
  }

  async abort(checkpointId: number): Promise<void> {
    this.#aborted.add(checkpointId);
    this.#folders.delete(checkpointId);
    this.#last.delete(checkpointId);
    const snapshot = this.#snapshots.get(checkpointId);
    this.#snapshots.delete(checkpointId);
    await snapshot?.abort();
  }

  /** Drops everything that is being written; nothing is reported. */
  async abandon(): Promise<void> {
    const snapshots = [...this.#snapshots.values()];
    this.#snapshots.clear();
    for (const snapshot of snapshots) await snapshot.abort();
  }

  #decline(checkpointId: number, error: unknown): void {
    const { vertexId, subtask } = this.#setup.location;
    this.#setup.send({ type: 'decline', vertexId, subtask, checkpointId, error: toWire(error) });
  }

  #folder(checkpointId: number): PromiseWithResolvers<string> {
    let folder = this.#folders.get(checkpointId);
    if (folder === undefined) {
      folder = Promise.withResolvers<string>();
      this.#folders.set(checkpointId, folder);
    }
    return folder;
  }
}
