/**
 * What a task reads from: all its input channels, served in turn, with watermarks, status, barriers
 * and ends combined.
 *
 * Called by the task's driver, on the thread of the task; channels say when something arrived.
 * Semantics: Flink's CheckpointedInputGate and StatusWatermarkValve.
 *
 * Invariants:
 * - Order within a channel is the sender's; a channel with data is at most once in the line.
 * - A blocked channel is skipped and costs nothing until it is unblocked.
 * - Events that one element causes are handed out before the next element is taken.
 */
import { type ClockPort, invariant } from '@weir/core';
import type { StreamElement } from '../operators/output-buffer.ts';
import { BarrierAligner, type BlockableChannels } from './barrier-aligner.ts';
import type { GateEvent, InputGate } from './contracts.ts';
import type { InputChannel } from './input-channel.ts';
import { WatermarkValve } from './watermark-valve.ts';

export class ChannelGate implements InputGate, BlockableChannels {
  readonly #channels: readonly InputChannel[];
  readonly #valve: WatermarkValve;
  readonly #aligner: BarrierAligner;
  /** Channels with data, by index; a ring. */
  readonly #line: Int32Array;
  #first = 0;
  #inLine = 0;
  /** Caused by the last element and not handed out yet. */
  readonly #events: GateEvent[] = [];
  #ended = 0;
  /** Channel whose barrier came last; -1 = none so far. */
  #lastLate = -1;
  takenBytes = 0;

  constructor(
    channels: readonly InputChannel[],
    clock: ClockPort,
    mode: 'EXACTLY_ONCE' | 'AT_LEAST_ONCE',
  ) {
    this.#channels = channels;
    this.#valve = new WatermarkValve(channels.length);
    this.#aligner = new BarrierAligner(this, channels.length, clock, mode);
    this.#line = new Int32Array(Math.max(1, channels.length));
    channels.forEach((channel, index) => {
      invariant(channel.index === -1, 'a channel has two gates', { index });
      channel.index = index;
      channel.onData = this.#enqueue;
      if (channel.hasData) this.#enqueue(channel);
    });
  }

  get channelCount(): number {
    return this.#channels.length;
  }

  get isAligning(): boolean {
    return this.#aligner.isAligning;
  }

  get alignedMs(): number {
    return this.#aligner.alignedMs;
  }

  get lateEdge(): number {
    const late = this.#aligner.lateChannel;
    return this.#channels[late < 0 ? this.#lastLate : late]?.edge ?? -1;
  }

  get queuedBytes(): number {
    let bytes = 0;
    for (const channel of this.#channels) bytes += channel.queuedBytes;
    return bytes;
  }

  next(): GateEvent | null {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) {
        if (event.kind === 'barrier') this.#lastLate = event.alignment.lastChannel;
        return event;
      }
      const channel = this.#dequeue();
      if (channel === null) return null;
      const element = channel.take();
      const batch = element === null ? null : this.#accept(channel, element);
      if (channel.hasData) this.#enqueue(channel);
      if (batch !== null) return batch;
    }
  }

  abortCheckpoint(checkpointId: number): void {
    this.#aligner.abort(checkpointId, this.#events);
  }

  block(channel: number): void {
    this.#channels[channel]!.isBlocked = true;
  }

  unblockAll(): void {
    for (const channel of this.#channels) {
      if (!channel.isBlocked) continue;
      channel.isBlocked = false;
      if (channel.hasData) this.#enqueue(channel);
    }
  }

  /** A batch comes back as an event; anything else turns into zero or more of `#events`. */
  #accept(channel: InputChannel, element: StreamElement): GateEvent | null {
    const { index, input } = channel;
    switch (element.kind) {
      case 'objects':
      case 'columns':
        invariant(!channel.hasEnded && !channel.isBlocked, 'a record after the end or a barrier', {
          channel: index,
        });
        this.takenBytes += channel.takenBytes;
        this.#aligner.processed(channel.takenBytes);
        return { kind: 'batch', input, batch: element };
      case 'watermark':
        this.#valve.watermark(index, element.timestampMs, this.#events);
        return null;
      case 'status':
        this.#valve.status(index, element.idle, this.#events);
        return null;
      case 'latencyMarker':
        return element;
      case 'barrier':
        this.#aligner.barrier(index, element, this.#events);
        return null;
      case 'endOfInput':
        invariant(!channel.hasEnded, 'a channel ended twice', { channel: index });
        channel.hasEnded = true;
        this.#ended++;
        if (this.#ended === this.#channels.length) this.#events.push({ kind: 'endOfInput' });
        return null;
    }
  }

  readonly #enqueue = (channel: InputChannel): void => {
    if (channel.isQueued || channel.isBlocked) return;
    channel.isQueued = true;
    const at = (this.#first + this.#inLine) % this.#line.length;
    this.#line[at] = channel.index;
    this.#inLine++;
  };

  #dequeue(): InputChannel | null {
    while (this.#inLine > 0) {
      const channel = this.#channels[this.#line[this.#first]!]!;
      this.#first = (this.#first + 1) % this.#line.length;
      this.#inLine--;
      channel.isQueued = false;
      if (!channel.isBlocked && channel.hasData) return channel;
    }
    return null;
  }
}
