import type { JobSplits, SplitRow } from '@weir/console-protocol';
import { expect, it } from 'vitest';
import { lateRates } from './late-records.ts';
import { bySize, SplitTrends, total } from './split-trends.ts';

const row = (splitId: string, more: Partial<SplitRow> = {}): SplitRow => ({
  splitId,
  subtask: 0,
  pendingRecords: 0,
  pendingMs: 0,
  records: 0,
  position: null,
  watermark: 0,
  idleMs: null,
  finished: false,
  ...more,
});

function answer(t: number, splits: readonly SplitRow[]): JobSplits {
  const sums = { total: splits.length, idle: 0, finished: 0, pendingRecords: 0, pendingMs: 0 };
  const source = { vertexId: 'v', ...sums, holder: null, foremost: null, splits: [...splits] };
  return { t, answered: 1, expected: 1, sources: [source] };
}

/** One split over the given seconds. */
function over(seconds: readonly number[], at: (second: number) => Partial<SplitRow>) {
  const trends = new SplitTrends();
  let last = trends.add(answer(0, [row('a', at(0))]));
  for (const second of seconds) last = trends.add(answer(second * 1000, [row('a', at(second))]));
  return last[0]!;
}

it('knows no rates at first sight', () => {
  const [trend] = new SplitTrends().add(answer(0, [row('a', { pendingRecords: 5 })]));
  expect(trend).toMatchObject({
    readPerSecond: null,
    changePerSecond: null,
    supplyPerSecond: null,
    drain: { kind: 'unknown' },
  });
});

it('tells supply from what is read and what is left lying', () => {
  const trend = over([2, 4], (s) => ({ pendingRecords: 100 + 30 * s, records: 70 * s }));
  expect(trend).toMatchObject({
    readPerSecond: 70,
    changePerSecond: 30,
    supplyPerSecond: 100,
    drain: { kind: 'grows' },
  });
});

it('says when a shrinking backlog is gone', () => {
  const trend = over([2, 4], (s) => ({ pendingRecords: 500 - 50 * s, records: 70 * s }));
  expect(trend.drain).toEqual({ kind: 'in', ms: 6000 });
});

it.each([
  ['nothing waits', { pendingRecords: 0 }, 'empty'],
  ['idle', { pendingRecords: 0, idleMs: 10 }, 'idle'],
  ['at its end', { finished: true }, 'ended'],
  ['unknown', { pendingRecords: null }, 'unknown'],
  ['hardly moves', { pendingRecords: 100_000 }, 'steady'],
])('%s', (_, more, kind) => {
  expect(over([2, 4], (s) => ({ records: 1000 * s, ...more })).drain.kind).toBe(kind);
});

it('begins anew with another attempt, and forgets splits that are gone', () => {
  const trends = new SplitTrends();
  trends.add(answer(0, [row('a', { records: 500 }), row('b')]));
  const [again] = trends.add(answer(2000, [row('a', { records: 3 })]));
  expect(again!.readPerSecond).toBeNull();
  const back = trends.add(answer(4000, [row('b'), row('a', { records: 5 })]));
  expect(back[0]!.points).toHaveLength(1);
  expect(back[1]!.points).toHaveLength(2);
});

it('answers the same for the same answer', () => {
  const trends = new SplitTrends();
  const first = answer(0, [row('a')]);
  expect(trends.add(first)).toBe(trends.add(first));
});

it('orders by seconds or by records; what is idle or over comes last', () => {
  const all = new SplitTrends().add(
    answer(0, [
      row('idle', { pendingMs: 9000, idleMs: 1 }),
      row('old', { pendingMs: 500, pendingRecords: 1 }),
      row('many', { pendingMs: 100, pendingRecords: 900 }),
      row('over', { finished: true }),
    ]),
  );
  const names = (order: 'seconds' | 'records') => bySize(all, order).map(({ row }) => row.splitId);
  expect(names('seconds')).toEqual(['old', 'many', 'idle', 'over']);
  expect(names('records')).toEqual(['many', 'old', 'idle', 'over']);
  expect(bySize(all, 'seconds', 'over')[0]!.row.splitId).toBe('over');
  expect(total(all, ({ row }) => row.pendingRecords)).toBe(901);
});

it('counts late records a minute, over gaps and restarts', () => {
  const at = (second: number, value: number) => ({ t: second * 1000, value });
  const { points, perMinute } = lateRates([
    at(0, 100),
    at(100, 200),
    at(120, 210),
    at(130, Number.NaN),
    at(140, 230),
    at(150, 4),
  ]);
  expect(perMinute).toBe(14);
  expect(points.map(({ value }) => value)).toEqual([1, 0.5, Number.NaN, 0.4]);
  expect(lateRates([])).toEqual({ points: [], perMinute: 0 });
});
