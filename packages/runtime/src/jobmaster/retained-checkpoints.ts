/**
 * The completed checkpoints that the job record lists, oldest first; the last one is where a
 * failover starts. A savepoint that stopped the job stands here too, does not count as retained
 * and gives way to the next checkpoint.
 *
 * Invariants: ids ascend; there are never more checkpoints than are retained.
 */
import { invariant } from '@weir/core';
import type { JobRecord } from './ports.ts';

export type RetainedCheckpoint = JobRecord['checkpoints'][number];

export class RetainedCheckpoints {
  readonly #max: number;
  #list: readonly RetainedCheckpoint[];

  constructor(list: readonly RetainedCheckpoint[], max: number) {
    this.#list = list;
    this.#max = max;
  }

  get list(): readonly RetainedCheckpoint[] {
    return this.#list;
  }

  /** Returns what it pushed out. */
  add(checkpoint: RetainedCheckpoint): readonly RetainedCheckpoint[] {
    const last = this.#list.at(-1);
    invariant(last === undefined || last.id < checkpoint.id, 'checkpoint ids must ascend', {
      last: last?.id ?? null,
      added: checkpoint.id,
    });
    const before = this.#list;
    const checkpoints = [...before, checkpoint].filter((other) => !other.isSavepoint);
    const kept = new Set(checkpoints.slice(-this.#max));
    kept.add(checkpoint);
    this.#list = [...before, checkpoint].filter((other) => kept.has(other));
    return before.filter((other) => !kept.has(other));
  }

  /** Undoes `add` when the record could not be saved. */
  takeBack(id: number, dropped: readonly RetainedCheckpoint[]): void {
    const kept = this.#list.filter((checkpoint) => checkpoint.id !== id);
    this.#list = [...dropped, ...kept].sort((left, right) => left.id - right.id);
  }

  clear(): readonly RetainedCheckpoint[] {
    const dropped = this.#list;
    this.#list = [];
    return dropped;
  }
}
