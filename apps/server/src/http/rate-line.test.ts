import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RateLine } from './rate-line.ts';

test('a value a second at first, then two become one', () => {
  const line = new RateLine();
  for (let second = 0; second < 60; second++) line.add(second * 1000, second);
  expect([line.stepMs, line.means().length, line.means()[59]]).toEqual([1000, 60, 59]);
  line.add(60_000, 60);
  expect(line.stepMs).toBe(2000);
  expect(line.means().slice(0, 2)).toEqual([0.5, 2.5]);
  expect(line.means().slice(-2)).toEqual([58.5, 60]);
  line.add(61_000, 70);
  expect(line.means().at(-1)).toBe(65);
});

test('unknown rates leave a gap, and no zero', () => {
  const line = new RateLine();
  line.add(0, null);
  line.add(1000, 5);
  line.add(2000, null);
  expect(line.means()).toEqual([null, 5, null]);
});

test('however long it goes on, it holds half an hour in sixty values at most', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6000 }),
      fc.integer({ min: 0, max: 1e6 }),
      (seconds, rate) => {
        const line = new RateLine();
        for (let second = 0; second < seconds; second++) line.add(second * 1000, rate);
        const means = line.means();
        const spanMs = means.length * line.stepMs;
        expect(means.length).toBeLessThanOrEqual(60);
        expect(spanMs).toBeGreaterThanOrEqual(Math.min(seconds * 1000, 1_800_000));
        for (const mean of means) expect(mean).toBeCloseTo(rate, -3);
      },
    ),
    { numRuns: 30 },
  );
});
