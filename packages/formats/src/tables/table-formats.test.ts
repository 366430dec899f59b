import { Configuration, type TableRow, types } from '@weir/core';
import { describe, expect, it } from 'vitest';
import { jsonTableFormat, rawTableFormat } from './table-formats.ts';

const COLUMNS = [
  { name: 'who', type: types.string() },
  { name: 'n', type: types.i32() },
  { name: 'large', type: types.bigint() },
  { name: 'at', type: types.date() },
  { name: 'raw', type: types.bytes() },
  { name: 'maybe', type: types.nullable(types.f64()) },
];
const ROW: TableRow = {
  who: 'a',
  n: 1,
  large: 5n,
  at: new Date(1000),
  raw: new Uint8Array([1, 2]),
  maybe: null,
};

function json(options: Record<string, string> = {}) {
  const format = jsonTableFormat.createFormat(new Configuration(options));
  const { deserialize } = format.deserializer(COLUMNS);
  const { serialize } = format.serializer(COLUMNS);
  return {
    read: (value: unknown) => deserialize(Buffer.from(JSON.stringify(value))),
    write: (row: TableRow) => JSON.parse(serialize(row) as string) as Record<string, unknown>,
  };
}

describe('json', () => {
  it('has a field for every column, in its type, and no other', () => {
    const { read, write } = json();
    const written = write({ ...ROW, other: 1 });
    expect(written).toEqual({
      ...{ who: 'a', n: 1, large: 5, raw: 'AQI=', maybe: null },
      at: '1970-01-01T00:00:01.000Z',
    });
    expect(read({ ...written, other: 1 })).toEqual(ROW);
    expect(read({ ...written, large: '18446744073709551616' })?.large).toBe(2n ** 64n);
  });

  it('takes a missing field for null where that may be, unless told otherwise', () => {
    const { maybe, ...without } = json().write(ROW);
    expect(json().read(without)).toEqual(ROW);
    const strict = json({ 'fail-on-missing-field': 'true' });
    expect(() => strict.read(without)).toThrow(/the field maybe is missing/);
    expect(() => json().read({ ...without, who: null })).toThrow(/the field who is null/);
  });

  it.each([
    [{ who: 1 }, /the field who: 1 is not text/],
    [{ n: 1.5 }, /the field n: 1.5 is not a whole number/],
    [{ at: 'today' }, /the field at: "today" is not ISO 8601 or ms/],
  ])('refuses %o, or leaves it out', (wrong, message) => {
    const value = { ...json().write(ROW), ...wrong };
    expect(() => json().read(value)).toThrow(message);
    expect(json({ 'ignore-parse-errors': 'true' }).read(value)).toBeNull();
    expect(() => json().read([])).toThrow(/the field who is missing/);
    expect(() => json().read('text')).toThrow(/"text" is not an object/);
  });
});

it('raw is the only column', () => {
  const format = rawTableFormat.createFormat(new Configuration());
  const text = [{ name: 'line', type: types.string() }];
  expect(format.deserializer(text).deserialize(Buffer.from('ü'))).toEqual({ line: 'ü' });
  expect(format.serializer(text).serialize({ line: 'ü' })).toBe('ü');
  const bytes = [{ name: 'b', type: types.bytes() }];
  const read = format.deserializer(bytes).deserialize(Buffer.from([1]));
  expect(Buffer.from(read!.b as Uint8Array)).toEqual(Buffer.from([1]));
  expect(() => format.serializer([...text, ...bytes])).toThrow(/not line string, b bytes/);
});
