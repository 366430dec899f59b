/**
 * Rows of numbers by key, for built-in keyed operators (sums, counts, windows over columns).
 * A row is `valueDoubles` doubles after its key. Keys are numbers, or strings as UTF-8.
 * Called with a whole batch at a time (`locate`), so that independent cache misses overlap.
 *
 * Layout: rows of one key group fill pages of that key group in order; string keys lie in pages
 * of their own, never change and so need no copy during a snapshot (`paged-snapshot.ts` says how
 * both are written).
 *
 * Invariants: an address is in doubles and stays valid for ever; while frozen, `locate` protects
 * the page of every row that it returns, since callers are about to write.
 */
import {
  DataInput,
  DataOutput,
  hashNumber,
  hashString,
  invariant,
  type KeyGroupRange,
  keyGroupOf,
  WeirError,
} from '@weir/core';
import type { KeyedSnapshot, KeyedStateSource } from '../../checkpoint/operator-state.ts';
import { KeyIndex } from './key-index.ts';
import { PAGE_BYTES, PageMemory } from './page-memory.ts';
import { PagedSnapshot, type TableShape } from './paged-snapshot.ts';

export type PagedKeyType = 'number' | 'string';

const BYTES = 8;
/** Memory beyond what a core's own cache holds: from there on misses decide. */
const CACHE_BYTES = 1 << 20;
const BATCH_INITIAL = 1024;
const decoder = new TextDecoder();

/** The keys of a batch, either numbers or UTF-8 slices. */
export interface KeyColumn {
  readonly numbers: Float64Array | Int32Array | null;
  readonly bytes: Uint8Array | null;
  readonly offsets: Int32Array | null;
}

export interface PagedTableOptions {
  readonly keyGroupRange: KeyGroupRange;
  readonly maxParallelism: number;
  readonly keyType: PagedKeyType;
  readonly valueDoubles: number;
}

export class PagedTable {
  readonly #memory = new PageMemory();
  readonly #index: KeyIndex;
  readonly #range: KeyGroupRange;
  readonly #maxParallelism: number;
  readonly #shape: TableShape;
  readonly #rowPages: number[][];
  readonly #rowCounts: Int32Array;
  readonly #keyPages: number[][];
  readonly #keyBytes: Float64Array;
  #snapshot: PagedSnapshot | null = null;
  /** Of the batch at hand, by its live rows. */
  #groups = new Int32Array(BATCH_INITIAL);
  #places = new Float64Array(BATCH_INITIAL);

  constructor(options: PagedTableOptions) {
    const { keyGroupRange, keyType, valueDoubles } = options;
    const groups = keyGroupRange.end - keyGroupRange.start + 1;
    const keyDoubles = keyType === 'number' ? 1 : 2;
    const rowDoubles = keyDoubles + valueDoubles;
    const rowsPerPage = Math.floor(PAGE_BYTES / (rowDoubles * BYTES));
    invariant(rowsPerPage > 0, 'a row must fit a page', { valueDoubles });
    this.#shape = { keyType, keyDoubles, rowDoubles, rowsPerPage };
    this.#range = keyGroupRange;
    this.#maxParallelism = options.maxParallelism;
    this.#index = new KeyIndex(groups);
    this.#rowPages = Array.from({ length: groups }, () => []);
    this.#keyPages = Array.from({ length: groups }, () => []);
    this.#rowCounts = new Int32Array(groups);
    this.#keyBytes = new Float64Array(groups);
  }

  /** All rows, by address; take it anew after each `locate`. */
  get doubles(): Float64Array {
    return this.#memory.doubles;
  }

  /** Doubles between a row's address and its first value. */
  get valueOffset(): number {
    return this.#shape.keyDoubles;
  }

  /**
   * The address of each key's row, a new zeroed one where the key is new. `rows` selects from the
   * column (null = 0 … count − 1); `hashes` are by row of the column, like the keys.
   */
  locate(
    keys: KeyColumn,
    rows: Int32Array | null,
    count: number,
    hashes: Int32Array,
    addresses: Int32Array,
  ): void {
    this.#groupRows(rows, count, hashes);
    if (this.#memory.bytesUsed > CACHE_BYTES) this.#touch(keys, rows, count, hashes);
    const groups = this.#groups;
    for (let i = 0; i < count; i++) {
      const row = rows === null ? i : rows[i]!;
      addresses[i] = this.#find(groups[i]!, hashes[row]!, keys, row);
    }
    if (!this.#memory.isFrozen) return;
    for (let i = 0; i < count; i++) {
      this.#memory.protect(Math.floor((addresses[i]! * BYTES) / PAGE_BYTES));
    }
  }

  snapshot(): KeyedSnapshot {
    invariant(this.#snapshot === null, 'one snapshot at a time');
    this.#memory.freeze();
    const snapshot = new PagedSnapshot({
      memory: this.#memory,
      shape: this.#shape,
      header: headerOf(this.#shape),
      firstKeyGroup: this.#range.start,
      rowPages: this.#rowPages,
      rowCounts: this.#rowCounts.slice(),
      released: () => {
        this.#snapshot = null;
      },
    });
    this.#snapshot = snapshot;
    return snapshot;
  }

  /** @throws WeirError STATE_INCOMPATIBLE when the rows were written with another layout. */
  async restore(source: KeyedStateSource): Promise<void> {
    for (const part of source.parts) {
      this.#checkHeader(part.header);
      for (const keyGroup of part.keyGroups) {
        const input = new DataInput(await part.read(keyGroup));
        while (input.remaining > 0) this.#restorePiece(keyGroup - this.#range.start, input);
      }
    }
  }

  stats(): { entries: number; bytes: number } {
    let entries = 0;
    for (let group = 0; group < this.#rowCounts.length; group++) entries += this.#rowCounts[group]!;
    return { entries, bytes: this.#memory.bytesUsed };
  }

  /** Key groups relative to the range. */
  #groupRows(rows: Int32Array | null, count: number, hashes: Int32Array): void {
    if (this.#groups.length < count) {
      this.#groups = new Int32Array(count);
      this.#places = new Float64Array(count);
    }
    const groups = this.#groups;
    const maxParallelism = this.#maxParallelism;
    const { start, end } = this.#range;
    for (let i = 0; i < count; i++) {
      const keyGroup = keyGroupOf(hashes[rows === null ? i : rows[i]!]!, maxParallelism);
      if (keyGroup < start || keyGroup > end) this.#foreign(keyGroup);
      groups[i] = keyGroup - start;
    }
  }

  /**
   * Reads what the search will most likely read, a level of indirection at a time for the whole
   * batch: reads of one level don't depend on each other, so their cache misses overlap, which they
   * don't within the search for one key. What was read is stored, or V8 would not read it.
   */
  #touch(keys: KeyColumn, rows: Int32Array | null, count: number, hashes: Int32Array): void {
    const { doubles, bytes } = this.#memory;
    const index = this.#index;
    const words = index.words;
    const groups = this.#groups;
    const places = this.#places;
    for (let i = 0; i < count; i++) {
      places[i] = words[index.home(groups[i]!, hashes[rows === null ? i : rows[i]!]!) + 1]!;
    }
    for (let i = 0; i < count; i++) places[i] = doubles[places[i]!]!;
    if (keys.numbers !== null) return;
    for (let i = 0; i < count; i++) places[i] = bytes[places[i]!]!;
  }

  #find(group: number, hash: number, keys: KeyColumn, row: number): number {
    const index = this.#index;
    let words = index.words;
    let word = index.home(group, hash);
    for (;;) {
      const address = words[word + 1]!;
      if (address === 0) break;
      if (words[word] === hash && this.#keyEquals(address, keys, row)) return address;
      word = index.next(group, word);
    }
    const address = this.#appendRow(group);
    this.#writeKey(group, address, keys, row);
    index.occupy(group, word, hash, address);
    words = index.words;
    return address;
  }

  #keyEquals(address: number, keys: KeyColumn, row: number): boolean {
    const doubles = this.#memory.doubles;
    if (keys.numbers !== null) return doubles[address] === keys.numbers[row];
    const start = keys.offsets![row]!;
    const length = keys.offsets![row + 1]! - start;
    if (doubles[address + 1] !== length) return false;
    const stored = this.#memory.bytes;
    const at = doubles[address]!;
    for (let i = 0; i < length; i++) {
      if (stored[at + i] !== keys.bytes![start + i]) return false;
    }
    return true;
  }

  #appendRow(group: number): number {
    const { rowsPerPage, rowDoubles } = this.#shape;
    const place = this.#rowCounts[group]! % rowsPerPage;
    const pages = this.#rowPages[group]!;
    if (place === 0) pages.push(this.#memory.allocate());
    this.#rowCounts[group]!++;
    const page = pages[pages.length - 1]!;
    return (page * PAGE_BYTES) / BYTES + place * rowDoubles;
  }

  #writeKey(group: number, address: number, keys: KeyColumn, row: number): void {
    if (this.#memory.isFrozen) {
      this.#memory.protect(Math.floor((address * BYTES) / PAGE_BYTES));
    }
    if (keys.numbers !== null) {
      this.#memory.doubles[address] = keys.numbers[row]!;
      return;
    }
    const start = keys.offsets![row]!;
    const length = keys.offsets![row + 1]! - start;
    const at = this.#appendKeyBytes(group, length);
    this.#memory.bytes.set(keys.bytes!.subarray(start, start + length), at);
    this.#memory.doubles[address] = at;
    this.#memory.doubles[address + 1] = length;
  }

  /** Keys don't straddle pages; the rest of a page that is too short stays unused. */
  #appendKeyBytes(group: number, length: number): number {
    if (length > PAGE_BYTES) {
      throw new WeirError(
        'TYPE_INVALID',
        `a key of ${length} bytes is too long; keys of built-in aggregations may have ` +
          `${PAGE_BYTES} bytes, group by a digest of it instead`,
      );
    }
    const used = this.#keyBytes[group]! % PAGE_BYTES;
    const pages = this.#keyPages[group]!;
    if (pages.length === 0 || used === 0 || used + length > PAGE_BYTES) {
      if (used !== 0) this.#keyBytes[group]! += PAGE_BYTES - used;
      pages.push(this.#memory.allocate());
    }
    const place = this.#keyBytes[group]! % PAGE_BYTES;
    this.#keyBytes[group]! += length;
    return pages[pages.length - 1]! * PAGE_BYTES + place;
  }

  #restorePiece(group: number, input: DataInput): void {
    const { rowDoubles, keyDoubles, keyType } = this.#shape;
    const rows = input.readVarint();
    const raw = input.readRaw(rows * rowDoubles * BYTES).slice();
    const doubles = new Float64Array(raw.buffer);
    const numbers: KeyColumn = { numbers: doubles, bytes: null, offsets: null };
    for (let i = 0; i < rows; i++) {
      const at = i * rowDoubles;
      let address: number;
      if (keyType === 'number') {
        address = this.#find(group, hashNumber(doubles[at]!), numbers, at);
      } else {
        const bytes = input.readRaw(doubles[at + 1]!);
        const key = { numbers: null, bytes, offsets: Int32Array.of(0, bytes.length) };
        address = this.#find(group, hashString(decoder.decode(bytes)), key, 0);
      }
      const values = doubles.subarray(at + keyDoubles, at + rowDoubles);
      this.#memory.doubles.set(values, address + keyDoubles);
    }
  }

  #checkHeader(header: Uint8Array): void {
    const written = new DataInput(header).readString();
    const expected = describeShape(this.#shape);
    if (written === expected) return;
    throw new WeirError(
      'STATE_INCOMPATIBLE',
      `the checkpoint holds rows of ${written}, but the operator now needs ${expected}; ` +
        'give the operator a new uid, or restore with the old program',
    );
  }

  #foreign(keyGroup: number): never {
    const { start, end } = this.#range;
    invariant(false, 'a key group of another subtask arrived', { keyGroup, start, end });
  }
}

function describeShape(shape: TableShape): string {
  return `${shape.keyType} key and ${shape.rowDoubles - shape.keyDoubles} doubles`;
}

function headerOf(shape: TableShape): Uint8Array {
  const output = new DataOutput();
  output.writeString(describeShape(shape));
  return output.toBytes();
}
