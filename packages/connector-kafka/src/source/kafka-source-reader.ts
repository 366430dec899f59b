/**
 * Reads one subtask's partitions: emits what the fetcher has brought, keeps positions, commits them
 * to the group when a checkpoint is complete.
 *
 * Invariants
 * - a partition's position is the offset after the last emitted record, or after the last batch
 *   that holds none; it is what a checkpoint has and what a restore goes on from;
 * - all records that one record of Kafka becomes are emitted before its offset is passed;
 * - only offsets of completed checkpoints are ever committed, and never older ones after newer.
 *
 * Semantics: Flink's KafkaSourceReader.
 */
import {
  type Collector,
  type Counter,
  MIN_TIMESTAMP,
  type PollStatus,
  type ReaderOutput,
  type SourceContext,
  type SourceReader,
  type SplitReport,
} from '@weir/core';
import type { KafkaClient } from '../client/kafka-client.ts';
import { RecordCursor } from '../records/record-cursor.ts';
import type { RecordReading } from './deserializers.ts';
import type { InvalidRecords } from './kafka-source-builder.ts';
import type { KafkaSplit } from './kafka-split.ts';
import { OffsetCommitter } from './offset-committer.ts';
import { PartitionBuffer } from './partition-buffer.ts';
import { PartitionFetcher } from './partition-fetcher.ts';
import { refusedRecord } from './refused-record.ts';
import { poisonRecord, sourceFailure, unreadable } from './source-errors.ts';
import { type SourceMetrics, sourceMetrics } from './source-metrics.ts';
import type { SourceSettings } from './source-settings.ts';

export interface KafkaSourceReaderOptions<T> {
  readonly client: KafkaClient;
  readonly settings: SourceSettings;
  readonly context: SourceContext;
  readonly reading: RecordReading<T>;
  readonly invalidRecords: InvalidRecords;
  /** True where no partition is added later: the input ends with the last of them. */
  readonly endsWithSplits: boolean;
}

export class KafkaSourceReader<T> implements SourceReader<T, KafkaSplit> {
  readonly #options: KafkaSourceReaderOptions<T>;
  readonly #buffers: PartitionBuffer[] = [];
  readonly #fetcher: PartitionFetcher;
  readonly #committer: OffsetCommitter;
  readonly #metrics: SourceMetrics;
  readonly #errors: Counter;
  readonly #cursor = new RecordCursor();
  readonly #emitter: Emitter<T> = new Emitter();
  #current: PartitionBuffer | null = null;
  #nextBuffer = 0;
  #failure: { readonly error: unknown } | null = null;
  #started = false;
  /** The cursor stands on a record that was not read yet. */
  #isStanding = false;
  #isPreparing = false;

  constructor(options: KafkaSourceReaderOptions<T>) {
    const { client, settings, context } = options;
    const { clock, timers, metricGroup } = context;
    this.#options = options;
    this.#metrics = sourceMetrics(metricGroup, this.#buffers, client.throttle);
    this.#errors = metricGroup.counter('numRecordsInErrors');
    this.#committer = new OffsetCommitter(client, settings.groupId, this.#metrics);
    this.#fetcher = new PartitionFetcher({
      client,
      settings,
      clock,
      timers,
      arrived: () => context.wakeUp(),
      received: (bytes) => this.#metrics.bytesIn.inc(bytes),
      failed: (error) => {
        this.#failure = { error: sourceFailure(error, settings.servers) };
        context.wakeUp();
      },
    });
  }

  start(): void {
    this.#started = true;
    this.#fetcher.start();
  }

  addSplits(splits: readonly KafkaSplit[]): void {
    for (const split of splits) {
      const buffer = new PartitionBuffer(split);
      this.#buffers.push(buffer);
      this.#metrics.addPartition(buffer);
      this.#fetcher.add(buffer);
    }
    if (!this.#started) return;
    this.#fetcher.addedMore();
    this.#options.context.wakeUp();
  }

  pollNext(output: ReaderOutput<T>): PollStatus {
    // Thrown on the task's own stack.
    if (this.#failure !== null) throw this.#failure.error;
    this.#finishEmpty(output);
    while (output.room > 0) {
      if (this.#isPreparing) return 'NOTHING_AVAILABLE';
      const buffer = this.#current ?? this.#enterNext();
      if (buffer === null) {
        const ended = this.#options.endsWithSplits && this.#buffers.every((b) => b.finished);
        return ended ? 'END_OF_INPUT' : 'NOTHING_AVAILABLE';
      }
      this.#emit(buffer, output);
    }
    return 'MORE_AVAILABLE';
  }

  snapshotState(checkpointId: number): readonly KafkaSplit[] {
    const splits = this.#buffers.map((buffer) => buffer.toSplit());
    if (this.#options.settings.commitOnCheckpoint) this.#committer.remember(checkpointId, splits);
    return splits;
  }

  notifyCheckpointComplete(checkpointId: number): void {
    this.#committer.complete(checkpointId, (splitId, offset) => {
      const buffer = this.#buffers.find((each) => each.splitId === splitId);
      if (buffer !== undefined) buffer.committedOffset = offset;
    });
  }

  splitReports(): readonly SplitReport[] {
    const nowMs = this.#options.context.clock.nowMs();
    return this.#buffers.map((buffer) => ({
      splitId: buffer.splitId,
      pendingRecords: buffer.pendingRecords,
      pendingMs: buffer.pendingMs(nowMs),
      position: `offset ${buffer.position.toLocaleString('en-US')}`,
      finished: buffer.finished,
    }));
  }

  async close(): Promise<void> {
    this.#fetcher.close();
    await this.#options.client.close();
  }

  /** The next partition, in turn, that has a batch. */
  #enterNext(): PartitionBuffer | null {
    const count = this.#buffers.length;
    for (let i = 0; i < count; i++) {
      const index = (this.#nextBuffer + i) % count;
      const buffer = this.#buffers[index]!;
      const batch = buffer.peek();
      if (batch === undefined) continue;
      this.#nextBuffer = (index + 1) % count;
      try {
        this.#cursor.enter(batch);
      } catch (cause) {
        throw unreadable(buffer, cause);
      }
      this.#current = buffer;
      return buffer;
    }
    return null;
  }

  #emit(buffer: PartitionBuffer, output: ReaderOutput<T>): void {
    const cursor = this.#cursor;
    const emitter = this.#emitter;
    const stop = buffer.stoppingOffset ?? Number.POSITIVE_INFINITY;
    emitter.begin(output, buffer.splitId);
    while (output.room > 0) {
      if (!(this.#isStanding || this.#next(buffer)) || cursor.offset >= stop) {
        this.#leaveBatch(buffer, stop, output);
        return;
      }
      if (cursor.offset < buffer.position) continue;
      if (this.#mustPrepare(buffer)) return;
      emitter.timestampMs = cursor.timestampMs < 0 ? MIN_TIMESTAMP : cursor.timestampMs;
      this.#read(buffer, output);
      buffer.position = cursor.offset + 1;
      buffer.emittedTimestampMs = cursor.timestampMs;
    }
  }

  /** True while what a record needs (its schema) is being fetched; the cursor stays on it. */
  #mustPrepare(buffer: PartitionBuffer): boolean {
    const { reading, context, invalidRecords } = this.#options;
    if (reading.prepare === undefined) return false;
    this.#isStanding = false;
    try {
      const preparing = reading.prepare(this.#cursor);
      if (preparing === null) return false;
      this.#isStanding = true;
      this.#isPreparing = true;
      const ready = (): void => {
        this.#isPreparing = false;
        context.wakeUp();
      };
      preparing.then(ready, (error: unknown) => {
        this.#failure = { error };
        ready();
      });
      return true;
    } catch (cause) {
      // Reading it says the same, in the record's own place.
      if (invalidRecords === 'fail') throw this.#poison(buffer, cause);
      return false;
    }
  }

  #poison(buffer: PartitionBuffer, cause: unknown): Error {
    const { topic, partition } = buffer;
    const { offset } = this.#cursor;
    return poisonRecord({ topic, partition, offset }, this.#cursor.value(), cause);
  }

  #next(buffer: PartitionBuffer): boolean {
    try {
      return this.#cursor.next();
    } catch (cause) {
      throw unreadable(buffer, cause);
    }
  }

  #read(buffer: PartitionBuffer, output: ReaderOutput<T>): void {
    const { reading, invalidRecords } = this.#options;
    const { topic, partition } = buffer;
    const cursor = this.#cursor;
    try {
      reading.read(cursor, topic, partition, this.#emitter);
    } catch (cause) {
      if (invalidRecords === 'fail') throw this.#poison(buffer, cause);
      this.#errors.inc();
      if (invalidRecords === 'skip') return;
      const refused = refusedRecord(cursor, topic, partition, cause);
      output.sideOutput?.(invalidRecords, refused, this.#emitter.timestampMs);
    }
  }

  #leaveBatch(buffer: PartitionBuffer, stop: number, output: ReaderOutput<T>): void {
    const { lastOffset } = buffer.peek()!;
    buffer.shift();
    this.#current = null;
    // Behind a position that was reset nothing waits any more: the next fetch is where to go on.
    const next = buffer.isEmpty ? buffer.fetchOffset : lastOffset + 1;
    buffer.position = Math.min(Math.max(buffer.position, next), stop);
    this.#fetcher.roomMade();
    if (buffer.position >= stop) this.#finish(buffer, output);
  }

  /** Partitions that had nothing to read from the start. */
  #finishEmpty(output: ReaderOutput<T>): void {
    for (const buffer of this.#buffers) {
      const { finished, stoppingOffset, position } = buffer;
      if (finished || stoppingOffset === null || position < stoppingOffset) continue;
      this.#finish(buffer, output);
    }
  }

  #finish(buffer: PartitionBuffer, output: ReaderOutput<T>): void {
    buffer.finished = true;
    if (this.#current === buffer) this.#current = null;
    while (!buffer.isEmpty) buffer.shift();
    output.splitFinished?.(buffer.splitId);
  }
}

/** What deserializers emit into: adds the record's timestamp and split. */
class Emitter<T> implements Collector<T> {
  timestampMs = MIN_TIMESTAMP;
  #output: ReaderOutput<T> | null = null;
  #splitId = '';

  begin(output: ReaderOutput<T>, splitId: string): void {
    this.#output = output;
    this.#splitId = splitId;
  }

  collect(record: T): void {
    this.#output!.collect(record, this.timestampMs, this.#splitId);
  }
}
