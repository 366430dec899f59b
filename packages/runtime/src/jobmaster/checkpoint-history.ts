/**
 * What the console and REST see of checkpoints: counts, and the newest ones. Beyond the bound the
 * oldest go, except the latest completed, the latest savepoint and the latest failed one.
 */
import type { CheckpointsView, CheckpointView } from './job-view.ts';
import { folderOf, type PendingCheckpoint } from './pending-checkpoint.ts';
import type { RecordedCheckpoints } from './ports.ts';

export const CHECKPOINT_HISTORY_MAX = 24;
/** Of all checkpoints in the job's record, which is written with every checkpoint. */
const RECORDED_SUBTASKS_MAX = 300;

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

  /**
   * What an earlier server process recorded; what was in progress then has no end.
   * @param isKept of its completed checkpoints
   */
  restore(recorded: RecordedCheckpoints, isKept: (id: number) => boolean): void {
    const { completed, failed, restoredCount, restored, ended } = recorded;
    this.#completed = completed;
    this.#failed = failed;
    this.#total = completed + failed;
    this.#restoredCount = restoredCount;
    this.#restored = restored;
    this.#ended = [...ended].sort((left, right) => right.id - left.id);
    for (const { id, status, type } of ended) {
      const own = type === 'checkpoint' || type === 'final';
      if (own && status === 'COMPLETED' && !isKept(id)) this.markDiscarded(id);
    }
  }

  /**
   * For the record. @param completing the checkpoint whose completion this very record makes true.
   */
  recorded(completing: PendingCheckpoint | null): RecordedCheckpoints {
    const views = completing === null ? this.#ended : [completed(completing), ...this.#ended];
    const ended: CheckpointView[] = [];
    let left = RECORDED_SUBTASKS_MAX;
    for (const view of views) {
      left -= view.tasks.reduce((sum, { subtasks }) => sum + subtasks.length, 0);
      if (left < 0) break;
      ended.push(view);
    }
    return {
      completed: this.#completed + (completing === null ? 0 : 1),
      failed: this.#failed,
      restoredCount: this.#restoredCount,
      restored: this.#restored,
      ended,
    };
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

function completed(checkpoint: PendingCheckpoint): CheckpointView {
  const view = checkpoint.view(false);
  const path = folderOf(checkpoint.location);
  return { ...view, status: 'COMPLETED', completedAtMs: view.latestAckAtMs, path };
}
