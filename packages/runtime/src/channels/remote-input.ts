/**
 * The receiving end of a channel from another thread: a queue of segments, read element by
 * element. A segment goes back to its owner as soon as its last element was decoded.
 *
 * Invariant: at most the exclusive and the floating segments of a sender queue up here.
 */
import { invariant } from '@weir/core';
import type { StreamElement } from '../operators/output-buffer.ts';
import { ColumnarDecoder } from './codec/columnar-codec.ts';
import {
  ELEMENT_COLUMNS,
  ELEMENT_FRAGMENT,
  ELEMENT_HEADER_BYTES,
  ELEMENT_OBJECTS,
  SEGMENT_HEADER_BYTES,
} from './codec/element-header.ts';
import { readEvent } from './codec/event-codec.ts';
import { Memory } from './codec/memory.ts';
import { ObjectDecoder, type ShapeCode } from './codec/object-codec.ts';
import type { Doorbell } from './doorbell.ts';
import { FLOATING_SEGMENTS } from './exchange-plan.ts';
import { InputChannel } from './input-channel.ts';
import type { MailboxSender } from './mailbox.ts';

/** Power of two above the segments that can be under way. */
const QUEUE_CAPACITY = 16;

export interface RemoteInputSetup {
  readonly channelId: number;
  readonly input: number;
  readonly memory: Memory;
  readonly segmentBytes: number;
  /** Where segments go back. */
  readonly returns: MailboxSender;
  readonly doorbell: Doorbell;
  /** The slot that sends. */
  readonly peer: number;
  readonly code: ShapeCode;
}

export class RemoteInput extends InputChannel {
  readonly #setup: RemoteInputSetup;
  readonly #objects: ObjectDecoder;
  readonly #columns = new ColumnarDecoder();
  readonly #queue = new Int32Array(QUEUE_CAPACITY);
  #head = 0;
  #tail = 0;
  /** In the first segment, relative; 0 = not begun. */
  #position = 0;
  #assembly: { readonly memory: Memory; bytes: number } | null = null;
  queuedBytes = 0;

  constructor(setup: RemoteInputSetup) {
    super(setup.input);
    this.#setup = setup;
    this.#objects = new ObjectDecoder(setup.code);
  }

  get hasData(): boolean {
    return this.#head !== this.#tail;
  }

  /** A segment of this channel came out of a mailbox. */
  arrive(segment: number): void {
    invariant(this.#tail - this.#head <= FLOATING_SEGMENTS, 'more segments than credit', {
      channel: this.#setup.channelId,
      segments: this.#tail - this.#head,
    });
    this.#queue[this.#tail++ & (QUEUE_CAPACITY - 1)] = segment;
    this.queuedBytes += this.#usedBytes(segment);
    this.onData(this);
  }

  take(): StreamElement | null {
    const segment = this.#queue[this.#head & (QUEUE_CAPACITY - 1)]!;
    const { memory, segmentBytes } = this.#setup;
    if (this.#position === 0) this.#position = SEGMENT_HEADER_BYTES;
    const at = segment * segmentBytes + this.#position;
    const bytes = memory.words[(at >> 2) + 1]!;
    const element = this.#decode(memory, at);
    this.#position += bytes;
    const used = this.#usedBytes(segment);
    invariant(this.#position <= used, 'an element reaches beyond its segment', {
      channel: this.#setup.channelId,
    });
    if (this.#position === used) this.#release(segment, used);
    return element;
  }

  #decode(memory: Memory, at: number): StreamElement | null {
    const kind = memory.words[at >> 2]!;
    if (kind === ELEMENT_OBJECTS || kind === ELEMENT_COLUMNS) {
      this.takenBytes = memory.words[(at >> 2) + 1]!;
      return kind === ELEMENT_OBJECTS
        ? this.#objects.decode(memory, at)
        : this.#columns.decode(memory, at);
    }
    return kind === ELEMENT_FRAGMENT ? this.#assemble(memory, at) : readEvent(memory, at);
  }

  /** Collects pieces; the whole element with the last one. */
  #assemble(memory: Memory, at: number): StreamElement | null {
    const piece = memory.words[(at >> 2) + 2]!;
    const whole = memory.words[(at >> 2) + 3]!;
    this.#assembly ??= { memory: Memory.allocate(whole), bytes: 0 };
    const assembly = this.#assembly;
    const start = at + ELEMENT_HEADER_BYTES;
    assembly.memory.bytes.set(memory.bytes.subarray(start, start + piece), assembly.bytes);
    assembly.bytes += piece;
    if (assembly.bytes < whole) return null;
    this.#assembly = null;
    return this.#decode(assembly.memory, 0);
  }

  #release(segment: number, used: number): void {
    this.#head++;
    this.#position = 0;
    this.queuedBytes -= used;
    this.#setup.returns.put(segment);
    this.#setup.doorbell.ring(this.#setup.peer);
  }

  #usedBytes(segment: number): number {
    return this.#setup.memory.words[((segment * this.#setup.segmentBytes) >> 2) + 1]!;
  }
}
