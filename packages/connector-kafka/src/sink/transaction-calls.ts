/** The requests that make, fill, end and find transactions, each tried again while that helps. */
import type { KafkaClient } from '../client/kafka-client.ts';
import { check } from '../client/kafka-failure.ts';
import type { TopicPartition } from '../protocol/api.ts';
import {
  ADD_OFFSETS_TO_TXN,
  ADD_PARTITIONS_TO_TXN,
  DESCRIBE_TRANSACTIONS,
  END_TXN,
  INIT_PRODUCER_ID,
  LIST_TRANSACTIONS,
  type OpenTransaction,
  type ProducerIdentity,
  type TransactionDescription,
  type TransactionIdentity,
  TXN_OFFSET_COMMIT,
} from '../protocol/transaction-apis.ts';

/** States in which a transaction is neither committed nor aborted, nor about to be. */
const OPEN_STATES = ['Ongoing'];

export interface CommitProof extends TopicPartition {
  readonly groupId: string;
  readonly offset: number;
  readonly metadata: string;
}

export class TransactionCalls {
  readonly #client: KafkaClient;

  constructor(client: KafkaClient) {
    this.#client = client;
  }

  /** A producer without transactions, whose repeated batches are recognised. */
  initIdempotent(): Promise<ProducerIdentity> {
    return this.#client.retry(async () => {
      const request = { transactionalId: null, timeoutMs: 60_000 };
      const { errorCode, producerId, epoch } = await this.#client.send(
        null,
        INIT_PRODUCER_ID,
        request,
      );
      check('InitProducerId', errorCode);
      return { producerId, epoch };
    });
  }

  /** Aborts what is open under this id, locks out whoever else uses it, and gives a new epoch. */
  init(transactionalId: string, timeoutMs: number): Promise<TransactionIdentity> {
    return this.#atCoordinator(transactionalId, async (node) => {
      const request = { transactionalId, timeoutMs };
      const answer = await this.#client.send(node, INIT_PRODUCER_ID, request);
      check(`InitProducerId of ${transactionalId}`, answer.errorCode);
      const { producerId, epoch } = answer;
      return { transactionalId, producerId, epoch };
    });
  }

  async addPartitions(
    transaction: TransactionIdentity,
    partitions: readonly TopicPartition[],
  ): Promise<void> {
    const { transactionalId } = transaction;
    await this.#atCoordinator(transactionalId, async (node) => {
      const request = { ...transaction, partitions };
      for (const { topic, partition, errorCode } of await this.#client.send(
        node,
        ADD_PARTITIONS_TO_TXN,
        request,
      )) {
        check(`AddPartitionsToTxn of ${topic}-${partition} to ${transactionalId}`, errorCode);
      }
    });
  }

  /** Makes an offset part of the transaction: it is there if, and only if, that was committed. */
  async addProof(transaction: TransactionIdentity, proof: CommitProof): Promise<void> {
    const { transactionalId } = transaction;
    const { groupId } = proof;
    await this.#atCoordinator(transactionalId, async (node) => {
      const request = { ...transaction, groupId };
      const { errorCode } = await this.#client.send(node, ADD_OFFSETS_TO_TXN, request);
      check(`AddOffsetsToTxn of ${transactionalId}`, errorCode);
    });
    await this.#client.withCoordinator('group', groupId, async (node) => {
      const request = { ...transaction, ...proof };
      for (const { errorCode } of await this.#client.send(node, TXN_OFFSET_COMMIT, request)) {
        check(`TxnOffsetCommit of ${transactionalId}`, errorCode);
      }
    });
  }

  /** Repeating it is harmless as long as the id was not initialised in between. */
  async end(transaction: TransactionIdentity, commit: boolean): Promise<void> {
    const { transactionalId } = transaction;
    await this.#atCoordinator(transactionalId, async (node) => {
      const { errorCode } = await this.#client.send(node, END_TXN, { ...transaction, commit });
      check(`EndTxn of ${transactionalId}`, errorCode);
    });
  }

  /** Open transactions of the whole cluster; each broker knows those that it coordinates. */
  listOpen(): Promise<readonly OpenTransaction[]> {
    return this.#client.retry(async () => {
      await this.#client.send(null, LIST_TRANSACTIONS, OPEN_STATES);
      await this.#client.transport.refreshBrokers();
      const answers = this.#client.transport.brokerIds().map(async (node) => {
        const answer = await this.#client.send(node, LIST_TRANSACTIONS, OPEN_STATES);
        check('ListTransactions', answer.errorCode);
        return answer.transactions;
      });
      return (await Promise.all(answers)).flat();
    });
  }

  /** What the coordinator knows of an id; null when nothing. */
  async describe(transactionalId: string): Promise<TransactionDescription | null> {
    return this.#atCoordinator(transactionalId, async (node) => {
      const [found] = await this.#client.send(node, DESCRIBE_TRANSACTIONS, transactionalId);
      return found === undefined || found.errorCode !== 0 ? null : found;
    });
  }

  #atCoordinator<T>(transactionalId: string, use: (node: number) => Promise<T>): Promise<T> {
    return this.#client.withCoordinator('transaction', transactionalId, use);
  }
}
