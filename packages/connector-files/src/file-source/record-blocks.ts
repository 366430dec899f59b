/** How the records of one file, or of one part of it, are fetched block by block. */
import { type FileHandle, open } from 'node:fs/promises';
import { isWeirError, WeirError } from '@weir/core';
import {
  type LineFormat,
  ParquetFile,
  type ParquetColumn,
  parquetValue,
  RecordFramer,
} from '@weir/formats';

export interface RecordBlock<T> {
  readonly records: readonly T[];
  /** Per record: the position at which reading goes on after it. */
  readonly positions: readonly number[];
}

export interface RecordBlockReader<T> {
  /** Null at the end. Never called again before it has settled. */
  next(): Promise<RecordBlock<T> | null>;
  close(): Promise<void>;
}

/** A part of a file that is read in one go. `rowGroup` is 0 in files that have none. */
export interface FilePart {
  readonly path: string;
  readonly rowGroup: number;
}

export interface FilePlace {
  readonly text: string;
  readonly recordsAhead: number | null;
}

/** A kind of file: what its parts are, and how to read one from a position (0 = its start). */
export interface FileReadFormat<T> {
  partsOf(path: string): Promise<readonly FilePart[]>;
  /** A position in words, and how many records follow it; null = not known. */
  placeOf(part: FilePart, position: number): FilePlace;
  open(part: FilePart, position: number): Promise<RecordBlockReader<T>>;
}

const CHUNK_BYTES = 65_536;
const ROWS_PER_BLOCK = 4096;

/** Text with one record per line; a position is a byte offset. */
export function lineFiles<T>(format: LineFormat<T>): FileReadFormat<T> {
  return {
    partsOf: async (path) => [{ path, rowGroup: 0 }],
    placeOf: (_, position) => ({
      text: `byte ${position.toLocaleString('en')}`,
      recordsAhead: null,
    }),
    open: async (part, position) => LineBlockReader.open(part.path, format, position),
  };
}

/** Parquet; a part is a row group, a position the number of rows in it that were read. */
export function parquetFiles<T>(columns: readonly (keyof T & string)[]): FileReadFormat<T> {
  const rowsOf = new Map<string, number>();
  return {
    async partsOf(path) {
      const file = await ParquetFile.open(path);
      await file.close();
      for (const { index, rows } of file.rowGroups) rowsOf.set(`${path}#${index}`, rows);
      return file.rowGroups.map((group) => ({ path, rowGroup: group.index }));
    },
    placeOf({ path, rowGroup }, position) {
      const rows = rowsOf.get(`${path}#${rowGroup}`) ?? null;
      const of = rows === null ? '' : ` of ${rows.toLocaleString('en')}`;
      const recordsAhead = rows === null ? null : rows - position;
      return { text: `row ${position.toLocaleString('en')}${of}`, recordsAhead };
    },
    open: async (part, position) => new ParquetBlockReader<T>(part, columns, position),
  };
}

class LineBlockReader<T> implements RecordBlockReader<T> {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #framer: RecordFramer;
  readonly #decode: (text: string) => T | null;
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  #offset: number;
  #ended = false;

  private constructor(path: string, handle: FileHandle, format: LineFormat<T>, header: Header) {
    this.#path = path;
    this.#handle = handle;
    this.#offset = header.endOffset;
    this.#framer = new RecordFramer(format.quoted, header.endOffset);
    this.#decode = format.decoder(header.line);
  }

  static async open<T>(
    path: string,
    format: LineFormat<T>,
    position: number,
  ): Promise<LineBlockReader<T>> {
    const handle = await openFile(path);
    try {
      const header = format.header ? await readHeader(handle, format.quoted) : NO_HEADER;
      const endOffset = Math.max(position, header.endOffset);
      return new LineBlockReader(path, handle, format, { line: header.line, endOffset });
    } catch (error) {
      await handle.close();
      throw inFile(error, path, 0);
    }
  }

  async next(): Promise<RecordBlock<T> | null> {
    const records: T[] = [];
    const positions: number[] = [];
    const consume = (text: string, endOffset: number): void => {
      const record = this.#decodeAt(text, endOffset);
      if (record === null) return;
      records.push(record);
      positions.push(endOffset);
    };
    while (records.length === 0 && !this.#ended) {
      const { bytesRead } = await this.#handle.read(this.#chunk, 0, CHUNK_BYTES, this.#offset);
      this.#offset += bytesRead;
      if (bytesRead > 0) {
        this.#framer.push(this.#chunk.subarray(0, bytesRead), consume);
      } else {
        this.#framer.end(consume);
        this.#ended = true;
      }
    }
    return records.length === 0 ? null : { records, positions };
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  #decodeAt(text: string, endOffset: number): T | null {
    try {
      return this.#decode(text);
    } catch (error) {
      throw inFile(error, this.#path, endOffset);
    }
  }
}

class ParquetBlockReader<T> implements RecordBlockReader<T> {
  readonly #part: FilePart;
  readonly #names: readonly (keyof T & string)[];
  #columns: readonly ParquetColumn[] | null = null;
  #row: number;
  #rows = 0;

  constructor(part: FilePart, names: readonly (keyof T & string)[], position: number) {
    this.#part = part;
    this.#names = names;
    this.#row = position;
  }

  async next(): Promise<RecordBlock<T> | null> {
    const columns = this.#columns ?? (await this.#load());
    if (this.#row >= this.#rows) return null;
    const end = Math.min(this.#row + ROWS_PER_BLOCK, this.#rows);
    const records: T[] = [];
    const positions: number[] = [];
    for (; this.#row < end; this.#row++) {
      const record: Record<string, unknown> = {};
      for (let c = 0; c < columns.length; c++) {
        record[this.#names[c]!] = parquetValue(columns[c]!, this.#row);
      }
      records.push(record as T);
      positions.push(this.#row + 1);
    }
    return { records, positions };
  }

  async close(): Promise<void> {
    this.#columns = null;
  }

  async #load(): Promise<readonly ParquetColumn[]> {
    const { path, rowGroup } = this.#part;
    const file = await ParquetFile.open(path);
    try {
      this.#columns = await file.readRowGroup(rowGroup, this.#names);
      this.#rows = file.rowGroups[rowGroup]?.rows ?? 0;
      return this.#columns;
    } finally {
      await file.close();
    }
  }
}

interface Header {
  readonly line: string | null;
  readonly endOffset: number;
}

const NO_HEADER: Header = { line: null, endOffset: 0 };

async function readHeader(handle: FileHandle, quoted: boolean): Promise<Header> {
  const framer = new RecordFramer(quoted);
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let header: Header | null = null;
  const consume = (line: string, endOffset: number): void => {
    // A byte order mark is no part of the first column's name.
    header ??= { line: line.replace(/^\uFEFF/, ''), endOffset };
  };
  for (let offset = 0; header === null; ) {
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, offset);
    offset += bytesRead;
    if (bytesRead > 0) framer.push(chunk.subarray(0, bytesRead), consume);
    else framer.end(consume);
    if (bytesRead === 0 && header === null) {
      throw new WeirError(
        'FORMAT_INVALID',
        'the file is empty, but its first line must be a header',
      );
    }
  }
  return header;
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new WeirError('SOURCE_FAILED', `${path} can't be read: ${why}`, { cause });
  }
}

function inFile(error: unknown, path: string, endOffset: number): unknown {
  if (!isWeirError(error) || error.code !== 'FORMAT_INVALID') return error;
  const where = endOffset === 0 ? path : `${path}, in the record that ends at byte ${endOffset}`;
  return new WeirError('FORMAT_INVALID', `${where}: ${error.message}`, { cause: error });
}
