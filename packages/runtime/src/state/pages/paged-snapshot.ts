/**
 * The frozen view of a paged table, drained in slices by the task's background part. A piece is
 * `rows: varint`, the rows as they lie, and for string keys the bytes of their keys in row order;
 * a key group's chunk is one piece or several.
 */
import { DataOutput } from '@weir/core';
import type { KeyedSnapshot, KeyGroupChunk } from '../../checkpoint/operator-state.ts';
import { PAGE_BYTES, type PageMemory } from './page-memory.ts';

export interface TableShape {
  readonly keyType: 'number' | 'string';
  readonly keyDoubles: number;
  readonly rowDoubles: number;
  readonly rowsPerPage: number;
}

export interface FrozenTable {
  readonly memory: PageMemory;
  readonly shape: TableShape;
  readonly header: Uint8Array;
  readonly firstKeyGroup: number;
  /** By key group; pages beyond those that the frozen counts need belong to later rows. */
  readonly rowPages: readonly (readonly number[])[];
  readonly rowCounts: Int32Array;
  released(): void;
}

export class PagedSnapshot implements KeyedSnapshot {
  readonly header: Uint8Array;
  readonly #table: FrozenTable;
  #group = 0;
  #rowsRead = 0;
  #released = false;

  constructor(table: FrozenTable) {
    this.#table = table;
    this.header = table.header;
  }

  next(rowsMax: number): KeyGroupChunk | null {
    const { rowCounts, rowPages, shape, firstKeyGroup } = this.#table;
    while (this.#group < rowCounts.length && this.#rowsRead >= rowCounts[this.#group]!) {
      this.#group++;
      this.#rowsRead = 0;
    }
    if (this.#group === rowCounts.length) return null;
    const rest = rowCounts[this.#group]! - this.#rowsRead;
    const pagesMax = Math.max(1, Math.floor(rowsMax / shape.rowsPerPage));
    const rows = Math.min(rest, pagesMax * shape.rowsPerPage);
    const firstPage = this.#rowsRead / shape.rowsPerPage;
    const bytes = this.#piece(rowPages[this.#group]!, firstPage, rows);
    this.#rowsRead += rows;
    return { keyGroup: firstKeyGroup + this.#group, bytes };
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#table.memory.thaw();
    this.#table.released();
  }

  #piece(pages: readonly number[], firstPage: number, rows: number): Uint8Array {
    const { memory, shape } = this.#table;
    const rowBytes = shape.rowDoubles * 8;
    const raw = new Uint8Array(rows * rowBytes);
    for (let at = 0, page = firstPage; at < rows; at += shape.rowsPerPage, page++) {
      const inPage = Math.min(shape.rowsPerPage, rows - at);
      memory.readFrozen(pages[page]!, inPage * rowBytes, raw, at * rowBytes);
    }
    const output = new DataOutput(raw.length + PAGE_BYTES);
    output.writeVarint(rows);
    output.writeRaw(raw);
    if (shape.keyType === 'string') writeKeys(output, raw, rows, shape.rowDoubles, memory.bytes);
    return output.toBytes();
  }
}

function writeKeys(
  output: DataOutput,
  raw: Uint8Array,
  rows: number,
  rowDoubles: number,
  memory: Uint8Array,
): void {
  const doubles = new Float64Array(raw.buffer, raw.byteOffset, rows * rowDoubles);
  for (let i = 0; i < rows; i++) {
    const at = doubles[i * rowDoubles]!;
    const length = doubles[i * rowDoubles + 1]!;
    output.writeRaw(memory.subarray(at, at + length));
  }
}
