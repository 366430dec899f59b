/**
 * One edge of one sending subtask: scatters batches over its channels and remembers how far each
 * channel got, so that a full channel never makes the others wait or get rows twice.
 *
 * Called by `output-writer.ts`.
 *
 * Invariant: an event goes into a channel only after all rows that were pushed before it.
 */
import { type Batch, rowCount } from '@weir/core';
import type { StreamEvent } from './codec/event-codec.ts';
import type { EdgeStats } from './contracts.ts';
import type { OutputChannel } from './output-channel.ts';
import { type Partitioner, Scatter } from './partitioner.ts';

export class EdgeOutput {
  readonly edge: number;
  readonly #channels: readonly OutputChannel[];
  readonly #partitioner: Partitioner;
  readonly #scatter: Scatter;
  readonly #eventDone: Uint8Array;
  #batch: Batch | null = null;
  #event: StreamEvent | null = null;
  /** In turn, where Flink takes any. */
  #nextMarker = 0;

  constructor(edge: number, channels: readonly OutputChannel[], partitioner: Partitioner) {
    this.edge = edge;
    this.#channels = channels;
    this.#partitioner = partitioner;
    this.#scatter = new Scatter(channels.length);
    this.#eventDone = new Uint8Array(channels.length);
  }

  /** Only after `drain` said true. */
  pushBatch(batch: Batch): void {
    if (rowCount(batch) === 0) return;
    this.#batch = batch;
    this.#partitioner.partition(batch, this.#scatter);
  }

  /** Only after `drain` said true. Latency markers go into one channel, others into each. */
  pushEvent(event: StreamEvent): void {
    this.#event = event;
    if (event.kind !== 'latencyMarker') {
      this.#eventDone.fill(0);
      return;
    }
    this.#eventDone.fill(1);
    this.#eventDone[this.#nextMarker] = 0;
    this.#nextMarker = (this.#nextMarker + 1) % this.#channels.length;
  }

  /** True = every channel took everything. */
  drain(): boolean {
    if (this.#batch !== null) {
      if (!this.#drainBatch(this.#batch)) return false;
      this.#batch = null;
    }
    if (this.#event !== null) {
      if (!this.#drainEvent(this.#event)) return false;
      this.#event = null;
    }
    return true;
  }

  flush(): void {
    for (const channel of this.#channels) channel.flush();
  }

  stats(): EdgeStats {
    let fill = 0;
    let records = 0;
    let bytes = 0;
    let segments = 0;
    for (const channel of this.#channels) {
      fill = Math.max(fill, channel.fill);
      records += channel.records;
      bytes += channel.bytes;
      segments += channel.segments;
    }
    return { edge: this.edge, fill, records, bytes, segments };
  }

  #drainBatch(batch: Batch): boolean {
    const { starts, ends, order, keyHashes } = this.#scatter;
    let done = true;
    for (let i = 0; i < this.#channels.length; i++) {
      const channel = this.#channels[i]!;
      const from = starts[i]!;
      const to = ends[i]!;
      if (from < to) starts[i] = channel.writeRows(batch, keyHashes, order, from, to);
      if (starts[i]! < to || !channel.settle()) done = false;
    }
    return done;
  }

  #drainEvent(event: StreamEvent): boolean {
    let done = true;
    for (let i = 0; i < this.#channels.length; i++) {
      if (this.#eventDone[i] === 1) continue;
      if (this.#channels[i]!.writeEvent(event)) this.#eventDone[i] = 1;
      else done = false;
    }
    return done;
  }
}
