import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RING_LIMIT, SeriesRing } from './series-ring.ts';

describe('the ring', () => {
  test('keeps the newest rows in order and never more than its limit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 700 }),
        fc.integer({ min: 1, max: 300 }),
        (rows, limit) => {
          const ring = new SeriesRing(1, limit);
          for (let i = 1; i <= rows; i++) ring.push(i * 1000, [i]);
          expect(ring.length).toBe(Math.min(rows, limit));
          expect(ring.value(ring.length - 1, 0)).toBe(rows);
          expect(ring.value(0, 0)).toBe(rows - ring.length + 1);
          expect(ring.firstTime()).toBe((rows - ring.length + 1) * 1000);
        },
      ),
    );
  });

  test('half an hour by default', () => {
    const ring = new SeriesRing(2);
    for (let i = 0; i < 4000; i++) ring.push(i * 1000, [i, null]);
    expect(ring.length).toBe(RING_LIMIT);
    expect(ring.value(5, 1)).toBeNaN();
  });

  test('knows when a column was known last, before any time', () => {
    const ring = new SeriesRing(2);
    for (let i = 1; i <= 9; i++) ring.push(i * 1000, [i, i > 5 ? null : i]);
    expect(ring.lastKnownTime(0, Number.POSITIVE_INFINITY)).toBe(9000);
    expect(ring.lastKnownTime(1, Number.POSITIVE_INFINITY)).toBe(5000);
    expect(ring.lastKnownTime(1, 5000)).toBe(4000);
    expect(ring.lastKnownTime(1, 1000)).toBeNull();
  });

  test('ignores what is not newer', () => {
    const ring = new SeriesRing(1);
    ring.push(2000, [1]);
    ring.push(2000, [2]);
    ring.push(1000, [3]);
    expect(ring.length).toBe(1);
    expect(ring.value(0, 0)).toBe(1);
  });

  test('a pause is a gap', () => {
    const ring = new SeriesRing(1);
    ring.push(1000, [1]);
    ring.push(60_000, [2]);
    expect(ring.sample(0, 0, 100).map(({ value }) => value)).toEqual([1, Number.NaN, 2]);
  });

  test('thins by means and leaves unknown spans unknown', () => {
    const ring = new SeriesRing(1);
    for (const [i, value] of [2, 4, null, null, 6, 8].entries()) ring.push(i * 1000, [value]);
    expect(ring.sample(0, 0, 3).map(({ value }) => value)).toEqual([3, Number.NaN, 7]);
    expect(ring.mean(0, 0, 6000)).toBe(5);
    expect(ring.mean(0, 2000, 4000)).toBeNull();
  });
});
