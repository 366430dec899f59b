import type { JobSummary } from '@weir/console-protocol';
import { expect, it } from 'vitest';
import {
  inOrder,
  type JobsView,
  jobsLines,
  lineKey,
  needyJobs,
  ratePoints,
  stateCounts,
  totalRates,
} from './job-row.ts';

const NOW = 1_000_000;

function job(name: string, values: Partial<JobSummary> = {}): JobSummary {
  return {
    jobId: name.padEnd(32, '0'),
    name,
    state: 'RUNNING',
    startedAt: 1000,
    endedAt: null,
    parallelism: 1,
    vertices: 1,
    tasksRunning: 1,
    tasksTotal: 1,
    restarts: 0,
    recordsIn: 10,
    recordsOut: 10,
    watermarkLag: null,
    pendingRecords: 0,
    lastCheckpoint: null,
    sparkline: [],
    ...values,
  };
}

const held = { vertexId: 'v', name: 'lookup', since: 8000 };
const JOBS = [
  job('calm', { recordsIn: 5 }),
  job('done', { state: 'FINISHED', endedAt: 2000 }),
  job('held', { bottleneck: held, recordsIn: 900 }),
  job('broken', { state: 'FAILED', endedAt: 3000 }),
  job('calm', { recordsIn: null, startedAt: 2000, jobId: 'x' }),
];

function lines(view: Partial<JobsView>): string[] {
  const all = { q: '', state: '', sort: 'health', reversed: false, group: 'none' } as const;
  return jobsLines(JOBS, { ...all, ...view }, NOW).map((line) =>
    line.kind === 'head' ? `${line.text} (${line.jobs})` : line.job.name,
  );
}

it('begins with who needs somebody, and ends with what is over', () => {
  expect(lines({})).toEqual(['broken', 'held', 'calm', 'calm', 'done']);
  expect(lines({ reversed: true })).toEqual(['done', 'calm', 'calm', 'held', 'broken']);
});

it('sorts by a column, the largest first, names from a on; unknown values are last', () => {
  expect(lines({ sort: 'in' }).slice(0, 2)).toEqual(['held', 'calm']);
  expect(lines({ sort: 'in', reversed: true }).slice(0, 2)).toEqual(['calm', 'held']);
  expect(lines({ sort: 'in', reversed: true }).slice(2)).toEqual(['broken', 'calm', 'done']);
  expect(lines({ sort: 'name' })).toEqual(['broken', 'calm', 'calm', 'done', 'held']);
});

it('filters by name, id and state', () => {
  expect(lines({ q: 'HEL' })).toEqual(['held']);
  expect(lines({ q: 'broken00' })).toEqual(['broken']);
  expect(lines({ state: 'FINISHED' })).toEqual(['done']);
});

it('puts groups below their heads, in the order of their first job', () => {
  expect(lines({ group: 'state' })).toEqual([
    'FAILED (1)',
    'broken',
    'RUNNING (3)',
    'held',
    'calm',
    'calm',
    'FINISHED (1)',
    'done',
  ]);
  expect(lines({ group: 'name', sort: 'name' })).toContain('calm (2)');
  expect(lines({ group: 'health' })).toContain('Held up (1)');
});

it('names who needs somebody', () => {
  expect(needyJobs(JOBS, NOW).map(({ job: one, head }) => [one.name, head])).toEqual([
    ['broken', 'Failed'],
    ['held', 'Held up'],
  ]);
});

it('adds up rates second by second, also of jobs that began later', () => {
  const running = [
    job('a', { sparkline: [1, 2, null] }),
    job('b', { sparkline: [10, 20] }),
    job('c', { state: 'FINISHED', sparkline: [99] }),
  ];
  expect(totalRates(running)).toEqual([1, 12, 20]);
  expect(totalRates([])).toEqual([]);
  const older = job('d', { sparkline: [100, 200], sparklineStepMs: 2000 });
  expect(totalRates([...running, older])).toEqual([100, 101, 212, 220]);
});

it('the points of a line end now, one a step', () => {
  const points = ratePoints(job('a', { sparkline: [1, null, 3], sparklineStepMs: 4000 }), 100_000);
  expect(points.map(({ t }) => t)).toEqual([92_000, 96_000, 100_000]);
  expect(points[1]!.value).toBeNaN();
});

it('counts states in the order of the list', () => {
  expect(stateCounts(JOBS)).toEqual([
    ['FAILED', 1],
    ['RUNNING', 3],
    ['FINISHED', 1],
  ]);
});

it('keeps an order while numbers change, with what is new at its end', () => {
  const view: JobsView = { q: '', state: '', sort: 'in', reversed: false, group: 'none' };
  const names = (all: ReturnType<typeof jobsLines>) =>
    all.map((line) => (line.kind === 'job' ? line.job.name : line.text));
  const before = jobsLines(JOBS.slice(0, 3), view, NOW);
  expect(names(before)).toEqual(['held', 'calm', 'done']);
  const next = [job('new', { recordsIn: 5000 }), ...JOBS.slice(0, 2).toReversed()];
  const after = jobsLines(next, view, NOW);
  expect(names(after)).toEqual(['new', 'calm', 'done']);
  expect(names(inOrder(after, before.map(lineKey)))).toEqual(['calm', 'done', 'new']);
});
