/**
 * Commits the transactions of completed checkpoints, and aborts what earlier attempts left open.
 *
 * Invariants
 * - a commit is repeated until the broker confirms it; the transaction's identity is the one from
 *   the checkpoint, never a new one;
 * - a broker that no longer knows the transaction means loss, unless the proof that was written in
 *   it says that it was committed: the job fails loudly, or goes on where it was told to;
 * - no transaction is aborted that any subtask's restored checkpoint names.
 */
import type { Committer, Counter, SinkContext } from '@weir/core';
import type { KafkaClient } from '../client/kafka-client.ts';
import { KafkaFailure } from '../client/kafka-failure.ts';
import { errorName, isLostTransaction } from '../protocol/error-codes.ts';
import type { KafkaCommittable } from './kafka-committable.ts';
import { lostTransaction, sinkFailure } from './sink-errors.ts';
import type { SinkSettings } from './sink-settings.ts';
import type { TransactionCalls } from './transaction-calls.ts';
import type { TransactionRing } from './transaction-ring.ts';

export interface KafkaCommitterOptions {
  readonly client: KafkaClient;
  readonly calls: TransactionCalls;
  readonly settings: SinkSettings;
  readonly ring: TransactionRing;
  readonly context: SinkContext;
  readonly lostTransactions: 'fail' | 'skip';
}

export class KafkaCommitter implements Committer<KafkaCommittable> {
  readonly #options: KafkaCommitterOptions;
  readonly #lost: Counter;

  constructor(options: KafkaCommitterOptions) {
    this.#options = options;
    this.#lost = options.context.metricGroup.counter('transactionsLost');
  }

  async commit(committables: readonly KafkaCommittable[]): Promise<void> {
    const { ring, context } = this.#options;
    for (const committable of committables) {
      ring.checkpointComplete(committable.checkpointId);
      await this.#commitOne(committable);
      // Not before the caller has dropped it from what the next checkpoint will hold.
      context.timers.schedule(0, () => ring.committed(committable.transactionalId));
    }
  }

  async discardUncommitted(restored: readonly KafkaCommittable[]): Promise<void> {
    const { calls, ring, settings, context } = this.#options;
    const { subtaskIndex, parallelism } = context.taskInfo;
    const named = new Set(restored.map(({ transactionalId }) => transactionalId));
    for (const transactionalId of named) ring.committed(transactionalId);
    try {
      for (const { transactionalId } of await calls.listOpen()) {
        const subtask = ring.subtaskOf(transactionalId);
        if (subtask === null || subtask % parallelism !== subtaskIndex) continue;
        if (named.has(transactionalId)) continue;
        await calls.init(transactionalId, settings.transactionTimeoutMs);
      }
    } catch (error) {
      throw sinkFailure(error, settings);
    }
  }

  close(): Promise<void> {
    return this.#options.client.close();
  }

  async #commitOne(committable: KafkaCommittable): Promise<void> {
    const { calls, settings } = this.#options;
    const { transactionalId, producerId, epoch } = committable;
    try {
      await calls.end({ transactionalId, producerId, epoch }, true);
    } catch (error) {
      const code = error instanceof KafkaFailure ? error.errorCode : null;
      if (code === null || !isLostTransaction(code)) throw sinkFailure(error, settings);
      await this.#refused(committable, code, error);
    }
  }

  /** The broker knows nothing of this transaction any more: it was committed before, or is lost. */
  async #refused(committable: KafkaCommittable, code: number, cause: unknown): Promise<void> {
    const { settings, lostTransactions, calls } = this.#options;
    const { transactionalId, checkpointId, epoch } = committable;
    if (await this.#wasCommitted(committable)) return;
    const found = await calls.describe(transactionalId).catch(() => null);
    const state =
      found === null
        ? `unknown to the brokers (${errorName(code)})`
        : `in state ${found.state}, at epoch ${found.epoch} where the checkpoint has ${epoch}`;
    const { transactionTimeoutMs } = settings;
    const error = lostTransaction(
      transactionalId,
      checkpointId,
      state,
      transactionTimeoutMs,
      cause,
    );
    if (lostTransactions === 'fail') throw error;
    this.#lost.inc();
    console.error(`${error.message}. Goes on without it, as it was told to`);
  }

  async #wasCommitted(committable: KafkaCommittable): Promise<boolean> {
    const { client, settings } = this.#options;
    const { groupId, topic, partition, checkpointId, jobId } = committable;
    try {
      const partitions = [{ topic, partition }];
      const [found] = await client.committedOffsets({ groupId, partitions });
      return found !== undefined && found.metadata === jobId && found.offset >= checkpointId;
    } catch (error) {
      throw sinkFailure(error, settings);
    }
  }
}
