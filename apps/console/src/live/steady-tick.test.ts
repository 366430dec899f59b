import { expect, test } from 'vitest';
import { jobTick, LOOKUP, SOURCE, topology, vertexTick } from '../model/test-story.ts';
import { FrameScheduler } from './frame-scheduler.ts';
import { JobStore } from './job-store.ts';
import { steadyTick } from './steady-tick.ts';

/** A source that reads everything of two seconds in one of them. */
const gulps = (seconds: number) =>
  Array.from({ length: seconds }, (_, at) =>
    jobTick((at + 1) * 1000, true, {
      recordsIn: at % 2 === 0 ? 0 : 400,
      pendingRecords: 1000 + at * 50,
      bottleneck: { vertexId: LOOKUP, since: 1000 },
      vertices: [
        vertexTick(SOURCE, { recordsOut: at % 2 === 0 ? 0 : 400 }),
        vertexTick(LOOKUP, { recordsIn: at % 2 === 0 ? 240 : 160 }),
      ],
    }),
  );

test('rates are those of the last half minute, everything else is of the newest tick', () => {
  const scheduler = new FrameScheduler({ request: () => 0, report: () => undefined });
  const store = new JobStore(topology.jobId, scheduler);
  expect(steadyTick(store)).toBeNull();
  store.applySnapshot({ topology, history: gulps(60), events: [] });
  const tick = steadyTick(store);
  expect(tick?.t).toBe(60_000);
  expect(Math.round(tick?.recordsIn ?? 0)).toBeGreaterThan(190);
  expect(Math.round(tick?.recordsIn ?? 0)).toBeLessThan(220);
  const supply = tick?.bottleneck?.figures?.supplyPerSecond ?? 0;
  expect(supply - (tick?.recordsIn ?? 0), 'what comes in and is not read').toBeCloseTo(50);
  const taken = tick?.vertices.find(({ id }) => id === LOOKUP)?.recordsIn ?? 0;
  expect(taken).toBeGreaterThan(190);
  expect(taken).toBeLessThan(210);
});
