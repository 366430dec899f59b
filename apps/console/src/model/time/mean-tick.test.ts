import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meanTick } from './mean-tick.ts';
import { jobTick, LOOKUP } from '../test-story.ts';
import { vertexLag } from '../watermarks/vertex-lag.ts';

test('numbers are means of what is known, words the last, subtasks those that were it most', () => {
  const base = jobTick(1000, false);
  const tick = (t: number, busy: number | null, busySubtask: number, lateRecords: number) => ({
    ...jobTick(t, false),
    vertices: base.vertices.map((vertex) => ({
      ...vertex,
      busy,
      busySubtask,
      lateRecords,
      callSite: `site ${t}`,
      operators: [{ id: 'a', records: busySubtask }] as unknown as typeof vertex.operators,
    })),
  });
  const mean = meanTick([tick(1000, 0.2, 3, 5), tick(2000, null, 3, 6), tick(3000, 0.4, 1, 9)]);
  const vertex = mean?.vertices.find(({ id }) => id === LOOKUP);
  expect(vertex?.busy).toBeCloseTo(0.3);
  expect(vertex).toMatchObject({ busySubtask: 3, lateRecords: 9, callSite: 'site 3000' });
  expect(vertex?.operators?.[0]).toMatchObject({ id: 'a', records: 7 / 3 });
  expect(mean?.edges.map(({ index }) => index)).toEqual([0, 1]);
});

test('a vertex lags by the mean of its lags, also where its watermark was unknown for a while', () => {
  const base = jobTick(10_000, false);
  const tick = (t: number, lag: number | null) =>
    jobTick(t, false, {
      watermark: lag === null ? null : t,
      watermarkLag: lag === null ? null : 5000,
      vertices: base.vertices.map((vertex) => ({
        ...vertex,
        watermark: lag === null ? 1 : t + 5000 - lag,
      })),
    });
  const mean = meanTick([tick(10_000, 1000), tick(900_000, null), tick(20_000_000, 3000)])!;
  expect(mean.vertices.map((vertex) => vertexLag(mean, vertex))).toEqual([2000, 2000, 2000]);
});

test('the mean of equal ticks is such a tick; without any there is none', () => {
  expect(meanTick([])).toBeNull();
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.boolean(), (count, limited) => {
      const tick = jobTick(5000, limited);
      const mean = meanTick(Array.from({ length: count }, () => tick));
      expect(mean?.vertices.map(({ busy }) => Math.round((busy ?? 0) * 1e9))).toEqual(
        tick.vertices.map(({ busy }) => Math.round((busy ?? 0) * 1e9)),
      );
      expect(mean?.state).toBe(tick.state);
    }),
  );
});
