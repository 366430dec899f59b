import type { JobTick } from '@weir/console-protocol';
import { describe, expect, it } from 'vitest';
import { drainOutlook } from './drain-outlook.ts';
import { jobTick, LOOKUP, SINK, topology } from '../test-story.ts';

function tick(more: Partial<JobTick> = {}): JobTick {
  return jobTick(1000, true, { pendingRecords: 6000, recordsIn: 1000, ...more });
}

const limit = {
  vertexId: LOOKUP,
  since: 0,
  cause: 'external' as const,
  next: [SINK],
  figures: {
    capacityPerSecond: 100,
    supplyPerSecond: 1500,
    asyncCapacity: 40,
    callMs: 64,
  },
};

describe('as it is', () => {
  it.each([
    ['grows', 6000, 500, { kind: 'grows' }],
    ['shrinks', 6000, -300, { kind: 'in', ms: 20_000 }],
    ['neither', 6000, 3, { kind: 'steady' }],
    ['nothing waits', 0, 0, { kind: 'empty' }],
    ['too early to tell', 6000, null, { kind: 'unknown' }],
    ['the sources do not say', null, null, { kind: 'unknown' }],
  ])('%s', (_, pendingRecords, slope, outlook) => {
    const { rows, assumes } = drainOutlook(topology, tick({ pendingRecords }), slope);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ change: 'As it is', outlook });
    expect(assumes).toBe('');
  });
});

it('says what more subtasks and more calls in flight would do, and on which assumption', () => {
  const { rows, assumes, supply } = drainOutlook(topology, tick({ bottleneck: limit }), 500);
  expect(supply).toBe(1500);
  // The lookup takes 100 of the 1,000 records that are read: a tenth.
  expect(rows.map(({ change, reads, slope }) => [change, reads, slope])).toEqual([
    ['As it is', 1000, 500],
    ['lookup at ×6', 1500, 0],
    ['lookup at ×8', 2000, -500],
    ['Capacity 10 → 20 a subtask', 2000, -500],
  ]);
  expect(rows[1]!.outlook).toEqual({ kind: 'steady' });
  expect(rows[2]!.outlook).toEqual({ kind: 'in', ms: 12_000 });
  expect(assumes).toMatch(/calls still take 64.ms; out limits next\.$/);
});

it('promises nothing where more subtasks would not help', () => {
  const skewed = { ...limit, cause: 'skew' as const };
  expect(drainOutlook(topology, tick({ bottleneck: skewed }), 500).rows).toHaveLength(1);
});
