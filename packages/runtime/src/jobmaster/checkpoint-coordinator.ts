/**
 * Takes checkpoints and savepoints of a running job and decides when one counts. Called by the
 * job's states and by the job master; one per job, through all its attempts.
 *
 * Laws:
 * - ids only grow, and each is durable before any task hears of it;
 * - tasks are told to commit after metadata and job record are durable, never before;
 * - a checkpoint ends once, completed or failed; late acknowledgements change nothing;
 * - a failover waits (`settled`) for the checkpoint whose metadata is being written, because a
 *   restore from the one before it would repeat what its commit makes visible;
 * - a checkpoint leaves the job record before its files are deleted.
 *
 * Semantics: Flink's CheckpointCoordinator. A savepoint of a running job is neither used for
 * recovery nor commits anything (FLIP-203); one that stops the job does both.
 */
import { fromWire, invariant, WeirError, type WireError } from '@weir/core';
import { writeMetadata } from '../checkpoint/checkpoint-metadata.ts';
import type { CheckpointType } from '../operators/output-buffer.ts';
import type { SubtaskSnapshot } from '../taskmanager/protocol.ts';
import type { TaskLocation } from '../taskmanager/task-location.ts';
import { CheckpointFolders } from './checkpoint-folders.ts';
import { CheckpointFailures, type CheckpointFailureReason } from './checkpoint-failures.ts';
import { CheckpointHistory } from './checkpoint-history.ts';
import type { CheckpointSettings } from './checkpoint-settings.ts';
import { discardsCheckpoints } from './checkpoint-settings.ts';
import type { CoordinatorHost } from './coordinator-host.ts';
import type { CheckpointsView, JobStatus } from './job-view.ts';
import { folderOf, PendingCheckpoint, type CheckpointLocation } from './pending-checkpoint.ts';
import { PeriodicTrigger } from './periodic-trigger.ts';
import type { RecordedCheckpoints } from './ports.ts';
import { type RetainedCheckpoint, RetainedCheckpoints } from './retained-checkpoints.ts';

export interface TakenCheckpoint {
  readonly id: number;
  readonly path: string;
}

interface Entry {
  readonly checkpoint: PendingCheckpoint;
  readonly attempt: number;
  readonly promise: Promise<TakenCheckpoint>;
  readonly resolve: (taken: TakenCheckpoint) => void;
  readonly reject: (error: unknown) => void;
  timeout: { cancel(): void } | null;
  /** Tasks have heard of it. */
  announced: boolean;
}

const FINAL_RETRY_FIRST_MS = 1000;
const FINAL_RETRY_MAX_MS = 30_000;

export class CheckpointCoordinator {
  readonly #host: CoordinatorHost;
  readonly #settings: CheckpointSettings;
  readonly #retained: RetainedCheckpoints;
  readonly #history = new CheckpointHistory();
  readonly #failures: CheckpointFailures;
  readonly #periodic: PeriodicTrigger;
  readonly #pending = new Map<number, Entry>();
  readonly #folders: CheckpointFolders;
  #nextId: number;
  /** The record that is being written makes it complete. */
  #completing: PendingCheckpoint | null = null;
  #attempt = 0;
  #active = false;
  /** The checkpoint after which the job ends was triggered: no other follows it. */
  #closing: CheckpointType | null = null;
  #drained = false;
  #finalRetryMs = FINAL_RETRY_FIRST_MS;
  #finalRetry: { cancel(): void } | null = null;
  /** Finalisations one after another, in the order in which they were fully acknowledged. */
  #finalizing: Promise<void> = Promise.resolve();

  constructor(
    host: CoordinatorHost,
    settings: CheckpointSettings,
    retained: readonly RetainedCheckpoint[],
    nextId: number,
    history: RecordedCheckpoints | null = null,
  ) {
    const isKept = (id: number): boolean => retained.some((kept) => kept.id === id);
    if (history !== null) this.#history.restore(history, isKept);
    this.#host = host;
    this.#settings = settings;
    this.#retained = new RetainedCheckpoints(retained, settings.retained);
    this.#failures = new CheckpointFailures(settings.tolerableFailures);
    this.#folders = new CheckpointFolders(host, settings);
    this.#nextId = nextId;
    this.#periodic = new PeriodicTrigger(
      settings,
      host,
      () => this.#countInProgress(),
      () => void this.#begin('checkpoint'),
    );
  }

  /** For the job record; the id after the last that was reserved. */
  get nextId(): number {
    return this.#nextId;
  }

  /** For the job record; oldest first, the last is where a failover starts from. */
  get retained(): readonly RetainedCheckpoint[] {
    return this.#retained.list;
  }

  /** For the job record. */
  get recordedHistory(): RecordedCheckpoints {
    return this.#history.recorded(this.#completing);
  }

  /** All tasks of an attempt are RUNNING. */
  start(): void {
    this.#active = true;
    this.#closing = null;
    this.#drained = false;
    this.#finalRetryMs = FINAL_RETRY_FIRST_MS;
    this.#periodic.start();
  }

  /**
   * The attempt is ending: gives up what is not fully acknowledged. Nothing is sent to the
   * attempt any more.
   */
  suspend(why: string): void {
    if (this.#active) this.#attempt++;
    this.#active = false;
    this.#periodic.stop();
    this.#finalRetry?.cancel();
    this.#finalRetry = null;
    for (const entry of [...this.#pending.values()]) {
      if (entry.checkpoint.phase !== 'FINALIZING') this.#fail(entry, 'failover', failed(why));
    }
  }

  /** Resolves when no checkpoint is being finalised; `retained` is then what a restore may use. */
  async settled(): Promise<void> {
    let seen: Promise<void>;
    do {
      seen = this.#finalizing;
      await seen;
    } while (seen !== this.#finalizing);
  }

  /**
   * Takes a checkpoint or savepoint now; resolves when it is durable and recorded.
   * `directory` is for savepoints; null = the configured one.
   * @throws WeirError CHECKPOINT_FAILED, CHECKPOINT_DECLINED, CHECKPOINT_EXPIRED, CONFIG_INVALID
   */
  async trigger(
    type: Exclude<CheckpointType, 'final'>,
    directory: string | null = null,
  ): Promise<TakenCheckpoint> {
    if (!this.#active)
      throw failed(
        `not all tasks are running: ${this.#host.describeNotRunning()}; try again later`,
      );
    if (this.#closing !== null || this.#drained) {
      throw failed('the job has had its last checkpoint and is finishing by itself');
    }
    if (type === 'checkpoint') return this.#begin(type);
    return this.#begin(type, this.#folders.savepoint(directory));
  }

  /** Every task has processed all its input; the job ends with one more checkpoint. */
  onAllDrained(): void {
    this.#drained = true;
    this.#triggerFinal();
  }

  onAcknowledge(location: TaskLocation, snapshot: SubtaskSnapshot): void {
    const entry = this.#pending.get(snapshot.checkpointId);
    if (entry === undefined) {
      this.#folders.onLateAcknowledgement(snapshot.checkpointId);
      return;
    }
    if (entry.checkpoint.phase !== 'COLLECTING') return;
    const { checkpoint } = entry;
    if (!checkpoint.acknowledge(location, snapshot, this.#host.clock.nowMs())) return;
    if (!checkpoint.isAcknowledged) return;
    entry.timeout?.cancel();
    checkpoint.enter('FINALIZING', this.#host.clock.nowMs());
    this.#finalizing = this.#finalizing
      .then(() => this.#finalize(entry))
      .catch((cause) => this.#host.failJob(failed('finalising a checkpoint', cause)));
  }

  onDecline(location: TaskLocation, checkpointId: number, error: WireError): void {
    const entry = this.#pending.get(checkpointId);
    if (entry === undefined || entry.checkpoint.phase !== 'COLLECTING') return;
    const task = this.#host.taskName(location);
    const reason = error.code === 'JOB_STATE_INVALID' ? 'declinedNotReady' : 'declined';
    const message = `${task} declined checkpoint ${checkpointId}: ${error.message}`;
    const declined = new WeirError('CHECKPOINT_DECLINED', message, { cause: fromWire(error) });
    this.#fail(entry, reason, declined);
  }

  /** The attempt starts from this one; ids go on after it. */
  onRestored(restored: NonNullable<CheckpointsView['restored']>): void {
    this.#nextId = Math.max(this.#nextId, restored.id + 1);
    this.#history.setRestored(restored);
    this.#host.emit({ type: 'restored', checkpointId: restored.id, atMs: restored.atMs });
  }

  /** Takes out of the record what the end of the job makes useless; `delete` once it is saved. */
  discardForEnd(end: JobStatus): { delete(): Promise<void> } {
    if (!discardsCheckpoints(this.#settings.retention, end)) return { delete: async () => {} };
    const dropped = this.#retained.clear();
    return {
      delete: async () => {
        await this.#discard(dropped);
        await this.#folders.deleteJob();
      },
    };
  }

  /** After a crash of the server: folders of checkpoints that never came into the record. */
  deleteOrphans(): Promise<void> {
    return this.#folders.deleteOrphans(this.#retained.list, this.#nextId);
  }

  view(): CheckpointsView {
    return this.#history.view();
  }

  /** `savepoint` null = among the job's checkpoints. */
  #begin(type: CheckpointType, savepoint: CheckpointLocation | null = null) {
    const id = this.#nextId++;
    const location = savepoint ?? this.#folders.checkpoint(id);
    const now = this.#host.clock.nowMs();
    const checkpoint = new PendingCheckpoint(id, type, location, now, this.#host.graph);
    const { promise, resolve, reject } = Promise.withResolvers<TakenCheckpoint>();
    // Periodic ones have no caller; their failures are in the history and in the failure count.
    promise.catch(() => {});
    const entry: Entry = {
      checkpoint,
      attempt: this.#attempt,
      promise,
      resolve,
      reject,
      timeout: null,
      announced: false,
    };
    entry.timeout = this.#host.timers.schedule(this.#settings.timeoutMs, () => this.#expire(entry));
    if (type === 'stop' || type === 'drain' || type === 'final') {
      this.#closing = type;
      this.#periodic.stop();
    }
    this.#pending.set(id, entry);
    this.#history.begin(checkpoint);
    this.#host.emit({ type: 'checkpoint', checkpoint: checkpoint.view(false) });
    this.#host.saveRecord().then(
      () => this.#announce(entry),
      (cause) => {
        const message = `the id of checkpoint ${id} could not be made durable`;
        this.#fail(entry, 'storage', failed(message, cause));
      },
    );
    return promise;
  }

  #announce(entry: Entry): void {
    const { checkpoint } = entry;
    if (checkpoint.phase !== 'RESERVING') return;
    checkpoint.enter('COLLECTING', this.#host.clock.nowMs());
    entry.announced = true;
    this.#host.send({
      type: 'triggerCheckpoint',
      checkpointId: checkpoint.id,
      triggeredAtMs: checkpoint.triggeredAtMs,
      checkpointType: checkpoint.type,
      folder: folderOf(checkpoint.location),
    });
  }

  #expire(entry: Entry): void {
    const { checkpoint } = entry;
    if (checkpoint.phase !== 'RESERVING' && checkpoint.phase !== 'COLLECTING') return;
    const message =
      `checkpoint ${checkpoint.id} expired after ${this.#settings.timeoutMs} ms, ` +
      checkpoint.describeMissing();
    this.#fail(entry, 'expired', new WeirError('CHECKPOINT_EXPIRED', message));
  }

  async #finalize(entry: Entry): Promise<void> {
    const { checkpoint } = entry;
    if (checkpoint.isOver) return;
    const { root, name } = checkpoint.location;
    const restorable = checkpoint.type !== 'savepoint';
    let dropped: readonly RetainedCheckpoint[] = [];
    try {
      const metadata = checkpoint.metadata(this.#host.jobId, this.#host.clock.nowMs());
      const published = await writeMetadata(this.#host.storage(root), name, metadata);
      if (!published) throw failed(`${root}/${name} holds another checkpoint's metadata`);
      if (restorable) {
        dropped = this.#retained.add({
          id: checkpoint.id,
          path: `${root}/${name}`,
          isSavepoint: checkpoint.type === 'stop' || checkpoint.type === 'drain',
        });
        this.#completing = checkpoint;
        await this.#host.saveRecord();
      }
    } catch (cause) {
      this.#completing = null;
      if (restorable) this.#retained.takeBack(checkpoint.id, dropped);
      const message = `checkpoint ${checkpoint.id} could not be made durable`;
      this.#fail(entry, 'storage', failed(message, cause));
      return;
    }
    this.#completing = null;
    this.#complete(entry);
    await this.#discard(dropped);
  }

  #complete(entry: Entry): void {
    const { checkpoint, attempt, resolve } = entry;
    checkpoint.enter('COMPLETED', this.#host.clock.nowMs());
    this.#pending.delete(checkpoint.id);
    this.#host.emit({ type: 'checkpoint', checkpoint: this.#history.end(checkpoint) });
    const alive = this.#active && attempt === this.#attempt;
    if (checkpoint.type !== 'savepoint') {
      this.#failures.onSuccess(checkpoint.id);
      this.#subsumeOlder(checkpoint.id);
      if (alive) {
        this.#host.send({ type: 'notifyCheckpointComplete', checkpointId: checkpoint.id });
      }
    }
    resolve({ id: checkpoint.id, path: folderOf(checkpoint.location) });
    this.#afterEnd(checkpoint.type === 'checkpoint');
  }

  /** Older ones that still wait are pointless now; savepoints are not. */
  #subsumeOlder(id: number): void {
    for (const entry of [...this.#pending.values()]) {
      const { checkpoint } = entry;
      if (checkpoint.id > id || checkpoint.type !== 'checkpoint') continue;
      this.#fail(entry, 'subsumed', failed(`checkpoint ${id} completed before ${checkpoint.id}`));
    }
  }

  #fail(entry: Entry, reason: CheckpointFailureReason, error: WeirError): void {
    const { checkpoint, attempt, announced } = entry;
    if (checkpoint.isOver) return;
    entry.timeout?.cancel();
    checkpoint.enter('FAILED', this.#host.clock.nowMs(), error.message);
    this.#pending.delete(checkpoint.id);
    this.#host.emit({ type: 'checkpoint', checkpoint: this.#history.end(checkpoint) });
    entry.reject(error);
    const alive = this.#active && attempt === this.#attempt;
    if (alive && announced) {
      this.#host.send({ type: 'notifyCheckpointAborted', checkpointId: checkpoint.id });
    }
    if (reason !== 'storage') this.#folders.abandon(checkpoint);
    if (alive) this.#afterFailure(entry, reason, error);
  }

  #afterFailure(entry: Entry, reason: CheckpointFailureReason, error: WeirError): void {
    const { checkpoint, announced } = entry;
    const { type } = checkpoint;
    if (this.#failures.onFailure(checkpoint.id, type, reason)) {
      const message = 'Exceeded checkpoint tolerable failure threshold. Latest';
      this.#host.failJob(failed(message, error));
    } else if (type === 'final') {
      this.#closing = null;
      this.#retryFinal();
    } else if (type === 'stop' || type === 'drain') {
      this.#closing = null;
      // After `stop` sources go on when they hear of the abort; after `drain` event time has ended.
      if (type === 'stop' || !announced) this.#periodic.start();
      else this.#host.failJob(failed('Stop with savepoint failed', error));
    }
    this.#afterEnd(false);
  }

  #afterEnd(completed: boolean): void {
    if (!this.#active || this.#closing !== null) return;
    if (this.#drained) this.#triggerFinal();
    else this.#periodic.onEnded(completed);
  }

  /** None is triggered from here on: those that overlap would put the last one off for ever. */
  #triggerFinal(): void {
    if (!this.#active || this.#closing !== null) return;
    this.#periodic.stop();
    if (this.#pending.size > 0 || this.#finalRetry !== null) return;
    void this.#begin('final');
  }

  #retryFinal(): void {
    invariant(this.#finalRetry === null, 'final checkpoint is retried twice');
    this.#finalRetry = this.#host.timers.schedule(this.#finalRetryMs, () => {
      this.#finalRetry = null;
      this.#triggerFinal();
    });
    this.#finalRetryMs = Math.min(this.#finalRetryMs * 2, FINAL_RETRY_MAX_MS);
  }

  #countInProgress(): number {
    let count = 0;
    for (const { checkpoint } of this.#pending.values()) {
      if (checkpoint.type === 'checkpoint') count++;
    }
    return count;
  }

  async #discard(dropped: readonly RetainedCheckpoint[]): Promise<void> {
    await this.#folders.deleteAll(dropped);
    for (const { id, isSavepoint } of dropped) if (!isSavepoint) this.#history.markDiscarded(id);
  }
}

function failed(message: string, cause?: unknown): WeirError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new WeirError('CHECKPOINT_FAILED', message + why, { cause });
}
