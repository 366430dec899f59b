/** Values of columns as JSON and text have them, and back. */
import { type TableColumn, type TableRow, WeirError } from '@weir/core';

type Convert = (value: unknown) => unknown;

const whole = (value: unknown): number =>
  Number.isSafeInteger(value) ? (value as number) : misfit('a whole number', value);
const base64 = (value: unknown): Uint8Array =>
  typeof value === 'string'
    ? new Uint8Array(Buffer.from(value, 'base64'))
    : misfit('base64', value);

/** By the name of a column's type; values of other types are what JSON has. */
const READ: Readonly<Record<string, Convert>> = {
  string: (value) => (typeof value === 'string' ? value : misfit('text', value)),
  f64: (value) => (typeof value === 'number' ? value : misfit('a number', value)),
  i32: whole,
  i64: whole,
  boolean: (value) => (typeof value === 'boolean' ? value : misfit('true or false', value)),
  bigint: (value) => (typeof value === 'string' ? BigInt(value) : BigInt(whole(value))),
  date(value) {
    const date = new Date(value as string | number);
    return Number.isNaN(date.getTime()) ? misfit('ISO 8601 or ms', value) : date;
  },
  bytes: base64,
};

const NULLABLE = / \| null$/;

/** A row of a parsed object: the columns' values in their types; null where one is missing. */
export function rowReader(
  columns: readonly TableColumn[],
  failsOnMissing: boolean,
): (value: unknown) => TableRow {
  const fields = columns.map(({ name, type: { typeName } }) => ({
    name,
    isNullable: NULLABLE.test(typeName),
    read: READ[typeName.replace(NULLABLE, '')] ?? ((value: unknown) => value),
  }));
  return (value) => {
    if (typeof value !== 'object' || value === null) misfit('an object', value);
    const from = value as Record<string, unknown>;
    const row: Record<string, unknown> = {};
    for (const { name, isNullable, read } of fields) {
      const given = from[name];
      if (given === undefined && failsOnMissing) refuse(`the field ${name} is missing`);
      if (given === undefined || given === null) {
        if (!isNullable) refuse(`the field ${name} is ${given === null ? 'null' : 'missing'}`);
        row[name] = null;
        continue;
      }
      try {
        row[name] = read(given);
      } catch (cause) {
        refuse(`the field ${name}: ${(cause as Error).message}`, cause);
      }
    }
    return row;
  };
}

/** The columns of a row, and nothing else of it, as a JSON encoder takes them. */
export function rowWriter(columns: readonly TableColumn[]): (row: TableRow) => TableRow {
  const names = columns.map(({ name }) => name);
  return (row) => {
    const out: Record<string, unknown> = {};
    for (const name of names) {
      const value = row[name];
      out[name] = value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
    }
    return out;
  };
}

function misfit(expected: string, value: unknown): never {
  return refuse(`${JSON.stringify(value) ?? typeof value} is not ${expected}`);
}

function refuse(text: string, cause?: unknown): never {
  throw new WeirError('FORMAT_INVALID', text, { cause });
}
