import type {
  Deployment,
  JobEvent,
  JobHistory,
  JobTick,
  ProgramDiff,
} from '@weir/console-protocol';
import { describe, expect, test } from 'vitest';
import { changeReading, type ReadingInput } from './change-reading.ts';
import { changeSeries } from './change-series.ts';
import { deploymentChanges, stateFit } from './deployment-changes.ts';
import { versionFirst, versionPoints, versionRows } from './earlier-version.ts';
import { figureText } from '../figures/figures.ts';
import { sameLoad } from './same-load.ts';
import { topology } from '../test-story.ts';
import { timelineRows } from '../timeline/timeline-rows.ts';

const operator = (id: string, parallelism = 1, line = 10) => ({
  id,
  name: id,
  uid: null,
  parallelism,
  origin: `jobs/job.ts:${line}`,
});

function deployment(version: number, rest: Partial<Deployment> = {}): Deployment {
  return {
    jobId: `${version}`.padStart(32, '0'),
    version,
    state: 'RUNNING',
    submittedAt: version * 1000,
    endedAt: null,
    by: 'cli',
    artifactSha256: 'd07b9a3c',
    programKept: true,
    entry: '/jobs/job.ts',
    args: ['--calm'],
    parallelism: 1,
    configuration: { a: '1', b: '2' },
    restarts: 0,
    predecessor: null,
    restored: null,
    lastGood: null,
    operators: [operator('map')],
    ...rest,
  };
}

describe('what differs between two deployments', () => {
  test('is two values each; what is equal is counted, operators are named', () => {
    const before = deployment(1, { operators: [operator('map'), operator('old')] });
    const after = deployment(2, {
      args: ['--wild'],
      configuration: { a: '1', b: '3', c: '4', 'parallelism.default': '2' },
      operators: [operator('map', 2), operator('new')],
    });
    const { values, equal, added, removed } = deploymentChanges(before, after);
    expect(values.map(({ key, before: was, after: is }) => [key, was, is])).toEqual([
      ['parallelism, map', '×1', '×2'],
      ['arguments', '--calm', '--wild'],
      ['b', '2', '3'],
      ['c', null, '4'],
    ]);
    expect({ equal, added, removed }).toEqual({ equal: 1, added: ['new'], removed: ['old'] });
    expect(stateFit(after, before)).toBe('Version 1 does not know new: 1 of 2 operators match.');
    expect(stateFit(before, deployment(3, { operators: before.operators }))).toContain('all 2');
  });

  test('an earlier version offers its last state, and says that it is another program', () => {
    const lastGood = { id: 7, path: '/chk-7', savepoint: true, at: 5, bytes: 3 };
    expect(versionPoints(deployment(1, { lastGood }))).toMatchObject([
      { id: 7, path: '/chk-7', note: 'savepoint, the last of version 1' },
    ]);
    expect(versionPoints(deployment(1))).toEqual([]);
    const [last] = versionPoints(deployment(1, { lastGood }));
    const other = { ...last!, path: '/other' };
    const known = versionFirst(deployment(1, { lastGood }), [{ ...last!, note: 'again' }, other]);
    expect(known.map(({ path }) => path)).toEqual(['/chk-7', '/other']);
    expect(versionRows(null, 0)).toEqual([]);
    expect(versionRows(deployment(1), 0)[0]!.text).toContain('version 1');
  });
});

const failure = (line: number): JobEvent => ({
  t: 1,
  kind: 'exception',
  text: 'x',
  subject: 'x',
  stack: `RangeError: over\n    at f (/jobs/job.ts:${line}:3)`,
  vertexId: 'map',
});
const failures = (...lines: number[]) => timelineRows(lines.map(failure), { grouped: true });
const diffOf = (line: number): ProgramDiff => ({
  known: true,
  sameFiles: 0,
  packageFiles: 0,
  files: [
    {
      path: 'job.ts',
      change: 'changed',
      added: 1,
      removed: 1,
      rewritten: false,
      hunks: [
        {
          skipped: line - 1,
          lines: [
            { kind: 'removed', before: line, after: null, text: 'a' },
            { kind: 'added', before: null, after: line, text: 'b' },
          ],
        },
      ],
    },
  ],
});

describe('what a version explains', () => {
  const read = (input: Partial<ReadingInput>) => {
    const before = deployment(1);
    const after = deployment(2);
    const whole = {
      before,
      after,
      diff: diffOf(20),
      changes: deploymentChanges(before, after),
      failuresBefore: [],
      failuresAfter: [],
      bottleneck: null,
      ...input,
    };
    const { strong, rest } = changeReading(whole);
    return strong + rest;
  };

  test('a failure in an added line; not one elsewhere, nor one that was there before', () => {
    expect(read({ failuresAfter: failures(20) })).toBe(
      'Version 2 explains the RangeError at job.ts:20. It changed 1 file (+1 −1).',
    );
    expect(read({ failuresAfter: failures(4) })).toContain(
      'may explain the RangeError at job.ts:4',
    );
    expect(read({ failuresAfter: failures(20), failuresBefore: failures(20) })).toContain(
      'does not explain the RangeError',
    );
  });

  test('a bottleneck only where something near it changed', () => {
    const bottleneck = { vertexId: 'map', since: 1, title: 'map' };
    const far = diffOf(200);
    const after = deployment(2, { operators: [operator('map', 1, 10), operator('next', 1, 40)] });
    expect(read({ bottleneck, after, diff: far })).toContain(
      'Version 2 does not explain the bottleneck map.',
    );
    expect(read({ bottleneck, after, diff: diffOf(12) })).toContain(
      'may explain the bottleneck map',
    );
    expect(read({ bottleneck: { ...bottleneck, cause: 'machine' }, diff: diffOf(12) })).toContain(
      'does not explain',
    );
    const both = read({ bottleneck, after, failuresAfter: failures(200), diff: far });
    expect(both).toContain('explains the RangeError at job.ts:200, not the bottleneck map.');
  });

  test('nothing at all, when nothing changed or there is nothing before', () => {
    const same = { ...diffOf(1), files: [] };
    expect(read({ diff: same })).toContain('is the same program as version 1');
    expect(read({ diff: same, failuresAfter: failures(3) })).toContain('came from outside of it');
    expect(read({ before: null, changes: null })).toContain('is the first that is known');
    expect(read({})).toContain('Nothing failed or limits the job in it.');
  });
});

function history(rates: readonly number[], busy: number, from = 0): JobHistory {
  const [vertex] = topology.vertices;
  const ticks = rates.map((recordsIn, at) => ({
    t: from + at * 1000,
    state: 'RUNNING',
    recordsIn,
    recordsOut: 10,
    watermarkLag: null,
    vertices: [{ id: vertex!.id, busy, stateBytes: null }],
    edges: [],
  })) as unknown as JobTick[];
  const to = from + rates.length * 1000;
  return { topology, from, to, step: 1000, ticks, events: [] };
}

describe('the same load', () => {
  const steady = (rate: number, count = 30) => Array.from({ length: count }, () => rate);

  test('compares only seconds in which both read about as much', () => {
    const before = history([...steady(1000), ...steady(5000)], 0.4);
    const comparison = sameLoad(before, history(steady(1000), 0.6));
    expect(comparison.kind).toBe('same');
    const rows = comparison.kind === 'same' ? comparison.rows : [];
    const busy = rows.find(({ label }) => label.endsWith(' busy'));
    expect([busy?.change, busy?.much]).toEqual(['+20\u202fpt', true]);
    const read = rows.find(({ label }) => label === 'Records in');
    expect(figureText(read!.before)).toBe(figureText(read!.after));
  });

  test('claims nothing when the loads never met, or too little is known', () => {
    expect(sameLoad(history(steady(100), 0.1), history(steady(9000), 0.1)).kind).toBe('apart');
    expect(sameLoad(history(steady(100, 3), 0.1), history(steady(100), 0.1)).kind).toBe('unknown');
  });

  test('charts run up to the deployment and on from it, with no line over the seam', () => {
    const [first] = changeSeries(history(steady(1000), 0.4), history(steady(500), 0.6, 900_000));
    expect(first!.seam).toBeCloseTo(0.5);
    const { points } = first!;
    const seam = points.findIndex(({ value }) => value === null);
    expect(points[seam - 1]!.value).toBe(1000);
    expect(points[seam + 1]!.value).toBe(500);
    expect(points.map(({ share }) => share)).toEqual(
      points.map(({ share }) => share).sort((a, b) => a - b),
    );
    expect(changeSeries(null, history(steady(500), 0.6))[0]!.seam).toBeNull();
  });
});
