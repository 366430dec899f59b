/**
 * What the console and REST see of checkpoints: counts, and the newest ones. Beyond the bound the
 * oldest go, except the latest completed, the latest savepoint and the latest failed one.
 */
import type { CheckpointsView, CheckpointView } from './job-view.ts';
import type { PendingCheckpoint } from './pending-checkpoint.ts';

export const CHECKPOINT_HISTORY_MAX = 24;

export class CheckpointHistory {
  #inProgress: PendingCheckpoint[] = [];
  /** Newest first. */
  #ended: CheckpointView[] = [];
  #total = 0;
  #completed = 0;
  #failed = 0;
  #restoredCount = 0;
  #restored: CheckpointsView['restored'] = null;

  begin(checkpoint: PendingCheckpoint): void {
    this.#inProgress.push(checkpoint);
    this.#total++;
  }

  end(checkpoint: PendingCheckpoint): CheckpointView {
    this.#inProgress = this.#inProgress.filter((other) => other !== checkpoint);
    const view = checkpoint.view(false);
    if (view.status === 'COMPLETED') this.#completed++;
    else this.#failed++;
    this.#ended = [view, ...this.#ended].sort((left, right) => right.id - left.id);
    this.#evict();
    return view;
  }

  markDiscarded(id: number): void {
    this.#ended = this.#ended.map((view) => (view.id === id ? { ...view, discarded: true } : view));
  }

  setRestored(restored: NonNullable<CheckpointsView['restored']>): void {
    this.#restored = restored;
    this.#restoredCount++;
  }

  view(): CheckpointsView {
    const inProgress = this.#inProgress.map((checkpoint) => checkpoint.view(false));
    return {
      counts: {
        restored: this.#restoredCount,
        total: this.#total,
        inProgress: inProgress.length,
        completed: this.#completed,
        failed: this.#failed,
      },
      history: [...inProgress, ...this.#ended].sort((left, right) => right.id - left.id),
      restored: this.#restored,
    };
  }

  #evict(): void {
    if (this.#ended.length <= CHECKPOINT_HISTORY_MAX) return;
    const kept = new Set([
      this.#ended.find((view) => view.status === 'COMPLETED' && view.type === 'checkpoint'),
      this.#ended.find((view) => view.status === 'COMPLETED' && view.type !== 'checkpoint'),
      this.#ended.find((view) => view.status === 'FAILED'),
    ]);
    const oldest = this.#ended.findLastIndex((view) => !kept.has(view));
    this.#ended.splice(oldest, 1);
  }
}
