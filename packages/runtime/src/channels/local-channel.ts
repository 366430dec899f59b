/**
 * A channel between two tasks of one thread: a bounded queue of elements, nothing is copied.
 *
 * Both ends in one object: edge outputs write, the gate takes.
 *
 * Invariants:
 * - At most `ROWS_MAX` rows wait, in so many elements at most; fewer when the receiver is slow.
 * - An empty queue always takes at least one row or event.
 */
import type { Batch, ClockPort, ObjectBatch } from '@weir/core';
import { BATCH_ROWS_MAX, requireData } from '@weir/core';
import type { StreamElement } from '../operators/output-buffer.ts';
import { selectRows } from './codec/columnar-codec.ts';
import type { StreamEvent } from './codec/event-codec.ts';
import { InFlightBudget } from './in-flight-budget.ts';
import { InputChannel } from './input-channel.ts';
import type { OutputChannel } from './output-channel.ts';

/** About what the segments of a channel between threads hold when there are many channels. */
const ROWS_MAX = 2 * BATCH_ROWS_MAX;
const ROWS_INITIAL = 128;
const ELEMENTS_MAX = 64;
/** For metrics only: nothing is encoded, so nothing is known. */
const ROW_BYTES_ASSUMED = 64;

interface Queued {
  readonly element: StreamElement;
  readonly rows: number;
  /** Rows in the queue when this one came, itself included. */
  readonly rowsAhead: number;
  readonly sinceMs: number;
}

export class LocalChannel extends InputChannel implements OutputChannel {
  readonly #clock: ClockPort;
  readonly #budget = new InFlightBudget(1, ROWS_INITIAL, ROWS_MAX);
  #queue: Queued[] = [];
  #rows = 0;
  #refused = false;
  /** Of the last row whose class was looked at. */
  #prototype: unknown = undefined;
  records = 0;
  bytes = 0;
  segments = 0;

  constructor(input: number, clock: ClockPort) {
    super(input);
    this.#clock = clock;
  }

  get hasData(): boolean {
    return this.#queue.length > 0;
  }

  get queuedBytes(): number {
    return this.#rows * ROW_BYTES_ASSUMED;
  }

  get fill(): number {
    if (this.#refused) return 1;
    const byElements = this.#queue.length / ELEMENTS_MAX;
    return Math.min(1, Math.max(byElements, this.#rows / this.#budget.amount));
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
      const room = this.#room();
      if (room === 0) return at;
      const end = Math.min(to, at + Math.min(room, BATCH_ROWS_MAX));
      const part =
        batch.kind === 'columns'
          ? selectRows(batch, keyHashes, order, at, end)
          : this.#objects(batch, keyHashes, order, at, end);
      this.#enqueue(part, end - at);
      at = end;
    }
    return at;
  }

  writeEvent(event: StreamEvent): boolean {
    if (this.#queue.length >= ELEMENTS_MAX) {
      this.#refused = true;
      return false;
    }
    this.#enqueue(event, 0);
    return true;
  }

  settle(): boolean {
    return true;
  }

  flush(): void {}

  take(): StreamElement | null {
    const { element, rows, rowsAhead, sinceMs } = this.#queue.shift()!;
    this.#rows -= rows;
    this.#refused = false;
    if (rows > 0) {
      this.takenBytes = rows * ROW_BYTES_ASSUMED;
      this.#budget.observe(rowsAhead, this.#clock.monotonicMs() - sinceMs);
    }
    return element;
  }

  #room(): number {
    if (this.#queue.length === 0) return Math.max(1, Math.floor(this.#budget.amount));
    const rows = Math.floor(this.#budget.amount) - this.#rows;
    if (rows > 0 && this.#queue.length < ELEMENTS_MAX) return rows;
    this.#refused = true;
    return 0;
  }

  #enqueue(element: StreamElement, rows: number): void {
    this.#rows += rows;
    const sinceMs = rows === 0 ? 0 : this.#clock.monotonicMs();
    this.#queue.push({ element, rows, rowsAhead: this.#rows, sinceMs });
    this.records += rows;
    this.bytes += rows * ROW_BYTES_ASSUMED;
    this.segments++;
    this.onData(this);
  }

  #objects(
    batch: ObjectBatch,
    keyHashes: Int32Array | null,
    order: Int32Array,
    from: number,
    to: number,
  ): ObjectBatch {
    const first = order[from]!;
    // Rows keep their order within a channel, so the ends alone tell whether any is left out.
    const part =
      order[to - 1]! - first === to - from - 1
        ? consecutive(batch, keyHashes, first, first + to - from)
        : selected(batch, keyHashes, order.subarray(from, to));
    for (let i = 0; i < part.count; i++) {
      const row = part.rows[i];
      if (typeof row === 'object' && row !== null) this.#checkClass(row);
    }
    return part;
  }

  /**
   * Fails for a class that could not cross threads, so that a job does not depend on where its
   * tasks run. The first row of each class is looked at with all that is in it.
   */
  #checkClass(row: object): void {
    const prototype: unknown = Object.getPrototypeOf(row);
    if (prototype === this.#prototype) return;
    requireData(row);
    this.#prototype = prototype;
  }
}

/** `keyHashes` belongs to the sender, who uses it again. */
function consecutive(
  batch: ObjectBatch,
  keyHashes: Int32Array | null,
  from: number,
  to: number,
): ObjectBatch {
  const { kind, count, rows, timestamps } = batch;
  const hashes = keyHashes === null ? null : keyHashes.slice(from, to);
  if (from === 0 && to === count) return { kind, count, rows, timestamps, keyHashes: hashes };
  return {
    kind,
    count: to - from,
    rows: rows.slice(from, to),
    timestamps: timestamps === null ? null : timestamps.slice(from, to),
    keyHashes: hashes,
  };
}

function selected(
  batch: ObjectBatch,
  keyHashes: Int32Array | null,
  order: Int32Array,
): ObjectBatch {
  const count = order.length;
  const rows = new Array<unknown>(count);
  for (let i = 0; i < count; i++) rows[i] = batch.rows[order[i]!];
  const times = batch.timestamps;
  const timestamps = times === null ? null : new Float64Array(count);
  if (timestamps !== null) {
    for (let i = 0; i < count; i++) timestamps[i] = times![order[i]!]!;
  }
  const hashes = keyHashes === null ? null : new Int32Array(count);
  if (hashes !== null) {
    for (let i = 0; i < count; i++) hashes[i] = keyHashes![order[i]!]!;
  }
  return { kind: 'objects', count, rows, timestamps, keyHashes: hashes };
}
