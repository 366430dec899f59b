import { registerClass, type ObjectBatch } from '@weir/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Memory } from './memory.ts';
import { Announced, ObjectDecoder, ObjectEncoder, ShapeCode } from './object-codec.ts';

const BYTES = 1 << 16;

interface RoundTrip {
  readonly rows: unknown[];
  readonly runs: number;
  readonly timestamps: number[];
  readonly keyHashes: number[];
}

/** Encodes and decodes run by run, as a channel would; rows must fit the room. */
function roundTrip(
  rows: readonly unknown[],
  timestamps: Float64Array | null = null,
  keyHashes: Int32Array | null = null,
  channel = newChannel(),
): RoundTrip {
  const batch: ObjectBatch = { kind: 'objects', count: rows.length, rows, timestamps, keyHashes };
  const order = Int32Array.from(rows.keys());
  const result: RoundTrip = { rows: [], runs: 0, timestamps: [], keyHashes: [] };
  const memory = Memory.allocate(BYTES);
  let runs = 0;
  for (let at = 0; at < rows.length; ) {
    const { encoder, decoder, announced } = channel;
    const end = rows.length;
    const start = 8 * (runs % 3);
    const room = BYTES - start;
    const count = encoder.encode(
      batch,
      keyHashes,
      order,
      at,
      end,
      memory,
      start,
      room,
      1,
      announced,
    );
    if (count === 0) throw new RangeError('does not fit');
    expect(encoder.bytes % 8).toBe(0);
    expect(encoder.bytes).toBeLessThanOrEqual(room);
    const decoded = decoder.decode(memory, start);
    memory.bytes.fill(0xee);
    expect(decoded.count).toBe(count);
    result.rows.push(...decoded.rows);
    result.timestamps.push(...(decoded.timestamps ?? []));
    result.keyHashes.push(...(decoded.keyHashes ?? []));
    at += count;
    runs++;
  }
  return { ...result, runs };
}

function newChannel() {
  const code = new ShapeCode();
  return {
    encoder: new ObjectEncoder(code),
    decoder: new ObjectDecoder(code),
    announced: new Announced(),
  };
}

const scalar = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(null, undefined, -0, Number.NaN, '\ud800', 'ÿé', '日本', 'x'.repeat(60)),
);
const anything = fc.oneof(
  { weight: 3, arbitrary: scalar },
  fc.bigInt(),
  fc.date({ noInvalidDate: true }),
  fc.array(scalar, { maxLength: 4 }),
  fc.dictionary(fc.string({ maxLength: 4 }), scalar, { maxKeys: 3, noNullPrototype: true }),
  fc.uint8Array({ maxLength: 8 }),
  fc.array(fc.tuple(fc.string(), fc.integer()), { maxLength: 3 }).map((pairs) => new Map(pairs)),
  fc.array(fc.integer(), { maxLength: 3 }).map((items) => new Set(items)),
);
const record = fc.record(
  { id: fc.integer(), name: scalar, 'a "b"': anything, price: fc.double() },
  { requiredKeys: ['id', 'name'], noNullPrototype: true },
);
const row = fc.oneof(
  { weight: 4, arbitrary: record },
  fc.tuple(fc.string(), fc.integer()),
  anything,
);

describe('object codec', () => {
  test('every row arrives as it left, in order, whatever its shape', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (rows) => {
        expect(roundTrip(rows).rows).toStrictEqual(rows);
      }),
      { numRuns: 150 },
    );
  });

  test('one channel keeps its dictionary over many batches', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(record, { minLength: 1, maxLength: 10 }), { maxLength: 8 }),
        (batches) => {
          const channel = newChannel();
          for (const rows of batches) {
            expect(roundTrip(rows, null, null, channel).rows).toStrictEqual(rows);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('timestamps and key hashes travel along', () => {
    const rows = [{ a: 1 }, { a: 2 }, { b: 'x' }];
    const result = roundTrip(rows, Float64Array.of(5, -(2 ** 63), 7), Int32Array.of(1, -2, 3));
    expect(result.rows).toStrictEqual(rows);
    expect(result.timestamps).toEqual([5, -(2 ** 63), 7]);
    expect(result.keyHashes).toEqual([1, -2, 3]);
  });

  test('rows of one shape with nulls in them are one run once the column is nullable', () => {
    const rows = Array.from({ length: 100 }, (_, i) => ({
      id: i,
      name: i % 3 === 0 ? null : `n${i}`,
      score: i % 2 === 0 ? i : i / 3,
    }));
    const channel = newChannel();
    roundTrip(rows, null, null, channel);
    const again = roundTrip(rows, null, null, channel);
    expect(again.runs).toBe(1);
    expect(again.rows).toStrictEqual(rows);
  });

  test('alternating shapes do not end in runs of single rows', () => {
    const rows = Array.from({ length: 600 }, (_, i) => (i % 2 === 0 ? { a: i } : { b: `${i}` }));
    const result = roundTrip(rows);
    expect(result.rows).toStrictEqual(rows);
    expect(result.runs).toBeLessThan(30);
  });

  test('objects used as dictionaries do not fill the table of shapes', () => {
    const rows = Array.from({ length: 500 }, (_, i) => ({ [`user-${i}`]: i }));
    expect(roundTrip(rows).rows).toStrictEqual(rows);
  });

  test('a key named __proto__ stays a key', () => {
    const rows = [JSON.parse('{"__proto__": {"x": 1}, "y": 2}') as unknown];
    expect(JSON.stringify(roundTrip(rows).rows)).toBe('[{"__proto__":{"x":1},"y":2}]');
  });

  test('an unregistered class is refused by name, alone and inside a record', () => {
    class Money {
      amount = 3;
    }
    const refused = expect.objectContaining({
      code: 'CLASS_NOT_REGISTERED',
      message: expect.stringContaining('Money') as string,
    }) as unknown;
    expect(() => roundTrip([new Money()])).toThrow(refused as Error);
    expect(() => roundTrip([{ price: new Money() }])).toThrow(refused as Error);
  });

  test('a registered class arrives as an instance', () => {
    class Price {
      amount = 3;
    }
    registerClass(Price, { name: 'test.Price' });
    const [alone, inside] = roundTrip([new Price(), { price: new Price() }]).rows;
    expect(alone).toBeInstanceOf(Price);
    expect((inside as { price: Price }).price).toBeInstanceOf(Price);
  });

  test('takes as many rows as fit and never writes beyond the room', () => {
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 0, max: 250 }),
        (rows, words) => {
          const { encoder, announced } = newChannel();
          const room = words * 8;
          const memory = Memory.allocate(BYTES);
          memory.bytes.fill(0xaa);
          const order = Int32Array.from(rows.keys());
          const { length } = rows;
          const batch = {
            kind: 'objects' as const,
            count: length,
            rows,
            timestamps: null,
            keyHashes: null,
          };
          encoder.encode(batch, null, order, 0, length, memory, 64, room, 1, announced);
          expect(memory.bytes.subarray(64 + room).every((byte) => byte === 0xaa)).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });
});
