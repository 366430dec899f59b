/**
 * Counts failed checkpoints in a row. Semantics: Flink's CheckpointFailureManager: what the job or
 * the coordinator caused itself (a failover, a newer checkpoint, a task that is not ready) does
 * not count, nor do savepoints; one checkpoint counts once; a success starts over.
 */
import type { CheckpointType } from '../operators/output-buffer.ts';

export type CheckpointFailureReason =
  | 'declined'
  | 'declinedNotReady'
  | 'expired'
  | 'storage'
  | 'subsumed'
  | 'failover';

const COUNTED: ReadonlySet<CheckpointFailureReason> = new Set(['declined', 'expired', 'storage']);

export class CheckpointFailures {
  readonly #tolerable: number;
  #consecutive = 0;
  #lastSuccess = 0;

  constructor(tolerable: number) {
    this.#tolerable = tolerable;
  }

  onSuccess(checkpointId: number): void {
    if (checkpointId <= this.#lastSuccess) return;
    this.#lastSuccess = checkpointId;
    this.#consecutive = 0;
  }

  /** True when the job has to fail; the count then starts over. */
  onFailure(checkpointId: number, type: CheckpointType, reason: CheckpointFailureReason): boolean {
    if (type !== 'checkpoint' || !COUNTED.has(reason)) return false;
    if (checkpointId < this.#lastSuccess) return false;
    this.#consecutive++;
    if (this.#consecutive <= this.#tolerable) return false;
    this.#consecutive = 0;
    return true;
  }
}
