import { describe, expect, it } from 'vitest';
import { type RescaleQuestion, rescaleOutlook } from './rescale-outlook.ts';
import { jobTick, LOOKUP, SINK, topology } from '../test-story.ts';

const limit = {
  vertexId: LOOKUP,
  since: 0,
  cause: 'external' as const,
  next: [SINK],
  figures: { capacityPerSecond: 100, supplyPerSecond: 1500, asyncCapacity: 40, callMs: 64 },
};
const tick = jobTick(1000, true, { pendingRecords: 6000, recordsIn: 1000, bottleneck: limit });
const question: RescaleQuestion = {
  topology,
  tick,
  slope: 500,
  past: [],
  from: 4,
  to: 8,
  downMs: 10_000,
};

it('grows while the job is down, then drains as fast as twice the subtasks read more', () => {
  // The lookup takes a tenth of what is read: twice its 100/s are 2,000/s of the sources.
  expect(rescaleOutlook(question)).toMatchObject({
    kind: 'forecast',
    reads: 1000,
    possible: 2000,
    asIs: [{ records: 6000 }, { records: 6000 + 500 * 120 }],
    changed: [
      { t: 1000, records: 6000 },
      { t: 11_000, records: 21_000 },
      { t: 53_000, records: 0 },
      { t: 121_000, records: 0 },
    ],
    drainedMs: 42_000,
  });
});

it('says that it never drains where twice as much is not enough', () => {
  const figures = { ...limit.figures, supplyPerSecond: 3000 };
  const more = { ...tick, bottleneck: { ...limit, figures } };
  const outlook = rescaleOutlook({ ...question, tick: more });
  expect(outlook).toMatchObject({ kind: 'forecast', drainedMs: null });
});

describe('no line without a reason to draw it', () => {
  it.each([
    ['nothing limits', { tick: { ...tick, bottleneck: null } }, /No operator limits/],
    ['a hot key', { tick: { ...tick, bottleneck: { ...limit, cause: 'skew' } } }, /single keys/],
    ['cores', { tick: { ...tick, bottleneck: { ...limit, cause: 'machine' } } }, /machine is full/],
    ['a parallelism of its own', { from: 2 }, /keeps its own parallelism, ×4/],
    ['no backlog is told', { tick: { ...tick, pendingRecords: null } }, /do not say/],
    [
      'capacity is unknown',
      { tick: { ...tick, bottleneck: { ...limit, figures: {} } } },
      /not known yet/,
    ],
  ] as const)('%s', (_, change, why) => {
    const outlook = rescaleOutlook({ ...question, ...(change as Partial<RescaleQuestion>) });
    expect(outlook).toMatchObject({ kind: 'none', why: expect.stringMatching(why) });
  });
});
