import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RecentLatency } from './recent-latency.ts';

const SPAN_MS = 10_000;
const times = fc.array(fc.double({ min: 0.06, max: 60_000, noNaN: true }), { minLength: 1 });

it('knows any percentile within 5 %', () => {
  fc.assert(
    fc.property(times, fc.double({ min: 0.01, max: 1, noNaN: true }), (all, share) => {
      const latency = new RecentLatency(SPAN_MS);
      for (const ms of all) latency.add(ms, 0);
      const sorted = all.toSorted((a, b) => a - b);
      const exact = sorted[Math.max(1, Math.ceil(share * all.length)) - 1]!;
      const found = latency.percentile(share, 0);
      expect(found / exact).toBeGreaterThan(0.95);
      expect(found / exact).toBeLessThan(1.05);
    }),
  );
});

it('forgets after one to two spans, and then knows nothing', () => {
  const latency = new RecentLatency(SPAN_MS);
  expect(latency.percentile(0.5, 0)).toBeNaN();
  latency.add(100, 1000);
  latency.add(10, 12_000);
  expect(latency.percentile(1, 12_000)).toBeCloseTo(100, -1);
  expect(latency.percentile(1, 23_000)).toBeCloseTo(10, 0);
  expect(latency.percentile(1, 50_000)).toBeNaN();
});

it('keeps times out of range at its ends', () => {
  const latency = new RecentLatency(SPAN_MS);
  latency.add(-3, 0);
  latency.add(0, 0);
  expect(latency.percentile(1, 0)).toBeLessThan(0.05);
  latency.add(1e9, 0);
  expect(latency.percentile(1, 0)).toBeGreaterThan(1e6);
});
