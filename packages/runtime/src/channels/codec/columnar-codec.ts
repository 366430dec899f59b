/**
 * Columnar batches as elements of a segment: the selected rows of each column, copied straight.
 *
 * Called by the remote channels like `object-codec.ts`. A schema is announced to a channel with the
 * first batch that uses it; the receiver hands out one schema object per announcement.
 *
 * Element: header; announcement; timestamps (8n); key hashes (4n, padded); then per column, each
 * 8-aligned: a word that says whether it has nulls and a word with its string bytes; values, or
 * n + 1 offsets and the bytes; a null byte per row.
 */
import {
  BATCH_ROWS_MAX,
  type Column,
  type ColumnarBatch,
  type ColumnSchema,
  invariant,
} from '@weir/core';
import {
  DICTIONARY_ID_MASK,
  ELEMENT_COLUMNS,
  ELEMENT_HEADER_BYTES,
  HAS_ANNOUNCEMENT,
  HAS_KEY_HASHES,
  HAS_TIMESTAMPS,
  writeElementHeader,
} from './element-header.ts';
import { align8, type Memory } from './memory.ts';
import type { Announced } from './object-codec.ts';

const SCHEMAS_MAX = DICTIONARY_ID_MASK;
const COLUMN_HEADER_BYTES = 8;
/** Paddings of a column's parts, at most. */
const COLUMN_SLACK_BYTES = 24;
const VALUE_BYTES = { f64: 8, i64: 8, i32: 4, bool: 1, string: 4 } as const;

const utf8 = new TextEncoder();

export class ColumnarEncoder {
  readonly #ids = new Map<string, number>();
  #schema: readonly ColumnSchema[] | null = null;
  #announcement = new Uint8Array();
  #id = 0;
  /** Bytes of the element that the last `encode` wrote. */
  bytes = 0;

  /** As `ObjectEncoder.encode`. */
  encode(
    batch: ColumnarBatch,
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
    if (batch.schema !== this.#schema) this.#select(batch.schema);
    const isNew = !announced.has(this.#id);
    const announcement = isNew ? align8(4 + this.#announcement.length) : 0;
    const overhead = ELEMENT_HEADER_BYTES + announcement + 8;
    const end = Math.min(to, from + BATCH_ROWS_MAX);
    const count = fitting(batch, keyHashes !== null, order, from, end, room - overhead);
    if (count === 0 || (from + count < end && count < leastRows)) return 0;

    let info = this.#id;
    let position = at + ELEMENT_HEADER_BYTES;
    if (isNew) {
      info |= HAS_ANNOUNCEMENT;
      memory.words[position >> 2] = this.#announcement.length;
      memory.bytes.set(this.#announcement, position + 4);
      position += announcement;
      announced.add(this.#id);
    }
    if (batch.timestamps !== null) {
      info |= HAS_TIMESTAMPS;
      gather(memory.doubles, position >> 3, batch.timestamps, order, from, count);
      position += count * 8;
    }
    if (keyHashes !== null) {
      info |= HAS_KEY_HASHES;
      gather(memory.words, position >> 2, keyHashes, order, from, count);
      position = align8(position + count * 4);
    }
    for (const column of batch.columns) {
      position = writeColumn(column, order, from, count, memory, position);
    }
    writeElementHeader(memory, at, ELEMENT_COLUMNS, position - at, count, info);
    this.bytes = position - at;
    return count;
  }

  #select(schema: readonly ColumnSchema[]): void {
    const text = JSON.stringify(schema);
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.#ids.size;
      invariant(id < SCHEMAS_MAX, 'too many schemas on one edge', { schemas: id });
      this.#ids.set(text, id);
    }
    this.#schema = schema;
    this.#announcement = utf8.encode(text);
    this.#id = id;
  }
}

export class ColumnarDecoder {
  readonly #schemas: Array<readonly ColumnSchema[] | undefined> = [];

  decode(memory: Memory, at: number): ColumnarBatch {
    const count = memory.words[(at >> 2) + 2]!;
    const info = memory.words[(at >> 2) + 3]!;
    const id = info & DICTIONARY_ID_MASK;
    let position = at + ELEMENT_HEADER_BYTES;
    if ((info & HAS_ANNOUNCEMENT) !== 0) {
      const length = memory.words[position >> 2]!;
      const text = memory.text.toString('utf8', position + 4, position + 4 + length);
      this.#schemas[id] = JSON.parse(text) as ColumnSchema[];
      position += align8(4 + length);
    }
    const schema = this.#schemas[id];
    invariant(schema !== undefined, 'a schema was not announced', { id });
    let timestamps: Float64Array | null = null;
    if ((info & HAS_TIMESTAMPS) !== 0) {
      timestamps = memory.doubles.slice(position >> 3, (position >> 3) + count);
      position += count * 8;
    }
    let keyHashes: Int32Array | null = null;
    if ((info & HAS_KEY_HASHES) !== 0) {
      keyHashes = memory.words.slice(position >> 2, (position >> 2) + count);
      position = align8(position + count * 4);
    }
    const columns: Column[] = [];
    for (const { type } of schema) {
      const read = readColumn(type, memory, position, count);
      columns.push(read.column);
      position = read.end;
    }
    return {
      kind: 'columns',
      count,
      schema,
      columns,
      timestamps,
      selection: null,
      keyHashes,
    };
  }
}

/** The given rows of a batch as one that shares its columns; for channels within a thread. */
export function selectRows(
  batch: ColumnarBatch,
  keyHashes: Int32Array | null,
  order: Int32Array,
  from: number,
  to: number,
): ColumnarBatch {
  const { kind, count, schema, columns, timestamps } = batch;
  // A partitioner uses hashes that it computed itself again for the next batch.
  const hashes = keyHashes === batch.keyHashes ? keyHashes : (keyHashes?.slice(0, count) ?? null);
  const selection = to - from === count ? null : order.slice(from, to);
  return { kind, count, schema, columns, timestamps, selection, keyHashes: hashes };
}

function fitting(
  batch: ColumnarBatch,
  hashed: boolean,
  order: Int32Array,
  from: number,
  to: number,
  room: number,
): number {
  let perRow = (batch.timestamps === null ? 0 : 8) + (hashed ? 4 : 0);
  let bytes = 0;
  const texts: Int32Array[] = [];
  for (const column of batch.columns) {
    bytes += COLUMN_HEADER_BYTES + COLUMN_SLACK_BYTES;
    perRow += VALUE_BYTES[column.type] + (column.nulls === null ? 0 : 1);
    if (column.type === 'string') texts.push(column.offsets);
  }
  for (let i = from; i < to; i++) {
    const row = order[i]!;
    bytes += perRow;
    for (const offsets of texts) bytes += offsets[row + 1]! - offsets[row]!;
    if (bytes > room) return i - from;
  }
  return to - from;
}

function writeColumn(
  column: Column,
  order: Int32Array,
  from: number,
  count: number,
  memory: Memory,
  at: number,
): number {
  const word = at >> 2;
  memory.words[word] = column.nulls === null ? 0 : 1;
  let position = at + COLUMN_HEADER_BYTES;
  switch (column.type) {
    case 'f64':
    case 'i64':
      gather(memory.doubles, position >> 3, column.values, order, from, count);
      position += count * 8;
      break;
    case 'i32':
      gather(memory.words, position >> 2, column.values, order, from, count);
      position += count * 4;
      break;
    case 'bool':
      gather(memory.bytes, position, column.values, order, from, count);
      position += count;
      break;
    case 'string': {
      const end = writeStrings(column.bytes, column.offsets, order, from, count, memory, position);
      memory.words[word + 1] = end - (position + (count + 1) * 4);
      position = end;
      break;
    }
  }
  if (column.nulls !== null) {
    gather(memory.bytes, position, column.nulls, order, from, count);
    position += count;
  }
  return align8(position);
}

function writeStrings(
  bytes: Uint8Array,
  offsets: Int32Array,
  order: Int32Array,
  from: number,
  count: number,
  memory: Memory,
  at: number,
): number {
  const ends = (at >> 2) + 1;
  const start = at + (count + 1) * 4;
  memory.words[ends - 1] = 0;
  let position = start;
  for (let i = 0; i < count; i++) {
    const row = order[from + i]!;
    const first = offsets[row]!;
    const end = offsets[row + 1]!;
    if (end - first > 64) {
      memory.bytes.set(bytes.subarray(first, end), position);
      position += end - first;
    } else {
      for (let k = first; k < end; k++) memory.bytes[position++] = bytes[k]!;
    }
    memory.words[ends + i] = position - start;
  }
  return position;
}

function readColumn(
  type: ColumnSchema['type'],
  memory: Memory,
  at: number,
  count: number,
): { column: Column; end: number } {
  const nullable = memory.words[at >> 2] === 1;
  const stringBytes = memory.words[(at >> 2) + 1]!;
  const start = at + COLUMN_HEADER_BYTES;
  const valueBytes = type === 'string' ? (count + 1) * 4 + stringBytes : count * VALUE_BYTES[type];
  const nullsAt = start + valueBytes;
  const nulls = nullable ? memory.bytes.slice(nullsAt, nullsAt + count) : null;
  const end = align8(nullsAt + (nullable ? count : 0));
  switch (type) {
    case 'f64':
    case 'i64': {
      const values = memory.doubles.slice(start >> 3, (start >> 3) + count);
      return { column: { type, values, nulls }, end };
    }
    case 'i32': {
      const values = memory.words.slice(start >> 2, (start >> 2) + count);
      return { column: { type, values, nulls }, end };
    }
    case 'bool': {
      const values = memory.bytes.slice(start, start + count);
      return { column: { type, values, nulls }, end };
    }
    case 'string': {
      const offsets = memory.words.slice(start >> 2, (start >> 2) + count + 1);
      const bytesAt = start + (count + 1) * 4;
      const bytes = memory.bytes.slice(bytesAt, bytesAt + stringBytes);
      return { column: { type, bytes, offsets, nulls }, end };
    }
  }
}

function gather(
  target: Float64Array | Int32Array | Uint8Array,
  at: number,
  source: Float64Array | Int32Array | Uint8Array,
  order: Int32Array,
  from: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) target[at + i] = source[order[from + i]!]!;
}
