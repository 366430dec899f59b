/**
 * Commits positions to the consumer group when a checkpoint completes. They inform others (lag
 * tools, jobs that start from committed offsets); a restore never reads them.
 *
 * Invariants: one commit is in flight; while it is, only the latest completed checkpoint waits; a
 * failure is counted and does not fail the job.
 */
import type { KafkaClient } from '../client/kafka-client.ts';
import type { KafkaSplit } from './kafka-split.ts';
import type { SourceMetrics } from './source-metrics.ts';

type Committed = (splitId: string, offset: number) => void;

export class OffsetCommitter {
  readonly #client: KafkaClient;
  readonly #groupId: string | null;
  readonly #metrics: SourceMetrics;
  readonly #byCheckpoint = new Map<number, readonly KafkaSplit[]>();
  #waiting: readonly KafkaSplit[] | null = null;
  #busy = false;
  #warned = false;

  constructor(client: KafkaClient, groupId: string | null, metrics: SourceMetrics) {
    this.#client = client;
    this.#groupId = groupId;
    this.#metrics = metrics;
  }

  remember(checkpointId: number, splits: readonly KafkaSplit[]): void {
    if (this.#groupId !== null) this.#byCheckpoint.set(checkpointId, splits);
  }

  complete(checkpointId: number, committed: Committed): void {
    const splits = this.#byCheckpoint.get(checkpointId);
    for (const id of this.#byCheckpoint.keys()) {
      if (id <= checkpointId) this.#byCheckpoint.delete(id);
    }
    if (splits === undefined || splits.length === 0) return;
    this.#waiting = splits;
    if (!this.#busy) void this.#run(committed);
  }

  async #run(committed: Committed): Promise<void> {
    this.#busy = true;
    while (this.#waiting !== null) {
      const splits = this.#waiting;
      this.#waiting = null;
      const offsets = splits.map(({ topic, partition, position }) => ({
        topic,
        partition,
        offset: position,
        metadata: '',
      }));
      try {
        await this.#client.commitOffsets(this.#groupId!, offsets);
        this.#metrics.commitsSucceeded.inc();
        for (const { splitId, position } of splits) committed(splitId, position);
      } catch (error) {
        this.#metrics.commitsFailed.inc();
        this.#warn(error);
      }
    }
    this.#busy = false;
  }

  #warn(error: unknown): void {
    if (this.#warned) return;
    this.#warned = true;
    const why = error instanceof Error ? error.message : String(error);
    console.warn(`offsets of group ${this.#groupId} can't be committed, the job goes on: ${why}`);
  }
}
