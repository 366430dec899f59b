/**
 * Parquet files, one row group at a time, as typed columns. Built on hyparquet; called by file
 * sources and recordings. Nothing is kept between calls but the file's metadata.
 *
 * Cost: one row group's chosen columns in memory. Decoding a column is one uninterrupted piece of
 * work (about 60 ms for 270,000 rows); between columns the event loop gets a turn.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { WeirError } from '@weir/core';
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
  type SchemaElement,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/**
 * `timestamp`: epoch milliseconds. A `bigint` column is handed out as `number` for row groups in
 * which every value is a safe integer, so that nothing is lost and small numbers stay cheap.
 */
export type ParquetColumnType = 'number' | 'timestamp' | 'boolean' | 'string' | 'bigint' | 'other';

/** Values of one column. `nulls[row]` is 1 where the row has none; null = no row lacks one. */
export type ParquetColumn =
  | {
      readonly type: 'number' | 'timestamp';
      readonly values: Float64Array;
      readonly nulls: Uint8Array | null;
    }
  | { readonly type: 'boolean'; readonly values: Uint8Array; readonly nulls: Uint8Array | null }
  | {
      readonly type: 'string' | 'bigint' | 'other';
      readonly values: readonly unknown[];
      readonly nulls: Uint8Array | null;
    };

export interface ParquetRowGroup {
  readonly index: number;
  /** Number of the group's first row in the file, from 0. */
  readonly firstRow: number;
  readonly rows: number;
}

export class ParquetFile {
  readonly path: string;
  readonly rowGroups: readonly ParquetRowGroup[];
  readonly rowCount: number;
  readonly columnTypes: ReadonlyMap<string, ParquetColumnType>;
  readonly #handle: FileHandle;
  readonly #buffer: AsyncBuffer;
  readonly #metadata: FileMetaData;

  private constructor(
    path: string,
    handle: FileHandle,
    buffer: AsyncBuffer,
    metadata: FileMetaData,
  ) {
    this.path = path;
    this.#handle = handle;
    this.#buffer = buffer;
    this.#metadata = metadata;
    let firstRow = 0;
    this.rowGroups = metadata.row_groups.map((group, index) => {
      const rows = Number(group.num_rows);
      firstRow += rows;
      return { index, firstRow: firstRow - rows, rows };
    });
    this.rowCount = firstRow;
    const { children } = parquetSchema(metadata);
    this.columnTypes = new Map(children.map(({ element }) => [element.name, typeOf(element)]));
  }

  /** @throws WeirError FORMAT_INVALID when it is no Parquet file, SOURCE_FAILED when unreadable. */
  static async open(path: string): Promise<ParquetFile> {
    const handle = await openFile(path);
    try {
      const buffer = await asyncBuffer(handle);
      const metadata = await parquetMetadataAsync(buffer, { parsers: PARSERS });
      return new ParquetFile(path, handle, buffer, metadata);
    } catch (cause) {
      await handle.close();
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new WeirError('FORMAT_INVALID', `${path} is not a Parquet file: ${why}`, { cause });
    }
  }

  /**
   * The given columns of one row group, in the order asked for; all of the same length.
   * @throws WeirError FORMAT_INVALID for a column that the file does not have.
   */
  async readRowGroup(index: number, columns: readonly string[]): Promise<readonly ParquetColumn[]> {
    const group = this.rowGroups[index];
    if (group === undefined) {
      throw new WeirError('ARGUMENT_INVALID', `${this.path} has no row group ${index}`);
    }
    const types = columns.map((name) => this.#typeOf(name));
    const scan = await parquetScan({
      file: this.#buffer,
      metadata: this.#metadata,
      columns: [...columns],
      compressors,
      parsers: PARSERS,
    });
    const { firstRow: rowStart, rows } = group;
    const result: ParquetColumn[] = [];
    for (const [i, column] of columns.entries()) {
      const values = await scan.readColumn({ column, rowStart, rowEnd: rowStart + rows });
      result.push(typedColumn(types[i] as ParquetColumnType, values));
      await nextTurn();
    }
    return result;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  #typeOf(name: string): ParquetColumnType {
    const type = this.columnTypes.get(name);
    if (type !== undefined) return type;
    const known = [...this.columnTypes.keys()].join(', ');
    throw new WeirError('FORMAT_INVALID', `${this.path} has no column "${name}", only ${known}`);
  }
}

/** The value of one row; null where it has none. */
export function parquetValue(column: ParquetColumn, row: number): unknown {
  if (column.nulls !== null && column.nulls[row] === 1) return null;
  const value: unknown = column.values[row];
  return column.type === 'boolean' ? value === 1 : value;
}

/** Numbers, not Date objects: a timestamp is a double of milliseconds. */
const PARSERS = {
  timestampFromMilliseconds: (millis: bigint) => Number(millis),
  timestampFromMicroseconds: (micros: bigint) => Number(micros) / 1000,
  timestampFromNanoseconds: (nanos: bigint) => Number(nanos) / 1_000_000,
  dateFromDays: (days: number) => days * 86_400_000,
};

function typeOf(element: SchemaElement): ParquetColumnType {
  const { converted_type: converted, logical_type: logical, type } = element;
  if (element.num_children !== undefined || element.repetition_type === 'REPEATED') return 'other';
  if (logical?.type === 'TIMESTAMP' || converted?.startsWith('TIMESTAMP') || type === 'INT96') {
    return type === 'INT96' ? 'other' : 'timestamp';
  }
  if (logical?.type === 'DATE' || converted === 'DATE') return 'timestamp';
  if (type === 'BOOLEAN') return 'boolean';
  if (logical?.type === 'STRING' || converted === 'UTF8' || converted === 'ENUM') return 'string';
  if (type === 'INT64') return converted === 'DECIMAL' ? 'number' : 'bigint';
  if (type === 'INT32' || type === 'FLOAT' || type === 'DOUBLE') return 'number';
  // hyparquet decodes plain byte arrays as UTF-8, as most writers mean them.
  return type === 'BYTE_ARRAY' && converted === undefined && logical === undefined
    ? 'string'
    : 'other';
}

function typedColumn(type: ParquetColumnType, values: ArrayLike<unknown>): ParquetColumn {
  const nulls = nullsOf(values);
  if (type === 'boolean') {
    const bytes = new Uint8Array(values.length);
    for (let i = 0; i < values.length; i++) bytes[i] = values[i] === true ? 1 : 0;
    return { type, values: bytes, nulls };
  }
  if (type === 'number' || type === 'timestamp' || (type === 'bigint' && allSafe(values))) {
    const numbers = new Float64Array(values.length);
    for (let i = 0; i < values.length; i++) numbers[i] = Number(values[i] ?? 0);
    return { type: type === 'timestamp' ? type : 'number', values: numbers, nulls };
  }
  return { type, values: Array.isArray(values) ? values : Array.from(values), nulls };
}

function nullsOf(values: ArrayLike<unknown>): Uint8Array | null {
  if (ArrayBuffer.isView(values)) return null;
  let nulls: Uint8Array | null = null;
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== null && values[i] !== undefined) continue;
    nulls ??= new Uint8Array(values.length);
    nulls[i] = 1;
  }
  return nulls;
}

function allSafe(values: ArrayLike<unknown>): boolean {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value !== null && value !== undefined && !Number.isSafeInteger(Number(value))) return false;
  }
  return true;
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new WeirError('SOURCE_FAILED', `${path} can't be read: ${why}`, { cause });
  }
}

async function asyncBuffer(handle: FileHandle): Promise<AsyncBuffer> {
  const { size } = await handle.stat();
  return {
    byteLength: size,
    async slice(start, end = size) {
      const bytes = Buffer.allocUnsafeSlow(end - start);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
      if (bytesRead === bytes.length) return bytes.buffer;
      throw new WeirError(
        'FORMAT_INVALID',
        `the file ends ${bytes.length - bytesRead} bytes early`,
      );
    },
  };
}
