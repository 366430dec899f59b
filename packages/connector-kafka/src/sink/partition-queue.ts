/**
 * Collects records of one partition into batches and sends them, several at a time, in order.
 *
 * Invariants
 * - batches have consecutive sequence numbers, and the broker sees them in that order;
 * - at most `inFlightMax` are on their way; the broker remembers that many, so that any of them may
 *   be sent again and is not taken twice;
 * - a producer's first batch goes alone: a broker that does not know the producer yet takes any
 *   sequence number for the first, so that a second batch would be taken in its place;
 * - after a failure nothing new is sent until everything unanswered was sent again, in order, one
 *   by one;
 * - a batch is either answered or fails the sink; none is dropped.
 */
import type { KafkaClient } from '../client/kafka-client.ts';
import { KafkaFailure, refusal } from '../client/kafka-failure.ts';
import {
  DUPLICATE_SEQUENCE_NUMBER,
  OUT_OF_ORDER_SEQUENCE_NUMBER,
} from '../protocol/error-codes.ts';
import { PRODUCE } from '../protocol/produce-api.ts';
import type { ProducerIdentity } from '../protocol/transaction-apis.ts';
import { HEADER_BYTES } from '../records/batch-header.ts';
import {
  RecordBatchEncoder,
  type RecordBytes,
  type RecordHeader,
} from '../records/record-batch-encoder.ts';
import type { SinkSettings } from './sink-settings.ts';

export interface QueueOwner {
  readonly client: KafkaClient;
  readonly settings: SinkSettings;
  /** Null in the place of a transactional id: no transactions. */
  readonly transactionalId: string | null;
  readonly identity: ProducerIdentity;
  /** The partition is part of the transaction. */
  added(topic: string, partition: number): Promise<void>;
  /** A batch was answered, or has become bytes of that many instead of `bytesBefore`. */
  bytesChanged(difference: number): void;
  sent(records: number, bytes: number, tookMs: number): void;
  failed(error: unknown): void;
}

interface Batch {
  readonly bytes: Buffer;
  readonly count: number;
}

/** Memory that a new batch takes at first, unless the last one was larger. */
const CAPACITY_LEAST = 1024;

export class PartitionQueue {
  readonly topic: string;
  readonly partition: number;
  readonly #owner: QueueOwner;
  #encoder: RecordBatchEncoder;
  #capacity = CAPACITY_LEAST;
  #sequence = 0;
  /** The broker has taken a batch of this producer. */
  #isKnown = false;
  #sealed: Batch[] = [];
  #inFlight: Batch[] = [];
  #recovering: Promise<void> | null = null;
  /** Batches in flight whose first attempt has failed. */
  #unanswered = 0;
  #idle: Array<() => void> = [];
  #dead = false;

  constructor(topic: string, partition: number, owner: QueueOwner) {
    this.topic = topic;
    this.partition = partition;
    this.#owner = owner;
    this.#encoder = new RecordBatchEncoder(this.#capacity);
  }

  /** Records that no batch was made of yet. */
  get collecting(): number {
    return this.#encoder.count;
  }

  get collectingBytes(): number {
    return this.#encoder.byteLength;
  }

  get isIdle(): boolean {
    return this.#encoder.count === 0 && this.#sealed.length === 0 && this.#inFlight.length === 0;
  }

  /** A new producer or transaction begins; only while idle. */
  begin(): void {
    this.#sequence = 0;
    this.#isKnown = false;
  }

  append(
    timestampMs: number,
    key: RecordBytes,
    value: RecordBytes,
    headers: readonly RecordHeader[],
  ): void {
    const before = this.#encoder.byteLength;
    this.#encoder.add(timestampMs, key, value, headers);
    this.#owner.bytesChanged(this.#encoder.byteLength - before);
  }

  /** Makes a batch of what was collected, and sends as much as may be on its way. */
  push(): void {
    if (this.#encoder.count > 0) this.#seal();
    this.#pump();
  }

  /** Makes a batch only if it can leave at once; otherwise it may as well grow. */
  pushIfFree(): void {
    if (this.#sealed.length === 0 && this.#inFlight.length < this.#inFlightMax) this.push();
  }

  /** Resolves when everything is answered, or the sink has failed. */
  drained(): Promise<void> {
    if (this.isIdle || this.#dead) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** The sink has failed: whoever waits is let go. */
  die(): void {
    this.#dead = true;
    this.#letGo();
  }

  #seal(): void {
    const { settings, identity, transactionalId } = this.#owner;
    const { compression, compressionLevel, idempotent } = settings;
    const encoder = this.#encoder;
    const before = encoder.byteLength;
    const bytes = encoder.finish({
      producerId: identity.producerId,
      epoch: identity.epoch,
      baseSequence: idempotent ? this.#sequence : -1,
      transactional: transactionalId !== null,
      compression,
      compressionLevel,
    });
    // The header was not counted while records came in.
    this.#owner.bytesChanged(bytes.length - (before - HEADER_BYTES));
    this.#sealed.push({ bytes, count: encoder.count });
    // Sequence numbers go round at 2^31.
    this.#sequence = (this.#sequence + encoder.count) % 2 ** 31;
    this.#capacity = Math.max(CAPACITY_LEAST, Math.ceil(before * 1.1));
    this.#encoder = new RecordBatchEncoder(this.#capacity);
  }

  get #inFlightMax(): number {
    return this.#isKnown ? this.#owner.settings.inFlightMax : 1;
  }

  #pump(): void {
    while (this.#recovering === null && !this.#dead) {
      if (this.#inFlight.length >= this.#inFlightMax) return;
      const batch = this.#sealed.shift();
      if (batch === undefined) return;
      this.#inFlight.push(batch);
      void this.#send(batch);
    }
  }

  async #send(batch: Batch): Promise<void> {
    try {
      await this.#request(batch);
      this.#answered(batch);
    } catch (error) {
      this.#failedOnce(error);
    }
  }

  async #request(batch: Batch): Promise<void> {
    const { topic, partition } = this;
    const { client, settings, transactionalId } = this.#owner;
    const { acks, requestTimeoutMs, deliveryTimeoutMs } = settings;
    await this.#owner.added(topic, partition);
    const leader = client.knownLeader(topic, partition) ?? (await client.leader(topic, partition));
    const startMs = performance.now();
    const timeoutMs = Math.min(requestTimeoutMs, deliveryTimeoutMs);
    const request = { topic, partition, transactionalId, acks, timeoutMs, batch: batch.bytes };
    const answer = await client.sendToLeader(leader, [this], PRODUCE, request, requestTimeoutMs);
    const errorCode = answer[0]?.errorCode ?? -1;
    if (errorCode === 0 || errorCode === DUPLICATE_SEQUENCE_NUMBER) {
      this.#owner.sent(batch.count, batch.bytes.length, performance.now() - startMs);
      return;
    }
    client.forgetLeader(topic, partition);
    throw refusal(`Produce to ${topic}-${partition}`, errorCode);
  }

  #answered(batch: Batch): void {
    this.#isKnown = true;
    this.#inFlight.splice(this.#inFlight.indexOf(batch), 1);
    this.#owner.bytesChanged(-batch.bytes.length);
    if (this.#recovering !== null) return;
    this.#pump();
    if (this.isIdle) this.#letGo();
    else if (this.#inFlight.length === 0) this.push();
  }

  /** Out of order means that a batch before this one was lost on the way. */
  #failedOnce(error: unknown): void {
    const again =
      error instanceof KafkaFailure &&
      (error.passing || error.errorCode === OUT_OF_ORDER_SEQUENCE_NUMBER);
    if (!again || this.#dead) {
      this.#owner.failed(error);
      return;
    }
    this.#unanswered++;
    this.#recovering ??= this.#recover(error).catch((cause: unknown) => this.#owner.failed(cause));
  }

  async #recover(first: KafkaFailure): Promise<void> {
    const { client } = this.#owner;
    client.report(this, first);
    // All that are on their way come back first, answered or not.
    while (this.#unanswered < this.#inFlight.length && !this.#dead) await nextTurn();
    this.#unanswered = 0;
    await client.refresh();
    while (this.#inFlight.length > 0 && !this.#dead) {
      const batch = this.#inFlight[0]!;
      await client.retry(() => this.#request(batch));
      this.#isKnown = true;
      this.#inFlight.shift();
      this.#owner.bytesChanged(-batch.bytes.length);
    }
    client.report(this, null);
    this.#recovering = null;
    this.#pump();
    if (this.isIdle) this.#letGo();
    else if (this.#inFlight.length === 0) this.push();
  }

  #letGo(): void {
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
