/** Records that are the bytes or the text themselves, JSON and CSV: one record per message. */
import { WeirError } from '@weir/core';
import {
  type CsvColumns,
  type CsvEncoderColumn,
  csvEncoder,
  csvFormat,
  type CsvRow,
} from '../csv.ts';
import { JsonRecordReader } from '../json/json-record-reader.ts';
import { jsonLinesEncoder } from '../json-lines.ts';
import { bufferOf, utf8Text } from '../utf8-text.ts';

/** UTF-8 text as it is. */
export class SimpleStringSchema {
  readonly producedType = null;

  /** @throws WeirError FORMAT_INVALID for bytes that are no UTF-8. */
  deserialize(bytes: Uint8Array): string {
    return utf8Text(bytes);
  }

  deserializeRange(bytes: Uint8Array, start: number, end: number): string {
    return utf8Text(bytes, start, end);
  }

  serialize(record: string): string {
    if (typeof record === 'string') return record;
    throw new WeirError('FORMAT_INVALID', `a ${typeof record} is not text; map it to a string`);
  }
}

/** Bytes as they are, copied. */
export class ByteArraySchema {
  readonly producedType = null;

  deserialize(bytes: Uint8Array): Uint8Array {
    return this.deserializeRange(bytes, 0, bytes.length);
  }

  deserializeRange(bytes: Uint8Array, start: number, end: number): Uint8Array {
    const copy = Buffer.allocUnsafe(end - start);
    bufferOf(bytes).copy(copy, 0, start, end);
    return copy;
  }

  serialize(record: Uint8Array): Uint8Array {
    if (record instanceof Uint8Array) return record;
    throw new WeirError('FORMAT_INVALID', `a ${typeof record} is not bytes (Uint8Array)`);
  }
}

/**
 * One JSON value per message. An empty message holds none.
 * @example new JsonDeserializationSchema<Click>((value) => Click.parse(value))
 */
export class JsonDeserializationSchema<T> {
  readonly producedType = null;
  readonly #reader = new JsonRecordReader();
  readonly #check: ((value: unknown) => T) | null;

  /** `check` may validate or convert a parsed value; it throws to refuse it. */
  constructor(check?: (value: unknown) => T) {
    this.#check = check ?? null;
  }

  /** @throws WeirError FORMAT_INVALID, and what `check` throws. */
  deserialize(bytes: Uint8Array): T | null {
    return this.deserializeRange(bytes, 0, bytes.length);
  }

  deserializeRange(bytes: Uint8Array, start: number, end: number): T | null {
    const value = this.#reader.read(bufferOf(bytes), start, end);
    if (value === undefined) return null;
    return this.#check === null ? (value as T) : this.#check(value);
  }
}

/** One JSON value per message; BIGINTs with all digits, dates as ISO 8601. */
export class JsonSerializationSchema<T> {
  readonly #encoder = jsonLinesEncoder<T>();

  /** @throws WeirError FORMAT_INVALID for what JSON can't say, e.g. a function. */
  serialize(record: T): string {
    return this.#encoder.encode(record);
  }
}

/** One CSV record per message, columns in the given order. */
export class CsvDeserializationSchema<const C extends CsvColumns> {
  readonly producedType = null;
  readonly #decode: (text: string) => CsvRow<C> | null;

  constructor(columns: C, options: { readonly delimiter?: string } = {}) {
    this.#decode = csvFormat(columns, { ...options, header: false }).decoder(null);
  }

  /** @throws WeirError FORMAT_INVALID */
  deserialize(bytes: Uint8Array): CsvRow<C> | null {
    return this.deserializeRange(bytes, 0, bytes.length);
  }

  deserializeRange(bytes: Uint8Array, start: number, end: number): CsvRow<C> | null {
    return this.#decode(utf8Text(bytes, start, end));
  }
}

/** One CSV record per message. */
export class CsvSerializationSchema<T> {
  readonly #encode: (record: T) => string;

  constructor(
    columns: readonly CsvEncoderColumn<T>[],
    options: { readonly delimiter?: string } = {},
  ) {
    const encoder = csvEncoder<T>(columns, options);
    this.#encode = (record) => encoder.encode(record);
  }

  serialize(record: T): string {
    return this.#encode(record);
  }
}
