import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { JsonRecordReader } from './json-record-reader.ts';

type Outcome = { readonly value: unknown } | { readonly error: string };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What `JSON.parse` makes of the whole record. */
function parsed(bytes: Uint8Array): Outcome {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { error: 'are not UTF-8' };
  }
  if (text.trim() === '') return { value: undefined };
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { error: `is not JSON: ${(error as Error).message}` };
  }
}

const ALONE = ['', ''] as const;
/** Where records lie in Kafka: between other bytes, which go on as JSON does. */
const AMONG_OTHERS = ['{"a":1},"', '0"}]1'] as const;

function read(
  reader: JsonRecordReader,
  record: Uint8Array,
  around: readonly [string, string] = AMONG_OTHERS,
): Outcome {
  const [before, after] = [Buffer.from(around[0]), Buffer.from(around[1])];
  const bytes = Buffer.concat([before, record, after]);
  try {
    return { value: reader.read(bytes, before.length, before.length + record.length) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

function expectSame(records: readonly (string | Uint8Array)[]): void {
  for (const around of [ALONE, AMONG_OTHERS]) expectSameWithin(around, records);
}

function expectSameWithin(
  around: readonly [string, string],
  records: readonly (string | Uint8Array)[],
): void {
  const reader = new JsonRecordReader();
  for (const record of records) {
    const bytes = Buffer.from(record);
    const [actual, wanted] = [read(reader, bytes, around), parsed(bytes)];
    const shown = bytes.toString('latin1');
    if ('error' in wanted) {
      if (!('error' in actual)) expect.fail(`${shown} was read as ${JSON.stringify(actual.value)}`);
      expect(actual.error, shown).toContain(wanted.error);
    } else {
      if ('error' in actual) expect.fail(`${shown} was refused: ${actual.error}`);
      const same = isDeepStrictEqual(actual.value, wanted.value);
      expect(same, `${shown} was read as ${JSON.stringify(actual.value)}`).toBe(true);
      // The order of keys, too.
      expect(JSON.stringify(actual.value)).toBe(JSON.stringify(wanted.value));
    }
  }
}

const digits = fc.stringMatching(/^\d{1,20}$/);
const numberText = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.integer().map(String),
  fc.maxSafeInteger().map(String),
  fc.tuple(fc.maxSafeInteger(), fc.integer({ min: 0, max: 25 })).map(([value, places]) => {
    const text = String(Math.abs(value)).padStart(places + 1, '0');
    const point = text.length - places;
    return `${value < 0 ? '-' : ''}${text.slice(0, point)}${places === 0 ? '' : `.${text.slice(point)}`}`;
  }),
  fc
    .tuple(fc.integer(), digits, fc.constantFrom('e', 'E', 'e+', 'E-'), fc.nat(400))
    .map(([whole, fraction, e, exponent]) => `${whole}.${fraction}${e}${exponent}`),
  fc.constantFrom('0', '-0', '-0.0', '0.1', '1e999', '-1e-999', '5e-324', '9007199254740993'),
  // Not all of these are numbers.
  fc.stringMatching(/^-?\d{0,17}(\.\d{0,17})?([eE][+-]?\d{0,3})?$/),
);
const stringText = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((value) => JSON.stringify(value)),
  fc.string({ unit: 'binary' }).map((value) => JSON.stringify(value)),
  // Each of its characters may be an escape.
  fc
    .array(
      fc.constantFrom(
        'a',
        'é',
        '\\n',
        '\\"',
        '\\u0041',
        '\\ud83d\\ude00',
        '\\ud800',
        '\\/',
        '\ufffd',
      ),
    )
    .map((parts) => `"${parts.join('')}"`),
  // Not all of these are strings.
  fc
    .array(fc.constantFrom('"', '\\', 'x', '\n', '\\u12', '\\x'))
    .map((parts) => `"${parts.join('')}"`),
);
const valueText = fc.oneof(
  { weight: 3, arbitrary: numberText },
  { weight: 3, arbitrary: stringText },
  fc.constantFrom('true', 'false', 'null', 'nul', 'truex', '[]', '{}', '[1,{"b":[]}]', '[}', ''),
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
);
const keyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }).map((key) => JSON.stringify(key)),
  fc.constantFrom('"a"', '"b"', '"__proto__"', '"constructor"', '"1"', '"0"', '"\\u0061"', '"\\""'),
);
const space = fc.constantFrom('', '', ' ', '\n\t', ' \r\n');

/** Everything but the values. `?` is the place of one. */
const frame: fc.Arbitrary<string> = fc.letrec<{ object: string; field: string }>((tie) => ({
  object: fc
    .tuple(fc.array(fc.tuple(keyText, tie('field')), { maxLength: 5 }), space, space)
    .map(([fields, before, after]) => {
      const each = fields.map(
        ([key, field]) => `${before}${key}${after}:${before}${field}${after}`,
      );
      return `{${each.join(',')}${after}}`;
    }),
  field: fc.oneof({ maxDepth: 3 }, { weight: 5, arbitrary: fc.constant('\u0000') }, tie('object')),
})).object;

/** Records with the same bytes between their values. */
const alike = fc.tuple(frame, space).chain(([text, outside]) => {
  const parts = `${outside}${text}${outside}`.split('\u0000');
  const values = fc.array(valueText, { minLength: parts.length, maxLength: parts.length });
  const record = values.map((each) =>
    parts.map((part, i) => (i === 0 ? '' : each[i]!) + part).join(''),
  );
  return fc.array(record, { minLength: 2, maxLength: 8 });
});

describe('records of JSON', () => {
  it('that are alike but for their values are what JSON.parse makes of them', () => {
    fc.assert(fc.property(alike, expectSame), { numRuns: 500 });
  });

  it('of any kind are, one after the other', () => {
    const text = fc.oneof(
      fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value)),
      fc.jsonValue().map((value) => JSON.stringify(value, null, 2)),
      fc.string(),
    );
    const records = fc.array(fc.oneof(alike, fc.array(text)), { maxLength: 6 });
    fc.assert(fc.property(records, (each) => expectSame(each.flat())));
  });

  it('that are damaged are refused as JSON.parse refuses them', () => {
    const good = '{"id":12,"user":"ada é","at":{"x":-1.5e3,"ok":true},"tags":["a","b"]}';
    const damage = fc.record({
      at: fc.nat(Buffer.byteLength(good)),
      removed: fc.nat(3),
      added: fc.uint8Array({ maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(damage, { maxLength: 20 }), (damages) => {
        const bytes = Buffer.from(good);
        const damaged = damages.map(({ at, removed, added }) =>
          Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)]),
        );
        expectSame([bytes, ...damaged.flatMap((each) => [each, bytes])]);
      }),
      { numRuns: 300 },
    );
  });

  it('cut short anywhere are refused, whatever follows them', () => {
    const whole = '{"n":-10.5e2,"s":"x\\u0041y","t":true,"o":{"k":[1,"]"]}}';
    const cut = Array.from(whole, (_, length) => whole.slice(0, length));
    expectSame([whole, ...cut, whole]);
  });

  it('are not parsed as text once others like them were', () => {
    const reader = new JsonRecordReader();
    const text = (id: number): string => `{"id": ${id}, "user": {"name": "ada ${id}", "ok": true}}`;
    read(reader, Buffer.from(text(0)));
    const parse = vi.spyOn(JSON, 'parse');
    const outcomes = [1, 22, 333].map((id) => read(reader, Buffer.from(text(id))));
    const { length } = parse.mock.calls;
    parse.mockRestore();
    expect(outcomes).toEqual([1, 22, 333].map((id) => ({ value: JSON.parse(text(id)) })));
    expect(length).toBe(0);
  });

  it('that have all kinds of fields are read as well, after any number of others', () => {
    const reader = new JsonRecordReader();
    for (let i = 0; i < 5000; i++) {
      const text = i % 3 === 0 ? `{"k${i}":${i}}` : `{"id":${i}}`;
      expect(read(reader, Buffer.from(text))).toEqual({ value: JSON.parse(text) });
    }
    for (let i = 0; i < 50_000; i++) {
      const text = `{"k${i}":${i}}`;
      expect(reader.read(Buffer.from(text), 0, text.length)).toEqual({ [`k${i}`]: i });
    }
    expect(read(reader, Buffer.from('{"id":1}'))).toEqual({ value: { id: 1 } });
  });

  it('give each its own string, however alike they are', () => {
    const letters = [...'abcdefg'];
    const pairs = letters.flatMap((first) => letters.map((second) => first + second));
    const names = pairs.flatMap((begin) =>
      pairs.flatMap((end) => [begin + end, `${begin}-${end}`]),
    );
    expectSame([...names, ...names].map((name) => `{"name":"${name}"}`));
  });

  it('give strings that do not keep the bytes that they came in', () => {
    const reader = new JsonRecordReader();
    const bytes = Buffer.from('{"name":"a name that is longer than what is kept"}');
    const records = [0, 1].map(() => reader.read(bytes, 0, bytes.length));
    bytes.fill(0x78);
    expect(records).toEqual(Array(2).fill({ name: 'a name that is longer than what is kept' }));
  });
});
