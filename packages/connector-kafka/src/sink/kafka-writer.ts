/**
 * Writes one subtask's records: serialises, chooses partitions, bounds what waits in memory, and
 * gives a checkpoint the transaction that it has to commit.
 *
 * Invariants
 * - at most `buffer.memory` and one record wait; then `write` refuses until half of it has gone;
 * - a transaction holds exactly the records between two checkpoints; the next one is ready before
 *   the last is handed over, and is begun only after everything of the last was answered;
 * - after a failure nothing is acknowledged any more, and the failure is thrown on the task's stack.
 *
 * Semantics: Flink's KafkaWriter and ExactlyOnceKafkaWriter.
 */
import {
  type Counter,
  type EventTimeMs,
  invariant,
  MIN_TIMESTAMP,
  type SinkContext,
  type SinkWriter,
  type TimerHandle,
} from '@weir/core';
import type { KafkaClient } from '../client/kafka-client.ts';
import { KafkaFailure } from '../client/kafka-failure.ts';
import { pause } from '../client/pause.ts';
import type { ProducerIdentity, TransactionIdentity } from '../protocol/transaction-apis.ts';
import { RecordBatchEncoder } from '../records/record-batch-encoder.ts';
import type { KafkaCommittable } from './kafka-committable.ts';
import { PartitionAdder } from './partition-adder.ts';
import type { PartitionQueue, QueueOwner } from './partition-queue.ts';
import { partitionOfKey } from './partitioner.ts';
import type {
  KafkaRecordSerializationSchema,
  ProducerRecord,
  SerializationContext,
} from './serializers.ts';
import { recordTooLarge, sinkFailure } from './sink-errors.ts';
import type { SinkSettings } from './sink-settings.ts';
import { type SinkTopic, SinkTopics } from './sink-topics.ts';
import type { CommitProof, TransactionCalls } from './transaction-calls.ts';
import type { TransactionRing } from './transaction-ring.ts';

export interface KafkaWriterOptions<T> {
  readonly client: KafkaClient;
  readonly calls: TransactionCalls;
  readonly settings: SinkSettings;
  readonly serializer: KafkaRecordSerializationSchema<T>;
  readonly context: SinkContext;
  /** Null without transactions. */
  readonly ring: TransactionRing | null;
  readonly groupId: string;
  /** False: a checkpoint does not wait for records to arrive. */
  readonly flushes: boolean;
}

/** What closing may take; a transaction that stays open is aborted by the next start. */
const ABORT_MS_MAX = 3000;

export class KafkaWriter<T> implements SinkWriter<T, KafkaCommittable>, QueueOwner {
  readonly client: KafkaClient;
  readonly settings: SinkSettings;
  identity: ProducerIdentity = { producerId: -1n, epoch: -1 };
  readonly #options: KafkaWriterOptions<T>;
  readonly #topics: SinkTopics;
  readonly #sends: Counter;
  readonly #bytesOut: Counter;
  readonly #errors: Counter;
  #transaction: TransactionIdentity | null = null;
  #adder: PartitionAdder | null = null;
  /** The transaction after this one, initialised while this one is written. */
  #next: Promise<TransactionIdentity> | null = null;
  #bytes = 0;
  #isFull = false;
  #linger: TimerHandle | null = null;
  #failure: { readonly error: unknown } | null = null;
  #sendMs = 0;
  #closed = false;
  #withoutProof = false;
  #recordMs: number | null = null;
  readonly #serialization: SerializationContext;

  constructor(options: KafkaWriterOptions<T>) {
    const { client, settings, context } = options;
    const { metricGroup } = context;
    this.client = client;
    this.settings = settings;
    this.#options = options;
    this.#topics = new SinkTopics({
      client,
      owner: this,
      timers: context.timers,
      subtaskIndex: context.taskInfo.subtaskIndex,
      maxAgeMs: settings.metadataAgeMs,
      answered: () => context.wakeUp(),
      failed: (error) => this.failed(error),
    });
    this.#sends = metricGroup.counter('numRecordsSend');
    this.#bytesOut = metricGroup.counter('numBytesSend');
    this.#errors = metricGroup.counter('numRecordsSendErrors');
    client.throttle.register(metricGroup.addGroup('KafkaProducer'), 'Produce');
    metricGroup.gauge('currentSendTime', () => this.#sendMs);
    const recordMs = (): number | null => this.#recordMs;
    this.#serialization = {
      get timestampMs() {
        return recordMs();
      },
      partitionsOf: (topic) => this.#topics.get(topic)?.queues.length ?? null,
    };
  }

  get transactionalId(): string | null {
    return this.#transaction?.transactionalId ?? null;
  }

  async open(): Promise<void> {
    const { calls, settings, serializer, ring, context } = this.#options;
    const { subtaskIndex, parallelism } = context.taskInfo;
    try {
      await serializer.open?.(subtaskIndex, parallelism);
      if (ring !== null) this.#begin(await this.#initialise(ring));
      else if (settings.idempotent) this.identity = await calls.initIdempotent();
    } catch (error) {
      throw sinkFailure(error, settings);
    }
  }

  write(record: T, timestampMs: EventTimeMs): boolean {
    this.#throwFailure();
    if (this.#bytes >= this.settings.bufferBytes) {
      this.#isFull = true;
      return false;
    }
    this.#recordMs = timestampMs === MIN_TIMESTAMP ? null : timestampMs;
    const out = this.#options.serializer.serialize(record, this.#serialization);
    if (out === null) return true;
    const topic = this.#topics.get(out.topic);
    const queue = topic === null ? null : this.#choose(topic, out);
    // The same record is offered again once the topic's partitions are known.
    if (queue === null) return false;
    this.#append(queue, out);
    return true;
  }

  async flush(endOfInput: boolean): Promise<void> {
    for (const queue of this.#topics.all()) queue.push();
    if (this.#options.flushes || endOfInput) {
      await Promise.all(this.#topics.all().map((queue) => queue.drained()));
    }
    this.#throwFailure();
  }

  async prepareCommit(checkpointId: number): Promise<readonly KafkaCommittable[]> {
    const { ring, context, groupId, settings } = this.#options;
    if (ring === null) return [];
    ring.takingCheckpoint(checkpointId);
    const transaction = this.#transaction!;
    const place = this.#adder!.first;
    if (place === null) return [];
    invariant(this.#bytes === 0, 'a transaction is handed over while records wait');
    const { jobId } = context;
    try {
      await this.#addProof({ ...place, groupId, offset: checkpointId, metadata: jobId });
      const next = await this.#next!.catch(() => this.#initialise(ring));
      ring.prepared(transaction.transactionalId);
      this.#begin(next);
    } catch (error) {
      throw sinkFailure(error, settings);
    }
    return [{ ...transaction, ...place, groupId, jobId, checkpointId }];
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#linger?.cancel();
    this.#topics.close();
    for (const queue of this.#topics.all()) queue.die();
    const { calls, ring, context } = this.#options;
    // Readers of committed records would wait for its timeout.
    if (this.#transaction !== null && this.#adder?.first !== null) {
      const aborted = calls.end(this.#transaction, false).catch(() => {});
      await Promise.race([aborted, pause(context.timers, ABORT_MS_MAX)]);
    }
    if (ring === null) await this.client.close();
  }

  added(topic: string, partition: number): Promise<void> {
    return this.#adder?.add(topic, partition) ?? Promise.resolve();
  }

  bytesChanged(difference: number): void {
    this.#bytes += difference;
    if (!this.#isFull || this.#bytes > this.settings.bufferBytes / 2) return;
    this.#isFull = false;
    this.#options.context.wakeUp();
  }

  sent(records: number, bytes: number, tookMs: number): void {
    this.#sends.inc(records);
    this.#bytesOut.inc(bytes);
    this.#sendMs = tookMs;
  }

  failed(error: unknown): void {
    if (this.#failure !== null || this.#closed) return;
    this.#errors.inc();
    this.#failure = { error: sinkFailure(error, this.settings) };
    for (const queue of this.#topics.all()) queue.die();
    this.#options.context.wakeUp();
  }

  #append(queue: PartitionQueue, out: ProducerRecord): void {
    const { requestBytesMax, batchBytes, lingerMs } = this.settings;
    const { key, value, headers } = out;
    const boundBytes = RecordBatchEncoder.bytesAtMost(key, value, headers);
    if (queue.collectingBytes + boundBytes > requestBytesMax) this.#makeRoom(queue, out);
    const timestampMs = out.timestampMs ?? this.#recordMs ?? this.#options.context.clock.nowMs();
    queue.append(timestampMs, key, value, headers);
    if (queue.collectingBytes >= batchBytes) queue.push();
    else if (lingerMs <= 0) queue.pushIfFree();
    else this.#startLinger();
  }

  /** @throws WeirError when not even a request of its own would be large enough. */
  #makeRoom(queue: PartitionQueue, { topic, key, value, headers }: ProducerRecord): void {
    const { requestBytesMax } = this.settings;
    const recordBytes = RecordBatchEncoder.bytesOf(key, value, headers);
    if (queue.collecting > 0 && queue.collectingBytes + recordBytes > requestBytesMax) queue.push();
    if (queue.collectingBytes + recordBytes > requestBytesMax) {
      throw recordTooLarge(topic, recordBytes, requestBytesMax);
    }
  }

  #choose(topic: SinkTopic, { key, partition }: ProducerRecord): PartitionQueue | null {
    const { queues } = topic;
    if (partition !== null) return this.#topics.named(topic, partition);
    if (key !== null && !this.settings.ignoreKeys)
      return queues[partitionOfKey(key, queues.length)]!;
    const sticky = queues[topic.sticky]!;
    if (sticky.collecting > 0) return sticky;
    // A batch has left: the next one goes to the next partition.
    topic.sticky = (topic.sticky + 1) % queues.length;
    return queues[topic.sticky]!;
  }

  #startLinger(): void {
    if (this.#linger !== null) return;
    const { timers } = this.#options.context;
    this.#linger = timers.schedule(this.settings.lingerMs, () => {
      this.#linger = null;
      let collecting = false;
      for (const queue of this.#topics.all()) {
        if (queue.collecting === 0) continue;
        queue.pushIfFree();
        collecting ||= queue.collecting > 0;
      }
      if (collecting && !this.#closed) this.#startLinger();
    });
  }

  /** Only ever asked for when a broker has forgotten a transaction; a job can live without. */
  async #addProof(proof: CommitProof): Promise<void> {
    if (this.#withoutProof) return;
    try {
      await this.#options.calls.addProof(this.#transaction!, proof);
    } catch (error) {
      if (!(error instanceof KafkaFailure) || error.kind !== 'access') throw error;
      this.#withoutProof = true;
      console.warn(
        `no proof of commits is kept, so old savepoints may be refused: ${error.message}`,
      );
    }
  }

  #begin(transaction: TransactionIdentity): void {
    const { ring, calls } = this.#options;
    this.#transaction = transaction;
    this.identity = transaction;
    this.#adder = new PartitionAdder(calls, transaction);
    for (const queue of this.#topics.all()) queue.begin();
    this.#next = this.#initialise(ring!);
    // Whoever needs it sees the failure.
    this.#next.catch(() => {});
  }

  #initialise(ring: TransactionRing): Promise<TransactionIdentity> {
    return this.#options.calls.init(ring.take(), this.settings.transactionTimeoutMs);
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}
