/**
 * Object batches as elements of a segment: runs of rows of one shape, in columns. The sender of an
 * edge has one table of shapes; each channel is told a shape (its announcement) with the first run
 * that uses it.
 *
 * Called by the remote channels; one `ObjectEncoder` per sending subtask and edge, one
 * `ObjectDecoder` per receiving channel, one `ShapeCode` per slot thread.
 *
 * Invariants:
 * - A row's shape is checked field by field before it is written: nothing is coerced.
 * - Shapes per table are bounded; rows beyond, and rows whose shapes alternate too quickly to form
 *   runs, travel as self-describing values.
 *
 * Element: header; announcement (length and text, if any); timestamps (8n); key hashes (4n,
 * padded); columns as `shape-code.ts` lays them out.
 */
import { BATCH_ROWS_MAX, invariant, type ObjectBatch } from '@weir/core';
import {
  DICTIONARY_ID_MASK,
  ELEMENT_HEADER_BYTES,
  ELEMENT_OBJECTS,
  HAS_ANNOUNCEMENT,
  HAS_KEY_HASHES,
  HAS_TIMESTAMPS,
  writeElementHeader,
} from './element-header.ts';
import { align8, type Memory } from './memory.ts';
import {
  ANY_VALUE,
  COLUMN_STRING,
  COLUMN_TAGGED,
  parseSignature,
  type Shape,
  shapeKeyOf,
  shapeOf,
  signatureOf,
  widen,
} from './shape.ts';
import {
  compileRead,
  compileScan,
  compileWrite,
  type Read,
  type Scan,
  type ScanState,
  type Write,
} from './shape-code.ts';
import { TaggedColumn } from './tagged-column.ts';

/** Distinct key lists that get columns; objects used as dictionaries would have no end of them. */
const KEY_LISTS_MAX = 64;
/** With every widening of each list; ids below fit the element's info. */
const SHAPES_MAX = 1024;
const SHORT_RUN_ROWS = 4;
const SHORT_RUNS_MAX = 8;
const SHORT_RUNS_AFTER_MIXED = 4;

/** Compiled functions of one thread, by shape. Compiling costs about 0.1 ms a function. */
export class ShapeCode {
  readonly #writers = new Map<string, { scan: Scan; write: Write }>();
  readonly #readers = new Map<string, Read>();

  writerOf(signature: string, shape: Shape): { scan: Scan; write: Write } {
    let code = this.#writers.get(signature);
    if (code === undefined) {
      const number = this.#writers.size;
      code = {
        scan: compileScan(shape, `exchange/scan#${number}`),
        write: compileWrite(shape, `exchange/write#${number}`),
      };
      this.#writers.set(signature, code);
    }
    return code;
  }

  readerOf(signature: string): Read {
    let read = this.#readers.get(signature);
    if (read === undefined) {
      const shape = parseSignature(signature);
      read = compileRead(shape, `exchange/read#${this.#readers.size}`);
      this.#readers.set(signature, read);
    }
    return read;
  }
}

interface ShapeEntry {
  readonly id: number;
  readonly key: string;
  readonly shape: Shape;
  readonly announcement: Uint8Array;
  readonly scan: Scan;
  readonly write: Write;
  readonly state: ScanState;
}

/** Ids that a channel's receiver knows already. */
export class Announced {
  readonly #known: boolean[] = [];

  has(id: number): boolean {
    return this.#known[id] === true;
  }

  add(id: number): void {
    while (this.#known.length <= id) this.#known.push(false);
    this.#known[id] = true;
  }
}

const utf8 = new TextEncoder();

export class ObjectEncoder {
  readonly #code: ShapeCode;
  readonly #byKey = new Map<string, ShapeEntry>();
  readonly #any: ShapeEntry;
  #current: ShapeEntry;
  #shapes = 0;
  #shortRuns = 0;
  /** Bytes of the element that the last `encode` wrote. */
  bytes = 0;

  constructor(code: ShapeCode) {
    this.#code = code;
    this.#any = this.#entryOf('any', ANY_VALUE);
    this.#byKey.set('any', this.#any);
    this.#current = this.#any;
  }

  /**
   * Writes rows `order[from … to)` as one element, as many as form one run and fit `room` bytes
   * at `at`; 0 when fewer fit than `min(leastRows, to − from)`, or a run's rest.
   *
   * @throws WeirError CLASS_NOT_REGISTERED, TYPE_INVALID for a value that can't cross threads
   */
  encode(
    batch: ObjectBatch,
    keyHashes: Int32Array | null,
    order: Int32Array,
    from: number,
    to: number,
    memory: Memory,
    at: number,
    room: number,
    leastRows: number,
    announced: Announced,
  ): number {
    const extra = (batch.timestamps === null ? 0 : 8) + (keyHashes === null ? 0 : 4);
    const end = Math.min(to, from + BATCH_ROWS_MAX);
    if (this.#current === this.#any) this.#current = this.#select(batch.rows[order[from]!]);
    for (;;) {
      const entry = this.#shortRuns >= SHORT_RUNS_MAX ? this.#any : this.#current;
      const overhead = this.#overhead(entry, announced);
      const { scan, state } = entry;
      const count = scan(batch.rows, order, from, end, room - overhead, extra, state);
      if (state.full && count < leastRows) return 0;
      if (count === 0 || state.misfit >= 0) {
        this.#adapt(entry, batch.rows[order[from + count]!]);
        continue;
      }
      if (!this.#writeRun(entry, batch, keyHashes, order, from, count, memory, at, announced)) {
        continue;
      }
      this.#countRun(entry, count, from + count < end && !state.full);
      return count;
    }
  }

  #overhead(entry: ShapeEntry, announced: Announced): number {
    const announcement = announced.has(entry.id) ? 0 : align8(4 + entry.announcement.length);
    return ELEMENT_HEADER_BYTES + announcement + 8;
  }

  /** False when a column had to become wide: measure again. */
  #writeRun(
    entry: ShapeEntry,
    batch: ObjectBatch,
    keyHashes: Int32Array | null,
    order: Int32Array,
    from: number,
    count: number,
    memory: Memory,
    at: number,
    announced: Announced,
  ): boolean {
    let info = entry.id;
    let position = at + ELEMENT_HEADER_BYTES;
    const isNew = !announced.has(entry.id);
    if (isNew) {
      info |= HAS_ANNOUNCEMENT;
      memory.words[position >> 2] = entry.announcement.length;
      memory.bytes.set(entry.announcement, position + 4);
      position += align8(4 + entry.announcement.length);
    }
    const { timestamps } = batch;
    if (timestamps !== null) {
      info |= HAS_TIMESTAMPS;
      const first = position >> 3;
      const doubles = memory.doubles;
      for (let i = 0; i < count; i++) doubles[first + i] = timestamps[order[from + i]!]!;
      position += count * 8;
    }
    if (keyHashes !== null) {
      info |= HAS_KEY_HASHES;
      const first = position >> 2;
      const words = memory.words;
      for (let i = 0; i < count; i++) words[first + i] = keyHashes[order[from + i]!]!;
      position = align8(position + count * 4);
    }
    const end = entry.write(batch.rows, order, from, count, memory, position, entry.state);
    if (end < 0) return false;
    writeElementHeader(memory, at, ELEMENT_OBJECTS, end - at, count, info);
    this.bytes = end - at;
    if (isNew) announced.add(entry.id);
    return true;
  }

  /** The row is of another shape, or a value of it needs a wider column. */
  #adapt(entry: ShapeEntry, row: unknown): void {
    const { misfit } = entry.state;
    if (misfit < 0) {
      this.#current = this.#select(row);
      return;
    }
    const { shape, key } = entry;
    const value =
      shape.form === 'value' ? row : (row as Record<string, unknown>)[shape.keys[misfit]!];
    const wider =
      this.#shapes >= SHAPES_MAX ? this.#any : this.#entryOf(key, widen(shape, misfit, value));
    this.#byKey.set(key, wider);
    this.#current = wider;
  }

  #select(row: unknown): ShapeEntry {
    const key = shapeKeyOf(row);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    if (this.#byKey.size >= KEY_LISTS_MAX || this.#shapes >= SHAPES_MAX) return this.#any;
    const entry = this.#entryOf(key, shapeOf(row));
    this.#byKey.set(key, entry);
    return entry;
  }

  #entryOf(key: string, shape: Shape): ShapeEntry {
    const signature = signatureOf(shape);
    const of = (type: number) => shape.types.filter((other) => other === type).length;
    return {
      id: this.#shapes++,
      key,
      shape,
      announcement: utf8.encode(signature),
      ...this.#code.writerOf(signature, shape),
      state: {
        misfit: -1,
        full: false,
        tagged: Array.from({ length: of(COLUMN_TAGGED) }, () => new TaggedColumn()),
        wide: new Uint8Array(of(COLUMN_STRING)),
      },
    };
  }

  /** Shapes that alternate would make batches of a row or two: send those rows as values. */
  #countRun(entry: ShapeEntry, count: number, cutShort: boolean): void {
    if (entry === this.#any) this.#shortRuns = Math.min(this.#shortRuns, SHORT_RUNS_AFTER_MIXED);
    else if (!cutShort || count >= SHORT_RUN_ROWS) this.#shortRuns = 0;
    else this.#shortRuns++;
  }
}

export class ObjectDecoder {
  readonly #code: ShapeCode;
  readonly #readers: Array<Read | undefined> = [];

  constructor(code: ShapeCode) {
    this.#code = code;
  }

  decode(memory: Memory, at: number): ObjectBatch {
    const count = memory.words[(at >> 2) + 2]!;
    const info = memory.words[(at >> 2) + 3]!;
    const id = info & DICTIONARY_ID_MASK;
    let position = at + ELEMENT_HEADER_BYTES;
    if ((info & HAS_ANNOUNCEMENT) !== 0) {
      const length = memory.words[position >> 2]!;
      const signature = memory.text.toString('utf8', position + 4, position + 4 + length);
      this.#readers[id] = this.#code.readerOf(signature);
      position += align8(4 + length);
    }
    const read = this.#readers[id];
    invariant(read !== undefined, 'a shape was not announced', { id });
    let timestamps: Float64Array | null = null;
    if ((info & HAS_TIMESTAMPS) !== 0) {
      timestamps = Float64Array.from(
        memory.doubles.subarray(position >> 3, (position >> 3) + count),
      );
      position += count * 8;
    }
    let keyHashes: Int32Array | null = null;
    if ((info & HAS_KEY_HASHES) !== 0) {
      keyHashes = memory.words.slice(position >> 2, (position >> 2) + count);
      position = align8(position + count * 4);
    }
    return { kind: 'objects', count, rows: read(memory, position, count), timestamps, keyHashes };
  }
}
