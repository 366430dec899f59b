/**
 * The sending end of a channel to another thread: fills segments and publishes them.
 *
 * Called by the edge outputs of one subtask; `segmentReturned` by the slot's poll.
 *
 * Invariants:
 * - In flight are at most one exclusive segment and what the subtask's floating credit allows; a
 *   segment being filled counts.
 * - With nothing in flight there is always credit, whatever the budget says: no deadlock.
 * - Before credit is asked for, the segment at hand has been published: what is waited for is
 *   always with the receiver.
 * - An element lies in one segment, or in fragments with nothing of this channel between them.
 */
import { type Batch, type ClockPort, invariant, WeirError } from '@weir/core';
import { ColumnarEncoder } from './codec/columnar-codec.ts';
import {
  ELEMENT_FRAGMENT,
  ELEMENT_HEADER_BYTES,
  SEGMENT_HEADER_BYTES,
  writeElementHeader,
} from './codec/element-header.ts';
import { eventBytes, type StreamEvent, writeEvent } from './codec/event-codec.ts';
import { align8, Memory } from './codec/memory.ts';
import { Announced, ObjectEncoder, type ShapeCode } from './codec/object-codec.ts';
import type { Doorbell } from './doorbell.ts';
import { FLOATING_SEGMENTS } from './exchange-plan.ts';
import { InFlightBudget } from './in-flight-budget.ts';
import type { MailboxSender } from './mailbox.ts';
import type { OutputChannel } from './output-channel.ts';
import type { SegmentHolder, SegmentPool } from './segment-pool.ts';

/** Fewer rows than this are not worth an element while an empty segment would take more. */
const ROWS_WORTH_AN_ELEMENT = 16;
const BUDGET_BYTES_MIN = 256;
const BUDGET_BYTES_INITIAL = 4096;
const FRAGMENT_BYTES_MIN = 64;
const RECORD_BYTES_MAX = 2 ** 29;

/** Credit that the remote channels of one subtask share. */
export class FloatingCredit {
  left = FLOATING_SEGMENTS;
}

/** What the channels of one edge of one subtask share: dictionaries, but not what is announced. */
export class EdgeEncoders {
  readonly objects: ObjectEncoder;
  readonly columns = new ColumnarEncoder();

  constructor(code: ShapeCode) {
    this.objects = new ObjectEncoder(code);
  }
}

export interface RemoteOutputSetup {
  readonly channelId: number;
  readonly pool: SegmentPool;
  readonly mailbox: MailboxSender;
  readonly doorbell: Doorbell;
  /** The slot that receives. */
  readonly peer: number;
  readonly credit: FloatingCredit;
  readonly encoders: EdgeEncoders;
  readonly clock: ClockPort;
}

export class RemoteOutput implements OutputChannel, SegmentHolder {
  readonly #setup: RemoteOutputSetup;
  readonly #pool: SegmentPool;
  readonly #budget: InFlightBudget;
  readonly #shapes = new Announced();
  readonly #schemas = new Announced();
  #segment = -1;
  /** Absolute in the pool. */
  #position = 0;
  #limit = 0;
  #segmentRows = 0;
  #elements = 0;
  /** Segments, the one being filled included. */
  #inFlight = 0;
  #inFlightBytes = 0;
  #refused = false;
  #oversize: Oversize | null = null;
  records = 0;
  bytes = 0;
  segments = 0;

  constructor(setup: RemoteOutputSetup) {
    this.#setup = setup;
    this.#pool = setup.pool;
    const most = setup.pool.segmentBytes * (1 + FLOATING_SEGMENTS);
    this.#budget = new InFlightBudget(BUDGET_BYTES_MIN, BUDGET_BYTES_INITIAL, most);
  }

  get fill(): number {
    if (this.#refused) return 1;
    const published = this.#segment < 0 ? this.#inFlight : this.#inFlight - 1;
    const byCredit = published / (1 + FLOATING_SEGMENTS);
    return Math.min(1, Math.max(byCredit, this.#inFlightBytes / this.#budget.amount));
  }

  writeRows(
    batch: Batch,
    keyHashes: Int32Array | null,
    order: Int32Array,
    from: number,
    to: number,
  ): number {
    let at = from;
    while (at < to) {
      if (!this.settle()) return at;
      if (this.#segment < 0 && !this.#open()) return at;
      const empty = this.#elements === 0;
      const least = empty ? 1 : Math.min(ROWS_WORTH_AN_ELEMENT, to - at);
      const { memory } = this.#pool;
      const room = this.#limit - this.#position;
      let rows = this.#encode(batch, keyHashes, order, at, to, memory, this.#position, room, least);
      if (rows === 0 && !empty) {
        this.flush();
        continue;
      }
      if (rows === 0) {
        const whole = this.#end() - this.#position;
        rows = this.#encode(batch, keyHashes, order, at, at + 1, memory, this.#position, whole, 1);
      }
      if (rows === 0) {
        this.#oversize = this.#encodeOversize(batch, keyHashes, order, at);
        rows = 1;
      } else {
        this.#advance(this.#encodedBytes(batch));
      }
      this.#segmentRows += rows;
      this.records += rows;
      at += rows;
    }
    return at;
  }

  writeEvent(event: StreamEvent): boolean {
    if (!this.settle()) return false;
    const bytes = eventBytes(event);
    if (this.#segment >= 0 && this.#position + bytes > this.#end()) this.flush();
    if (this.#segment < 0 && !this.#open()) return false;
    invariant(this.#position + bytes <= this.#end(), 'an event is larger than a segment', {
      bytes,
    });
    writeEvent(this.#pool.memory, this.#position, event);
    this.#advance(bytes);
    // Watermarks and markers wait for company; what others wait for does not.
    if (event.kind !== 'watermark' && event.kind !== 'latencyMarker') this.flush();
    return true;
  }

  settle(): boolean {
    while (this.#oversize !== null) {
      if (this.#segment < 0 && !this.#open()) return false;
      const room = this.#end() - this.#position - ELEMENT_HEADER_BYTES;
      if (room < FRAGMENT_BYTES_MIN) {
        this.flush();
        continue;
      }
      const { memory, bytes, position } = this.#oversize;
      const piece = Math.min(room & ~7, bytes - position);
      const length = ELEMENT_HEADER_BYTES + align8(piece);
      const target = this.#pool.memory;
      writeElementHeader(target, this.#position, ELEMENT_FRAGMENT, length, piece, bytes);
      target.bytes.set(
        memory.bytes.subarray(position, position + piece),
        this.#position + ELEMENT_HEADER_BYTES,
      );
      this.#advance(length);
      this.#oversize.position += piece;
      if (this.#oversize.position === bytes) this.#oversize = null;
    }
    return true;
  }

  flush(): void {
    if (this.#segment < 0 || this.#elements === 0) return;
    const { channelId, clock, mailbox, doorbell, peer } = this.#setup;
    const start = this.#segment * this.#pool.segmentBytes;
    const used = this.#position - start;
    const { words, doubles } = this.#pool.memory;
    words[start >> 2] = channelId;
    words[(start >> 2) + 1] = used;
    words[(start >> 2) + 2] = this.#segmentRows;
    words[(start >> 2) + 3] = this.#elements;
    doubles[(start >> 3) + 2] = clock.nowMs();
    this.#inFlightBytes += used;
    this.#pool.remember(this.#segment, this, used, this.#inFlightBytes, clock.monotonicMs());
    mailbox.put(this.#segment);
    this.#segment = -1;
    this.segments++;
    doorbell.ring(peer);
  }

  segmentReturned(bytes: number, bytesAhead: number, underWayMs: number): void {
    this.#inFlight--;
    this.#inFlightBytes -= bytes;
    invariant(this.#inFlight >= 0 && this.#inFlightBytes >= 0, 'more came back than was sent', {
      channel: this.#setup.channelId,
    });
    if (this.#inFlight >= 1) this.#setup.credit.left++;
    this.#budget.observe(bytesAhead, underWayMs);
    this.#refused = false;
  }

  /** Takes a segment if there is credit. */
  #open(): boolean {
    const { credit } = this.#setup;
    if (this.#inFlight > 0) {
      const within = this.#inFlight <= FLOATING_SEGMENTS && credit.left > 0;
      if (!within || this.#inFlightBytes >= this.#budget.amount) {
        this.#refused = true;
        return false;
      }
      credit.left--;
    }
    this.#inFlight++;
    this.#refused = false;
    this.#segment = this.#pool.take();
    this.#position = this.#segment * this.#pool.segmentBytes + SEGMENT_HEADER_BYTES;
    const affordable = Math.max(BUDGET_BYTES_MIN, this.#budget.amount - this.#inFlightBytes);
    this.#limit = Math.min(this.#end(), this.#position + affordable);
    this.#segmentRows = 0;
    this.#elements = 0;
    return true;
  }

  #end(): number {
    return (this.#segment + 1) * this.#pool.segmentBytes;
  }

  #advance(bytes: number): void {
    this.#position += bytes;
    this.#elements++;
    this.bytes += bytes;
  }

  #encode(
    batch: Batch,
    keyHashes: Int32Array | null,
    order: Int32Array,
    from: number,
    to: number,
    memory: Memory,
    at: number,
    room: number,
    least: number,
  ): number {
    const { objects, columns } = this.#setup.encoders;
    return batch.kind === 'objects'
      ? objects.encode(batch, keyHashes, order, from, to, memory, at, room, least, this.#shapes)
      : columns.encode(batch, keyHashes, order, from, to, memory, at, room, least, this.#schemas);
  }

  #encodedBytes(batch: Batch): number {
    const { objects, columns } = this.#setup.encoders;
    return batch.kind === 'objects' ? objects.bytes : columns.bytes;
  }

  /** One record that no segment can hold, encoded on its own; it leaves in fragments. */
  #encodeOversize(
    batch: Batch,
    keyHashes: Int32Array | null,
    order: Int32Array,
    at: number,
  ): Oversize {
    for (let bytes = this.#pool.segmentBytes * 4; bytes <= RECORD_BYTES_MAX; bytes *= 4) {
      const memory = Memory.allocate(bytes);
      if (this.#encode(batch, keyHashes, order, at, at + 1, memory, 0, bytes, 1) === 1) {
        return { memory, bytes: this.#encodedBytes(batch), position: 0 };
      }
    }
    throw new WeirError(
      'TYPE_INVALID',
      `a record is larger than ${RECORD_BYTES_MAX >> 20} MiB; keep large values outside and send ` +
        'a reference to them',
    );
  }
}

interface Oversize {
  readonly memory: Memory;
  readonly bytes: number;
  position: number;
}
