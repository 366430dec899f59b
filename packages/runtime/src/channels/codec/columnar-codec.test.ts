import type { Column, ColumnarBatch, ColumnSchema } from '@weir/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rowOf } from '../column-row.ts';
import { liveRows } from '../partitioner.ts';
import { ColumnarDecoder, ColumnarEncoder } from './columnar-codec.ts';
import { Memory } from './memory.ts';
import { Announced } from './object-codec.ts';

const SCHEMA: readonly ColumnSchema[] = [
  { name: 'id', type: 'i32' },
  { name: 'at', type: 'i64' },
  { name: 'price', type: 'f64' },
  { name: 'ok', type: 'bool' },
  { name: 'name', type: 'string' },
];

interface Row {
  readonly id: number;
  readonly at: number;
  readonly price: number | null;
  readonly ok: boolean;
  readonly name: string;
}

function batchOf(rows: readonly Row[], selection: Int32Array | null): ColumnarBatch {
  const nulls = Uint8Array.from(rows, (row) => (row.price === null ? 1 : 0));
  const texts = rows.map((row) => new TextEncoder().encode(row.name));
  const offsets = new Int32Array(rows.length + 1);
  texts.forEach((text, i) => {
    offsets[i + 1] = offsets[i]! + text.length;
  });
  const columns: Column[] = [
    { type: 'i32', values: Int32Array.from(rows, (row) => row.id), nulls: null },
    { type: 'i64', values: Float64Array.from(rows, (row) => row.at), nulls: null },
    { type: 'f64', values: Float64Array.from(rows, (row) => row.price ?? 0), nulls },
    { type: 'bool', values: Uint8Array.from(rows, (row) => (row.ok ? 1 : 0)), nulls: null },
    {
      type: 'string',
      bytes: Uint8Array.from(texts.flatMap((text) => [...text])),
      offsets,
      nulls: null,
    },
  ];
  const timestamps = Float64Array.from(rows, (row) => row.at);
  const count = rows.length;
  return {
    kind: 'columns',
    count,
    schema: SCHEMA,
    columns,
    timestamps,
    selection,
    keyHashes: null,
  };
}

const rowArbitrary: fc.Arbitrary<Row> = fc.record({
  id: fc.integer(),
  at: fc.maxSafeInteger(),
  price: fc.option(fc.double()),
  ok: fc.boolean(),
  name: fc.string({ unit: 'grapheme' }),
});

test('the selected rows of every column arrive, over as many elements as it takes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(rowArbitrary, fc.boolean()), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 120, max: 400 }),
      (drawn, roomWords) => {
        const rows = drawn.map(([row]) => row);
        const kept = [...rows.keys()].filter((i) => drawn[i]![1]);
        const batch = batchOf(rows, Int32Array.from(kept));
        const hashes = Int32Array.from(rows, (row) => row.id ^ 7);
        const encoder = new ColumnarEncoder();
        const decoder = new ColumnarDecoder();
        const announced = new Announced();
        const memory = Memory.allocate(8192);
        const arrived: unknown[] = [];
        const arrivedHashes: number[] = [];
        for (let at = 0; at < kept.length; ) {
          memory.bytes.fill(0xee);
          const room = roomWords * 8;
          const order = liveRows(batch);
          const end = kept.length;
          const count = encoder.encode(
            batch,
            hashes,
            order,
            at,
            end,
            memory,
            8,
            room,
            1,
            announced,
          );
          expect(count).toBeGreaterThan(0);
          expect(encoder.bytes).toBeLessThanOrEqual(room);
          const decoded = decoder.decode(memory, 8);
          for (let i = 0; i < count; i++) {
            arrived.push({ ...rowOf(decoded, i), timestamp: decoded.timestamps![i] });
          }
          arrivedHashes.push(...decoded.keyHashes!);
          at += count;
        }
        const expected = kept.map((i) => ({ ...rows[i]!, timestamp: rows[i]!.at }));
        expect(arrived).toStrictEqual(expected);
        expect(arrivedHashes).toEqual(kept.map((i) => hashes[i]));
      },
    ),
    { numRuns: 80 },
  );
});
