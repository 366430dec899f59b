/**
 * Fetches the partitions of one subtask in the background: one request at a time to each leader,
 * with all of its partitions that have room.
 *
 * Invariants
 * - what waits in memory is bounded: a partition is fetched while less than one fetch of it waits,
 *   and while all of them together hold less than `fetch.max.bytes`;
 * - a partition's batches arrive in order, because only its leader's loop fetches it and has one
 *   request in flight;
 * - trouble that passes (brokers restart, leaders move) is waited for, however long; anything else
 *   is handed to `failed` once and ends the fetcher.
 */
import type { ClockPort, TimerPort } from '@weir/core';
import { isMissing, type KafkaClient } from '../client/kafka-client.ts';
import { check, KafkaFailure, refusal } from '../client/kafka-failure.ts';
import { BackOff, pause } from '../client/pause.ts';
import { isPassing, OFFSET_OUT_OF_RANGE } from '../protocol/error-codes.ts';
import { FETCH, type FetchedPartition } from '../protocol/fetch-api.ts';
import { EARLIEST, LATEST } from '../protocol/metadata-apis.ts';
import { readBatches } from '../records/record-batches.ts';
import type { PartitionBuffer } from './partition-buffer.ts';
import { expiredPosition, missingTopic, unreadable } from './source-errors.ts';
import type { SourceSettings } from './source-settings.ts';

export interface FetcherOptions {
  readonly client: KafkaClient;
  readonly settings: SourceSettings;
  readonly clock: ClockPort;
  readonly timers: TimerPort;
  /** Records may be there. */
  readonly arrived: () => void;
  readonly failed: (error: unknown) => void;
  readonly received: (bytes: number) => void;
}

/** While some partitions wait for room, the others must not hold up their leader's loop. */
const SHORT_WAIT_MS = 20;
/** How long a topic may be missing before that is taken for deleted. */
const MISSING_MS_MAX = 60_000;
/** The end of a partition that is not fetched, because it has no room, is asked for this often. */
const END_AGE_MS = 2000;
const LEADER_NOT_AVAILABLE = 5;

export class PartitionFetcher {
  readonly #options: FetcherOptions;
  readonly #buffers = new Map<string, PartitionBuffer>();
  readonly #serving = new Set<number>();
  #wakeRoom: Array<() => void> = [];
  #turn = 0;
  #findingLeaders = false;
  #missingSinceMs: number | null = null;
  #closed = false;

  constructor(options: FetcherOptions) {
    this.#options = options;
  }

  add(buffer: PartitionBuffer): void {
    this.#buffers.set(buffer.splitId, buffer);
  }

  start(): void {
    this.#assign();
    this.#run(() => this.#watchEnds());
  }

  /** After `add` while it runs. */
  addedMore(): void {
    this.#assign();
    this.roomMade();
  }

  /** The reader has taken a batch. */
  roomMade(): void {
    const waiting = this.#wakeRoom;
    if (waiting.length === 0) return;
    this.#wakeRoom = [];
    for (const wake of waiting) wake();
  }

  close(): void {
    this.#closed = true;
    this.roomMade();
  }

  /** Starts a loop for every leader that has none yet. */
  #assign(): void {
    if (this.#closed) return;
    const { client } = this.#options;
    let unknown = false;
    for (const { topic, partition, isFetched } of this.#buffers.values()) {
      if (isFetched) continue;
      const leader = client.knownLeader(topic, partition);
      if (leader === null) unknown = true;
      else if (!this.#serving.has(leader)) this.#run(() => this.#serve(leader));
    }
    if (unknown && !this.#findingLeaders) this.#run(() => this.#findLeaders());
  }

  #run(loop: () => Promise<void>): void {
    loop().catch((error: unknown) => {
      if (this.#closed) return;
      this.close();
      this.#options.failed(error);
    });
  }

  async #serve(leader: number): Promise<void> {
    const { client, settings, timers } = this.#options;
    const backOff = new BackOff(settings.retryFirstMs, settings.retryMaxMs);
    this.#serving.add(leader);
    try {
      while (!this.#closed) {
        const led = this.#ledBy(leader);
        if (led.length === 0) break;
        const hungry = this.#withRoom(led);
        if (hungry.length === 0) {
          await new Promise<void>((resolve) => this.#wakeRoom.push(resolve));
          continue;
        }
        try {
          await this.#fetch(leader, hungry, hungry.length < led.length);
          for (const { splitId } of hungry) client.report(splitId, null);
          backOff.reset();
        } catch (error) {
          if (!(error instanceof KafkaFailure && error.passing) || this.#closed) throw error;
          for (const { splitId } of hungry) client.report(splitId, error);
          await pause(timers, backOff.takeMs());
          await client.refresh();
        }
      }
    } finally {
      this.#serving.delete(leader);
    }
    this.#assign();
  }

  #ledBy(leader: number): PartitionBuffer[] {
    const { client } = this.#options;
    return [...this.#buffers.values()].filter(
      (buffer) =>
        !buffer.isFetched && client.knownLeader(buffer.topic, buffer.partition) === leader,
    );
  }

  #withRoom(led: readonly PartitionBuffer[]): PartitionBuffer[] {
    const { partitionBytesMax, maxBytes } = this.#options.settings;
    let total = 0;
    for (const { bytes } of this.#buffers.values()) total += bytes;
    if (total >= maxBytes) return [];
    return led.filter(({ bytes }) => bytes < partitionBytesMax);
  }

  async #fetch(
    leader: number,
    buffers: readonly PartitionBuffer[],
    othersWait: boolean,
  ): Promise<void> {
    const { client, settings } = this.#options;
    const { readCommitted, minBytes, maxBytes, partitionBytesMax } = settings;
    const maxWaitMs = othersWait ? Math.min(SHORT_WAIT_MS, settings.maxWaitMs) : settings.maxWaitMs;
    // Only the first that has records gets a batch that is larger than the limits: each in its turn.
    const first = this.#turn++ % buffers.length;
    const ordered = [...buffers.slice(first), ...buffers.slice(0, first)];
    const positions = ordered.map(({ topic, partition, fetchOffset }) => ({
      topic,
      partition,
      offset: fetchOffset,
    }));
    const limits = { readCommitted, minBytes, maxWaitMs, maxBytes, partitionBytesMax };
    const request = { ...limits, positions };
    const timeoutMs = maxWaitMs + settings.requestTimeoutMs;
    const answer = await client.sendToLeader(leader, buffers, FETCH, request, timeoutMs);
    if (this.#closed) return;
    check(`Fetch from broker ${leader}`, answer.errorCode);
    let passing: KafkaFailure | null = null;
    let arrived = false;
    for (const part of answer.partitions) {
      const buffer = this.#buffers.get(`${part.topic}-${part.partition}`);
      if (buffer === undefined) continue;
      if (part.errorCode === 0) arrived = this.#take(buffer, part) || arrived;
      else passing = (await this.#refused(buffer, part)) ?? passing;
    }
    if (arrived) this.#options.arrived();
    if (passing === null) {
      this.#missingSinceMs = null;
      return;
    }
    this.#assign();
    throw passing;
  }

  /** True when there are new batches, be it only ones that a reader doesn't see. */
  #take(buffer: PartitionBuffer, part: FetchedPartition): boolean {
    const { settings, clock, received } = this.#options;
    const { readCommitted, checkCrc } = settings;
    buffer.endOffset = readCommitted ? part.lastStableOffset : part.highWatermark;
    buffer.heardMs = clock.monotonicMs();
    const { records, aborted } = part;
    if (records === null || records.length === 0) return false;
    received(records.length);
    try {
      const batches = readBatches(records, { readCommitted, checkCrc, aborted });
      const before = buffer.fetchOffset;
      // A fetch begins with the batch that has the offset, which may begin before it.
      buffer.push(batches.filter(({ lastOffset }) => lastOffset >= before));
      return buffer.fetchOffset > before;
    } catch (cause) {
      throw unreadable(buffer, cause);
    }
  }

  /** What passes is answered, to be thrown when all partitions were looked at. */
  async #refused(buffer: PartitionBuffer, part: FetchedPartition): Promise<KafkaFailure | null> {
    const { topic, partition, errorCode } = part;
    if (errorCode === OFFSET_OUT_OF_RANGE) {
      await this.#reset(buffer);
      return null;
    }
    this.#options.client.forgetLeader(topic, partition);
    const failure = refusal(`Fetch of ${topic}-${partition}`, errorCode);
    if (!failure.passing) throw failure;
    this.#mustExist(topic, errorCode);
    return failure;
  }

  /** The position is not in the log: retention was faster, or the log was cut. */
  async #reset(buffer: PartitionBuffer): Promise<void> {
    const { client, settings } = this.#options;
    const { topic, partition, splitId } = buffer;
    const [first, end] = await Promise.all(
      [EARLIEST, LATEST].map(async (timestampMs) => {
        const found = await client.listOffsets([{ topic, partition, timestampMs }], false);
        return found[0]!.offset;
      }),
    );
    const strategy = settings.offsetReset;
    if (strategy !== 'earliest' && strategy !== 'latest') {
      throw expiredPosition(buffer, first!, end!);
    }
    const next = strategy === 'earliest' ? first! : end!;
    console.warn(
      `${splitId}: offset ${buffer.fetchOffset} is no longer there (the log has ${first} to ` +
        `${end}); goes on at ${next}, as auto.offset.reset=${strategy} says`,
    );
    buffer.skipTo(next);
  }

  async #findLeaders(): Promise<void> {
    const { client, settings, timers } = this.#options;
    const backOff = new BackOff(settings.retryFirstMs, settings.retryMaxMs);
    const leaderless = (): PartitionBuffer[] =>
      [...this.#buffers.values()].filter(
        ({ topic, partition, isFetched }) =>
          !isFetched && client.knownLeader(topic, partition) === null,
      );
    this.#findingLeaders = true;
    try {
      for (;;) {
        const missing = leaderless();
        if (missing.length === 0 || this.#closed) break;
        const found = await client.metadata([...new Set(missing.map(({ topic }) => topic))]);
        for (const { topic, errorCode } of found) {
          if (errorCode !== 0 && !isPassing(errorCode)) check(`Metadata of ${topic}`, errorCode);
          this.#mustExist(topic, errorCode);
        }
        const still = leaderless();
        if (still.length === 0) break;
        for (const { splitId, topic } of still) {
          const { errorCode = 0 } = found.find((each) => each.topic === topic) ?? {};
          const gone = isMissing(errorCode);
          const failure = gone
            ? refusal(`Metadata of ${topic}`, errorCode)
            : refusal(`the leader of ${splitId}`, LEADER_NOT_AVAILABLE);
          client.report(splitId, failure);
        }
        await pause(timers, backOff.takeMs());
      }
    } finally {
      this.#findingLeaders = false;
    }
    this.#assign();
  }

  /** @throws WeirError SOURCE_FAILED when the topic has been missing for a while. */
  #mustExist(topic: string, errorCode: number): void {
    if (!isMissing(errorCode)) return;
    const nowMs = this.#options.clock.monotonicMs();
    this.#missingSinceMs ??= nowMs;
    if (nowMs - this.#missingSinceMs > MISSING_MS_MAX) throw missingTopic(topic);
  }

  /** Lag has to grow also while nothing is fetched, because the job is slower than the topic. */
  async #watchEnds(): Promise<void> {
    const { client, settings, clock, timers } = this.#options;
    while (!this.#closed) {
      await pause(timers, END_AGE_MS);
      const old = [...this.#buffers.values()].filter(
        ({ finished, isEmpty, heardMs }) =>
          !finished && !isEmpty && clock.monotonicMs() - heardMs >= END_AGE_MS,
      );
      if (this.#closed || old.length === 0) continue;
      const queries = old.map(({ topic, partition }) => ({
        topic,
        partition,
        timestampMs: LATEST,
      }));
      // A failure shows in the loops that fetch; lag only stays what it was.
      const found = await client.listOffsets(queries, settings.readCommitted).catch(() => []);
      for (const { topic, partition, offset } of found) {
        const buffer = this.#buffers.get(`${topic}-${partition}`);
        if (buffer === undefined) continue;
        buffer.endOffset = Math.max(buffer.endOffset, offset);
        buffer.heardMs = clock.monotonicMs();
      }
    }
  }
}
