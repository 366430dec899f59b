import type { JobTick } from '@weir/console-protocol';
import { describe, expect, test } from 'vitest';
import { timelineOf } from './job-timeline.ts';

const topology = { jobId: 'j', name: 'n', startedAt: 0, attempt: 1, vertices: [], edges: [] };

function tick(second: number, rest: Partial<JobTick> = {}): JobTick {
  return {
    t: second * 1000,
    state: 'RUNNING',
    recordsIn: 100,
    recordsOut: null,
    watermarkLag: null,
    watermark: null,
    pendingRecords: null,
    pendingMs: null,
    vertices: [],
    edges: [],
    bottleneck: null,
    ...rest,
  };
}

function timeline(ticks: readonly JobTick[], columns = 100) {
  const to = (ticks.at(-1)?.t ?? 0) + 1000;
  return timelineOf({ topology, from: 0, to, step: 1000, ticks: [...ticks], events: [] }, columns);
}

describe('timeline of a history', () => {
  test('columns keep the mean and the lowest, and know no rate where there is none', () => {
    const rates = [10, 20, 30, null, null, null];
    const { times, recordsIn, recordsInLow } = timeline(
      rates.map((recordsIn, at) => tick(at, { recordsIn })),
      2,
    );
    expect({ times, recordsIn, recordsInLow }).toEqual({
      times: [0, 3000],
      recordsIn: [20, null],
      recordsInLow: [10, null],
    });
  });

  test('spans of states touch each other, and end where nothing is known', () => {
    const restart = [tick(0), tick(1), tick(2, { state: 'RESTARTING' }), tick(3), tick(60)];
    expect(timeline(restart).states).toEqual([
      { state: 'RUNNING', from: 0, to: 2000 },
      { state: 'RESTARTING', from: 2000, to: 3000 },
      { state: 'RUNNING', from: 3000, to: 3000 },
      { state: 'RUNNING', from: 60_000, to: 60_000 },
    ]);
  });

  test('a verdict begins with its evidence and ends with it; the last one may go on', () => {
    const limits = (vertexId: string, since: number) => ({ bottleneck: { vertexId, since } });
    const { verdicts } = timeline([
      tick(10, limits('map', 4000)),
      tick(11, limits('map', 4000)),
      tick(12),
      tick(20, limits('sink', 15_000)),
      tick(21, limits('sink', 15_000)),
      tick(30, { bottleneck: { vertexId: 'sink', since: 15_000, until: 21_000 } }),
      tick(36),
      tick(40, limits('map', 38_000)),
    ]);
    expect(verdicts).toEqual([
      { vertexId: 'map', cause: null, from: 4000, to: 12_000 },
      { vertexId: 'sink', cause: null, from: 15_000, to: 21_000 },
      { vertexId: 'map', cause: null, from: 38_000, to: null },
    ]);
  });
});
