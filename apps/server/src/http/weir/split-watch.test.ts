import type { SplitsOfSubtask, SplitView } from '@weir/runtime';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { JobEntry } from '../job-service.ts';
import { GRAPH, JOB, SOURCE, START_MS, SyntheticJob } from '../testing/synthetic-service.ts';
import { splitListOf } from './split-list.ts';
import { SplitWatch } from './split-watch.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: START_MS });
});
afterEach(() => {
  vi.useRealTimers();
});

function split(splitId: string, more: Partial<SplitView> = {}): SplitView {
  return {
    splitId,
    pendingRecords: 0,
    pendingMs: 0,
    position: null,
    finished: false,
    watermarkMs: START_MS,
    idleMs: null,
    records: 10,
    ...more,
  };
}

function report(subtask: number, splits: readonly SplitView[]): SplitsOfSubtask {
  return { vertexId: SOURCE, subtask, atMs: START_MS, count: splits.length, splits };
}

/** A job whose sources answer as the test says. */
function watched(answer: (job: SyntheticJob) => void) {
  const job = new SyntheticJob();
  const asked: number[] = [];
  const control = {
    ...job.control,
    watchSplits: (forMs: number) => {
      asked.push(forMs);
      answer(job);
    },
  };
  const lost = { artifactSha256: '', entry: null, submission: null };
  const entry: JobEntry = { jobId: JOB, control, ...lost };
  return { job, asked, entry };
}

it('asks the sources while it is asked itself, and then forgets', async () => {
  const { job, asked, entry } = watched((it) =>
    it.emit({ type: 'splits', ...report(0, [split('a')]) }),
  );
  const watch = new SplitWatch(Date.now);
  expect(await watch.read(entry)).toHaveLength(1);
  expect(await watch.read(entry)).toHaveLength(1);
  expect(asked).toEqual([10_000]);
  vi.advanceTimersByTime(3000);
  await watch.read(entry);
  expect(asked).toHaveLength(2);
  vi.advanceTimersByTime(10_000);
  job.emit({ type: 'splits', ...report(0, [split('b')]) });
  expect(await watch.read(entry)).toMatchObject([{ splits: [{ splitId: 'a' }] }]);
  expect(asked).toHaveLength(3);
});

it('gives up waiting for sources that know no splits', async () => {
  const { entry } = watched(() => {});
  const answer = new SplitWatch(Date.now).read(entry);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await answer).toEqual([]);
});

it('forgets what an earlier attempt reported', async () => {
  const { job, entry } = watched((it) =>
    it.emit({ type: 'splits', ...report(it.view.attempt, [split('a')]) }),
  );
  const watch = new SplitWatch(Date.now);
  await watch.read(entry);
  job.view = { ...job.view, attempt: 1 };
  expect(await watch.read(entry)).toMatchObject([{ subtask: 1 }]);
});

it('lists the worst first and names who holds event time back', () => {
  const rows = [
    split('p-0', { pendingMs: 10, pendingRecords: 4, watermarkMs: START_MS - 50 }),
    split('p-1', { pendingMs: 900, pendingRecords: 30, watermarkMs: START_MS - 900 }),
    split('p-2', { idleMs: 4000, watermarkMs: START_MS - 90_000 }),
    split('p-10', { finished: true, watermarkMs: START_MS - 99_000 }),
  ];
  const vertexIds = GRAPH.vertices.map(({ id }) => id);
  const reports = [report(0, rows.slice(0, 2)), report(1, rows.slice(2))];
  const [source, ...rest] = splitListOf(reports, vertexIds, { q: '', limit: 3 });
  expect(rest).toEqual([]);
  expect(source!.splits.map(({ splitId }) => splitId)).toEqual(['p-1', 'p-0', 'p-2']);
  expect(source).toMatchObject({
    vertexId: SOURCE,
    total: 4,
    idle: 1,
    finished: 1,
    pendingRecords: 34,
    pendingMs: 900,
    holder: { splitId: 'p-1', subtask: 0 },
    foremost: { splitId: 'p-0' },
  });
  const [found] = splitListOf(reports, vertexIds, { q: 'P-1', limit: 9 });
  expect(found!.splits.map(({ splitId }) => splitId)).toEqual(['p-1', 'p-10']);
  expect(found!.total).toBe(4);
});

it('does not add up what it does not know', () => {
  const reports = [report(0, [split('a', { pendingRecords: null, watermarkMs: null })])];
  const [source] = splitListOf(reports, [SOURCE], { q: '', limit: 9 });
  expect(source).toMatchObject({ pendingRecords: null, holder: null, foremost: null });
});
