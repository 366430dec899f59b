import type { JobSplits, SourceSplits, SplitRow } from '@weir/console-protocol';
import { describe, expect, it } from 'vitest';
import { LOOKUP, SINK, SOURCE, topology } from '../test-story.ts';
import {
  farthestSubtask,
  lagParts,
  type ReadingInput,
  watermarkReading,
} from './watermark-reading.ts';

const row = (splitId: string, more: Partial<SplitRow> = {}): SplitRow => ({
  splitId,
  subtask: 1,
  pendingRecords: 0,
  pendingMs: 0,
  records: 10,
  position: null,
  watermark: 100_000,
  idleMs: null,
  finished: false,
  ...more,
});

function splitsOf(rows: readonly SplitRow[]): JobSplits {
  const counted = rows.filter(({ watermark, idleMs }) => watermark !== null && idleMs === null);
  const byTime = counted.toSorted((a, b) => a.watermark! - b.watermark!);
  const source: SourceSplits = {
    vertexId: SOURCE,
    total: rows.length,
    idle: rows.filter(({ idleMs }) => idleMs !== null).length,
    finished: 0,
    pendingRecords: 0,
    pendingMs: 0,
    holder: byTime[0] ?? null,
    foremost: byTime.at(-1) ?? null,
    splits: [...rows],
  };
  return { t: 1, answered: 1, expected: 1, sources: [source] };
}

const lagsOf = (lags: Readonly<Record<string, number>>) => ({
  watermarkLag: (id: string) => lags[id] ?? null,
});

function read(more: Partial<ReadingInput>): string {
  const input = { topology, lags: lagsOf({}), jobLagMs: 91_000, splits: null, subtask: null };
  const { sentence, advice } = watermarkReading({ ...input, ...more });
  return `${sentence.map(({ text }) => text).join('')} ${advice}`.trim();
}

describe('the sentence about event time', () => {
  it('names the operator that adds most, and its subtask', () => {
    const lags = lagsOf({ [SOURCE]: 0, [LOOKUP]: 60_000, [SINK]: 61_000 });
    expect(read({ lags })).toContain('lookup holds it back most, by 1\u202fm.');
    const subtask = { subtask: 3, lagMs: 60_000, medianMs: 900 };
    expect(read({ lags, subtask })).toMatch(
      /lookup subtask 3 holds it back most.*others of its subtasks are 900.ms behind/,
    );
  });

  it('names the split, who reads it, and how far the foremost one is ahead', () => {
    const splits = splitsOf([row('a', { watermark: 60_000, subtask: 2 }), row('b')]);
    const { splitKey, vertexId } = watermarkReading({
      topology,
      lags: lagsOf({}),
      jobLagMs: 41_000,
      splits,
      subtask: null,
    });
    expect(read({ splits })).toContain(
      'a, read by replay subtask 2, holds it back: it is 40\u202fs behind b.',
    );
    expect({ splitKey, vertexId }).toEqual({ splitKey: `${SOURCE} a`, vertexId: SOURCE });
  });

  it('does not blame a split when they are level', () => {
    const splits = splitsOf([row('a'), row('b'), row('c', { idleMs: 9000, watermark: 1 })]);
    const text = read({ splits, lags: lagsOf({ [SOURCE]: 200, [LOOKUP]: 300, [SINK]: 300 }) });
    expect(text).toContain('no operator adds to it');
    expect(text).toContain(
      '2 active splits are within 1\u202fs of each other; 1 idle one does not',
    );
  });

  it('blames the operator, not the splits, when it adds more than they are apart', () => {
    const splits = splitsOf([row('a', { watermark: 98_000 }), row('b')]);
    const lags = lagsOf({ [SOURCE]: 2000, [LOOKUP]: 90_000, [SINK]: 90_000 });
    expect(read({ splits, lags })).toContain('lookup holds it back most');
  });

  it('finds the split without a record that everything waits for', () => {
    const silent = row('quiet', { watermark: null, records: 0, subtask: 3 });
    const text = read({ splits: splitsOf([row('a'), silent]), jobLagMs: null });
    expect(text).toMatch(/No watermark.*quiet, read by replay subtask 3, has had no record.*idle/);
    expect(text).toContain('withIdleness');
  });

  it('says how a job without event time came to be', () => {
    expect(read({ jobLagMs: null })).toMatch(/^No watermark has reached the sinks yet/);
  });
});

it('parts a lag into what came with the inputs and what was added', () => {
  const parts = lagParts(topology, lagsOf({ [SOURCE]: 100, [LOOKUP]: 900, [SINK]: 800 }));
  expect(parts.map(({ inheritedMs, addedMs }) => [inheritedMs, addedMs])).toEqual([
    [0, 100],
    [100, 800],
    [800, 0],
  ]);
});

it('finds the subtask that is farthest behind', () => {
  expect(farthestSubtask([3, 900, null, 5])).toEqual({ subtask: 1, lagMs: 900, medianMs: 5 });
  expect(farthestSubtask([null, null])).toBeNull();
  expect(farthestSubtask([7])).toBeNull();
});
