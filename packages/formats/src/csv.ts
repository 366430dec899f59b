/** CSV as a typed format: columns with types in, objects out, and the other way round. */
import { WeirError } from '@weir/core';
import { formatCsvRecord, parseCsvRecord } from './csv-record.ts';
import type { LineDecoder, LineEncoder, LineFormat } from './line-format.ts';

/** `timestamp`: ISO 8601, epoch milliseconds as a number in the record. */
export type CsvColumnType = 'string' | 'number' | 'boolean' | 'timestamp';

export type CsvColumns = Readonly<Record<string, CsvColumnType>>;

/** The record that columns describe; an empty field is null, but for strings. */
export type CsvRow<C extends CsvColumns> = {
  -readonly [K in keyof C]: C[K] extends 'string'
    ? string
    : C[K] extends 'boolean'
      ? boolean | null
      : number | null;
};

export interface CsvOptions {
  /** One character. Default `,`. */
  readonly delimiter?: string;
  /**
   * True (the default): the first line names the file's columns, which may be more and in another
   * order. False: the file has exactly the given columns in the given order.
   */
  readonly header?: boolean;
}

/**
 * Reads CSV files (RFC 4180) as objects.
 * @example
 * const airports = csvFormat({ iata: 'string', name: 'string', latitude: 'number' });
 * // LineFormat<{ iata: string; name: string; latitude: number | null }>
 */
export function csvFormat<const C extends CsvColumns>(
  columns: C,
  options: CsvOptions = {},
): LineFormat<CsvRow<C>> {
  const { delimiter = ',', header = true } = options;
  const names = Object.keys(columns);
  return {
    quoted: true,
    header,
    decoder(headerLine) {
      const fileColumns = headerLine === null ? names : parseCsvRecord(headerLine, delimiter);
      const positions = names.map((name) => positionOf(name, fileColumns));
      const parsers = names.map((name) => PARSERS[columns[name] as CsvColumnType]);
      return rowDecoder<CsvRow<C>>(names, positions, parsers, fileColumns.length, delimiter);
    },
  };
}

/** A column of a CSV encoder: a field of the record, or anything computed from it. */
export type CsvEncoderColumn<T> =
  | (keyof T & string)
  | { readonly name: string; readonly value: (record: T) => unknown };

/**
 * Writes records as CSV lines. Dates become ISO 8601, null and undefined an empty field.
 * @example
 * csvEncoder<Sale>(['user', { name: 'day', value: (sale) => new Date(sale.dayMs) }])
 */
export function csvEncoder<T>(
  columns: readonly CsvEncoderColumn<T>[],
  options: { readonly delimiter?: string; readonly header?: boolean } = {},
): LineEncoder<T> {
  const { delimiter = ',', header = false } = options;
  const names = columns.map((column) => (typeof column === 'object' ? column.name : column));
  const readers = columns.map((column) =>
    typeof column === 'object' ? column.value : (record: T): unknown => record[column],
  );
  return {
    extension: 'csv',
    header: header ? formatCsvRecord(names, delimiter) : null,
    encode(record) {
      const fields = readers.map((read) => fieldText(read(record)));
      return formatCsvRecord(fields, delimiter);
    },
  };
}

function positionOf(name: string, fileColumns: readonly string[]): number {
  const position = fileColumns.indexOf(name);
  if (position >= 0) return position;
  throw new WeirError(
    'FORMAT_INVALID',
    `the file has no column "${name}"; its header names ${fileColumns.join(', ')}`,
  );
}

function rowDecoder<T>(
  names: readonly string[],
  positions: readonly number[],
  parsers: ReadonlyArray<(field: string) => unknown>,
  width: number,
  delimiter: string,
): LineDecoder<T> {
  return (text) => {
    if (text === '' && width > 1) return null;
    const fields = parseCsvRecord(text, delimiter);
    if (fields.length !== width) {
      throw new WeirError(
        'FORMAT_INVALID',
        `the record has ${fields.length} fields where the file has ${width} columns: "${text}"`,
      );
    }
    const row: Record<string, unknown> = {};
    for (let i = 0; i < names.length; i++) {
      row[names[i]!] = parsers[i]!(fields[positions[i]!]!);
    }
    return row as T;
  };
}

const PARSERS: Readonly<Record<CsvColumnType, (field: string) => unknown>> = {
  string: (field) => field,
  number: (field) => {
    if (field === '') return null;
    const value = Number(field);
    return Number.isNaN(value) && field !== 'NaN' ? misfit(field, 'a number') : value;
  },
  boolean: (field) => {
    if (field === '') return null;
    if (field === 'true' || field === 'false') return field === 'true';
    return misfit(field, 'true or false');
  },
  timestamp: (field) => {
    if (field === '') return null;
    const value = Date.parse(field);
    return Number.isNaN(value) ? misfit(field, 'an ISO 8601 timestamp') : value;
  },
};

function misfit(field: string, expected: string): never {
  throw new WeirError('FORMAT_INVALID', `"${field}" is not ${expected}`);
}

function fieldText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
