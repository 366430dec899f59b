import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { csvEncoder, csvFormat } from './csv.ts';
import { formatCsvRecord, parseCsvRecord } from './csv-record.ts';
import type { LineFormat } from './line-format.ts';

describe('a CSV record', () => {
  it('reads what it wrote, whatever stands in the fields', () => {
    const field = fc.oneof(fc.string(), fc.stringMatching(/^[",;\n\r a]{0,6}$/));
    fc.assert(
      fc.property(
        fc.array(field, { minLength: 1 }),
        fc.constantFrom(',', ';', '\t'),
        (fields, d) => {
          expect(parseCsvRecord(formatCsvRecord(fields, d), d)).toEqual(fields);
        },
      ),
    );
  });

  it.each([
    ['a"b,c"', 'a field with a quote must be quoted as a whole'],
    ['"a,b', 'a quoted field is not closed'],
    ['"a"b,c', 'after a closing quote'],
  ])('refuses %s and says why', (text, why) => {
    expect(() => parseCsvRecord(text)).toThrow(why);
  });
});

describe('csvFormat', () => {
  const format = csvFormat({ id: 'string', size: 'number', seen: 'timestamp', ok: 'boolean' });

  it('has the type that its columns say', () => {
    expectTypeOf(format).toEqualTypeOf<
      LineFormat<{ id: string; size: number | null; seen: number | null; ok: boolean | null }>
    >();
  });

  it('finds columns by the header, whatever their order', () => {
    const decode = format.decoder('ok,seen,more,id,size');
    expect(decode('true,2001-01-01T00:00:00Z,x,"a,b",1.5')).toEqual({
      id: 'a,b',
      size: 1.5,
      seen: 978_307_200_000,
      ok: true,
    });
    expect(decode(',,,,')).toEqual({ id: '', size: null, seen: null, ok: null });
    expect(decode('')).toBeNull();
  });

  it('says what is wrong with a header or a record', () => {
    expect(() => format.decoder('id,size')).toThrow('no column "seen"; its header names id, size');
    const decode = format.decoder('id,size,seen,ok');
    expect(() => decode('a,b,,')).toThrow('"b" is not a number');
    expect(() => decode('a,1')).toThrow('2 fields where the file has 4 columns');
  });
});

it('csvEncoder writes fields, computed columns, dates and nothing for null', () => {
  const encoder = csvEncoder<{ user: string; atMs: number; note: string | null }>(
    ['user', { name: 'at', value: (r) => new Date(r.atMs) }, 'note'],
    { header: true },
  );
  expect(encoder.header).toBe('user,at,note');
  expect(encoder.encode({ user: 'a,b', atMs: 0, note: null })).toBe(
    '"a,b",1970-01-01T00:00:00.000Z,',
  );
});
