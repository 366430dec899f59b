/**
 * One partition between the fetcher, which fills it, and the reader, which empties it.
 *
 * Invariants: `position` is the offset after the last emitted record and never goes back;
 * `fetchOffset` is where the next fetch goes on, at or after it; batches lie in order of offsets.
 */
import type { RecordBatch } from '../records/record-batches.ts';
import type { KafkaSplit } from './kafka-split.ts';

export class PartitionBuffer {
  readonly splitId: string;
  readonly topic: string;
  readonly partition: number;
  readonly stoppingOffset: number | null;
  position: number;
  fetchOffset: number;
  finished: boolean;
  /** As last heard: the end that a reader of this isolation level can reach; -1 = not known. */
  endOffset = -1;
  /** Monotonic ms at which `endOffset` was heard. */
  heardMs = Number.NEGATIVE_INFINITY;
  /** Of the last emitted record, epoch ms; null before the first. */
  emittedTimestampMs: number | null = null;
  committedOffset = -1;
  #batches: RecordBatch[] = [];
  #head = 0;
  #bytes = 0;

  constructor(split: KafkaSplit) {
    this.splitId = split.splitId;
    this.topic = split.topic;
    this.partition = split.partition;
    this.stoppingOffset = split.stoppingOffset;
    this.position = split.position;
    this.fetchOffset = split.position;
    this.finished = split.finished;
  }

  /** Bytes of batches that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#head === this.#batches.length;
  }

  /** True when nothing has to be fetched any more. */
  get isFetched(): boolean {
    return (
      this.finished || (this.stoppingOffset !== null && this.fetchOffset >= this.stoppingOffset)
    );
  }

  get pendingRecords(): number | null {
    if (this.finished) return 0;
    if (this.endOffset < 0) return null;
    const end = Math.min(this.endOffset, this.stoppingOffset ?? Number.POSITIVE_INFINITY);
    return Math.max(0, end - this.position);
  }

  /** Age of the oldest record that was not emitted, as far as is known here. */
  pendingMs(nowMs: number): number | null {
    const pending = this.pendingRecords;
    if (pending === null || pending === 0) return pending;
    const since = this.peek()?.baseTimestampMs ?? this.emittedTimestampMs;
    return since === null ? null : Math.max(0, nowMs - since);
  }

  push(batches: readonly RecordBatch[]): void {
    for (const batch of batches) {
      this.#batches.push(batch);
      this.#bytes += batch.body.length;
      this.fetchOffset = Math.max(this.fetchOffset, batch.lastOffset + 1);
    }
  }

  peek(): RecordBatch | undefined {
    return this.#batches[this.#head];
  }

  /** Removes the oldest batch. */
  shift(): void {
    const batch = this.#batches[this.#head]!;
    this.#bytes -= batch.body.length;
    this.#head++;
    if (this.#head < this.#batches.length) return;
    this.#batches = [];
    this.#head = 0;
  }

  /** Goes on elsewhere once everything that waits was emitted. */
  skipTo(offset: number): void {
    this.fetchOffset = offset;
    if (this.isEmpty) this.position = offset;
  }

  toSplit(): KafkaSplit {
    const { splitId, topic, partition, position, stoppingOffset, finished } = this;
    return { splitId, topic, partition, position, stoppingOffset, finished };
  }
}
