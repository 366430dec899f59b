import { expect, it } from 'vitest';
import { jsonLinesEncoder, jsonLinesFormat } from './json-lines.ts';

it('writes one line per record, bigints with all digits', () => {
  const encoder = jsonLinesEncoder<unknown>();
  expect(encoder.encode({ a: 'x\ny', b: 9_007_199_254_740_993n, c: new Date(0) })).toBe(
    '{"a":"x\\ny","b":9007199254740993,"c":"1970-01-01T00:00:00.000Z"}',
  );
  expect(encoder.encode({ a: 1 })).toBe('{"a":1}');
  expect(() => encoder.encode(undefined)).toThrow("a undefined can't be written as JSON");
});

it('writes what has a bigint only later, and says why a cycle is refused', () => {
  const encoder = jsonLinesEncoder<unknown>();
  expect([encoder.encode({ a: 1 }), encoder.encode([2n])]).toEqual(['{"a":1}', '[2]']);
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  expect(() => jsonLinesEncoder().encode(cycle)).toThrow(/circular/);
});

it('reads lines, skips empty ones, and shows what is no JSON', () => {
  const decode = jsonLinesFormat<{ a: number }>().decoder(null);
  expect(decode('{"a":1}')).toEqual({ a: 1 });
  expect(decode('  ')).toBeNull();
  expect(() => decode('{"a":')).toThrow('"{"a":" is not JSON');
});

it('lets the caller check each value', () => {
  const decode = jsonLinesFormat((value) => Number(value) * 2).decoder(null);
  expect(decode('21')).toBe(42);
});
