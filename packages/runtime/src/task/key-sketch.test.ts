import type { Batch } from '@weir/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamOperator } from '../operators/stream-operator.ts';
import { KeySketch } from './key-sketch.ts';

const operator = {
  keyAt: (batch: Batch, row: number) => (batch as { rows: readonly unknown[] }).rows[row],
} as StreamOperator;

/** Keys in batches of at most `size`. */
function sketchOf(keys: readonly unknown[], size: number): KeySketch {
  const sketch = new KeySketch();
  for (let from = 0; from < keys.length; from += size) {
    const rows = keys.slice(from, from + size);
    const count = rows.length;
    const batch: Batch = { kind: 'objects', count, rows, timestamps: null, keyHashes: null };
    sketch.note(operator, batch, 0, count);
  }
  return sketch;
}

describe('the most frequent key', () => {
  it('is exact in small batches of few keys', () => {
    const keys = Array.from({ length: 900 }, (_, i) => (i % 3 === 0 ? `cold-${i % 7}` : 'hot'));
    const sketch = sketchOf(keys, 30);
    expect(sketch.records).toBe(900);
    expect(sketch.top(1)).toEqual([
      { text: 'hot', hash: expect.any(Number), share: expect.closeTo(2 / 3) },
    ]);
  });

  it('is found among very many, by a part of large batches', () => {
    const keys = Array.from({ length: 200_000 }, (_, i) => (i % 5 < 2 ? 'hot' : `cold-${i}`));
    const [hot, next] = sketchOf(keys, 1024).top(2);
    expect(hot!.text).toBe('hot');
    expect(hot!.share).toBeCloseTo(0.4, 1);
    expect(next!.share).toBeLessThan(0.01);
  });

  it('is none where all are alike, whatever their rhythm', () => {
    const keys = Array.from({ length: 100_000 }, (_, i) => i % 1000);
    expect(sketchOf(keys, 1000).top(1)[0]!.share).toBeLessThan(0.02);
  });

  it('never has a larger share than there are records, whatever they are', () => {
    const key = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.string(), fc.constant(null));
    fc.assert(
      fc.property(
        fc.array(key, { minLength: 1, maxLength: 600 }),
        fc.integer({ min: 1, max: 99 }),
        (keys, size) => {
          const all = sketchOf(keys, size).top(1000);
          const sum = all.reduce((total, { share }) => total + share, 0);
          expect(sum).toBeLessThanOrEqual(1.0000001);
          expect(all.length).toBeLessThanOrEqual(128);
        },
      ),
    );
  });

  it('fails nothing where user code has changed a record since its key was read', () => {
    const rows = [{ user: { id: 1n } }, { user: null }, { user: { id: 1n } }, { user: Symbol() }];
    const changed = {
      keyAt: (_: Batch, row: number) => (rows[row]!.user as { id?: bigint }).id ?? rows[row]!.user,
    } as StreamOperator;
    const sketch = new KeySketch();
    const batch: Batch = { kind: 'objects', count: 4, rows, timestamps: null, keyHashes: null };
    sketch.note(changed, batch, 0, 4);
    expect(sketch.records).toBe(4);
    expect(sketch.top(5)).toMatchObject([{ text: '1', share: 0.5 }]);
  });

  it('is written as text, cut where it is long', () => {
    const top = (key: unknown) => sketchOf([key], 1).top(1)[0]!.text;
    expect(top({ user: 7 })).toBe('{"user":7}');
    expect(top(12n)).toBe('12');
    expect(top({ id: 12n })).toBe('{"id":"12n"}');
    expect(top('x'.repeat(100))).toHaveLength(60);
  });
});
