/** Writes batches with every choice open: several per transaction, aborted ones, any compression. */
import { Kafka, logLevel } from 'kafkajs';
import { KafkaClient } from '../client/kafka-client.ts';
import { check } from '../client/kafka-failure.ts';
import { KafkajsTransport } from '../client/kafkajs-transport.ts';
import { ThrottleTimes } from '../client/throttle-times.ts';
import { PRODUCE } from '../protocol/produce-api.ts';
import {
  ADD_PARTITIONS_TO_TXN,
  INIT_PRODUCER_ID,
  type TransactionIdentity,
} from '../protocol/transaction-apis.ts';
import type { CompressionType } from '../records/compression.ts';
import {
  type RecordBytes,
  RecordBatchEncoder,
  type RecordHeader,
} from '../records/record-batch-encoder.ts';
import { TransactionCalls } from '../sink/transaction-calls.ts';
import { ConnectorContext } from './connector-context.ts';

export interface RawRecord {
  readonly key?: RecordBytes;
  readonly value: RecordBytes;
  readonly headers?: readonly RecordHeader[];
  readonly timestampMs?: number;
}

/** A client of its own with a deadline, on real time. */
export function rawClient(
  bootstrapServers: string,
  onSend?: (key: number, version: number) => void,
): KafkaClient {
  const { clock, timers } = new ConnectorContext();
  const config = { brokers: bootstrapServers.split(','), retry: { retries: 1 } };
  return new KafkaClient({
    transport: new KafkajsTransport(onSend === undefined ? { config } : { config, onSend }),
    clock,
    timers,
    retryFirstMs: 50,
    retryMaxMs: 500,
    deadlineMs: 30_000,
    throttle: new ThrottleTimes(clock),
  });
}

/** Makes a topic at once, without the seconds that Kafka's own tool takes to start. */
export async function createTopic(
  bootstrapServers: string,
  topic: string,
  partitions = 1,
): Promise<void> {
  const brokers = bootstrapServers.split(',');
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const topics = [{ topic, numPartitions: partitions }];
  // It would give up where a broker has not heard of the topic yet.
  await admin.createTopics({ topics, waitForLeaders: false });
  await admin.disconnect();
  const client = rawClient(bootstrapServers);
  for (let led = 0; led < partitions; ) {
    const [found] = await client.metadata([topic]);
    led = found?.partitions.filter(({ leader }) => leader >= 0).length ?? 0;
    if (led < partitions) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await client.close();
}

/** Writes one batch outside of transactions. */
export async function produce(
  client: KafkaClient,
  topic: string,
  records: readonly RawRecord[],
  options: { readonly partition?: number; readonly compression?: CompressionType } = {},
): Promise<void> {
  const { partition = 0, compression = 'none' } = options;
  await send(client, topic, partition, records, compression, null, -1);
}

/** One transaction that is open on one partition at a time. */
export class RawTransaction {
  readonly #client: KafkaClient;
  readonly #identity: TransactionIdentity;
  /** They go on from one transaction to the next, as long as the epoch stays. */
  readonly #sequences = new Map<string, number>();
  readonly #added = new Set<string>();

  private constructor(client: KafkaClient, identity: TransactionIdentity) {
    this.#client = client;
    this.#identity = identity;
  }

  static async begin(client: KafkaClient, transactionalId: string): Promise<RawTransaction> {
    const identity = await client.withCoordinator('transaction', transactionalId, async (node) => {
      const request = { transactionalId, timeoutMs: 60_000 };
      const answer = await client.send(node, INIT_PRODUCER_ID, request);
      check('InitProducerId', answer.errorCode);
      return { transactionalId, producerId: answer.producerId, epoch: answer.epoch };
    });
    return new RawTransaction(client, identity);
  }

  async produce(topic: string, records: readonly RawRecord[], partition = 0): Promise<void> {
    const id = `${topic}-${partition}`;
    const { transactionalId } = this.#identity;
    if (!this.#added.has(id)) {
      await this.#client.withCoordinator('transaction', transactionalId, async (node) => {
        const request = { ...this.#identity, partitions: [{ topic, partition }] };
        const outcomes = await this.#client.send(node, ADD_PARTITIONS_TO_TXN, request);
        for (const { errorCode } of outcomes) check('AddPartitionsToTxn', errorCode);
      });
      this.#added.add(id);
    }
    const sequence = this.#sequences.get(id) ?? 0;
    await send(this.#client, topic, partition, records, 'none', this.#identity, sequence);
    this.#sequences.set(id, sequence + records.length);
  }

  /**
   * Resolves when the markers are in the partitions: EndTxn is answered before that, and until then
   * the last stable offset stands at the transaction's beginning.
   */
  async end(commit: boolean): Promise<void> {
    const { transactionalId } = this.#identity;
    const calls = new TransactionCalls(this.#client);
    await calls.end(this.#identity, commit);
    for (;;) {
      const found = await calls.describe(transactionalId);
      if (found?.state === (commit ? 'CompleteCommit' : 'CompleteAbort')) break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    this.#added.clear();
  }
}

async function send(
  client: KafkaClient,
  topic: string,
  partition: number,
  records: readonly RawRecord[],
  compression: CompressionType,
  identity: TransactionIdentity | null,
  baseSequence: number,
): Promise<void> {
  const encoder = new RecordBatchEncoder();
  for (const { key = null, value, headers, timestampMs = Date.now() } of records) {
    encoder.add(timestampMs, key, value, headers);
  }
  const batch = encoder.finish({
    producerId: identity?.producerId ?? -1n,
    epoch: identity?.epoch ?? -1,
    baseSequence,
    transactional: identity !== null,
    compression,
    compressionLevel: null,
  });
  const transactionalId = identity?.transactionalId ?? null;
  const request = { topic, partition, transactionalId, acks: -1, timeoutMs: 10_000, batch };
  await client.retry(async () => {
    const leader = await client.leader(topic, partition);
    const [outcome] = await client.sendToLeader(leader, [request], PRODUCE, request);
    if (outcome!.errorCode !== 0) client.forgetLeader(topic, partition);
    check('Produce', outcome!.errorCode);
  });
}
