import { type JobTick, jobsSnapshot } from '@weir/console-protocol';
import type { CheckpointView } from '@weir/runtime';
import { expect, it } from 'vitest';
import { JobSummaries } from './job-summaries.ts';
import {
  checkpoint,
  JOB,
  runningView,
  SOURCE,
  START_MS,
  SyntheticJob,
  SyntheticService,
} from './testing/synthetic-service.ts';

function tick(values: Partial<JobTick>): JobTick {
  return {
    t: START_MS + 1000,
    state: 'RUNNING',
    recordsIn: 7,
    recordsOut: 7,
    watermarkLag: null,
    watermark: null,
    pendingRecords: null,
    pendingMs: null,
    vertices: [],
    edges: [],
    ...values,
  };
}

it('names what limits a running job as its users do', () => {
  const service = new SyntheticService();
  const job = new SyntheticJob();
  service.add(job);
  const summaries = new JobSummaries(service);
  const summary = () => jobsSnapshot.parse(summaries.snapshot(START_MS + 2000)).jobs[0]!;
  expect(summary()).not.toHaveProperty('bottleneck');
  summaries.addTick(
    JOB,
    tick({ bottleneck: null, forming: { vertexId: SOURCE, since: START_MS } }),
  );
  expect(summary()).toMatchObject({ bottleneck: null, forming: { name: 'flights' } });
  summaries.addTick(JOB, tick({ bottleneck: { vertexId: SOURCE, since: START_MS } }));
  expect(summary().bottleneck).toEqual({ vertexId: SOURCE, since: START_MS, name: 'flights' });
  const timestamps = { ...job.view.timestamps, FINISHED: START_MS + 1500 };
  job.view = runningView({ status: 'FINISHED', timestamps });
  expect(summary()).not.toHaveProperty('bottleneck');
});

it('tells how checkpoints go, why it failed last, and how it ended', () => {
  const service = new SyntheticService();
  const job = new SyntheticJob();
  service.add(job);
  const summaries = new JobSummaries(service);
  const summary = () => jobsSnapshot.parse(summaries.snapshot(START_MS + 200_000)).jobs[0]!;
  expect(summary()).toMatchObject({
    checkpointing: { intervalMs: 10_000, usualMs: null, since: START_MS + 30_045, failed: 0 },
    failure: { t: START_MS + 99, text: 'x is undefined', operator: 'out', recently: 1 },
  });
  const times = Array.from({ length: 40 }, (_, at) => START_MS - 700_000 + at * 20_000);
  for (const t of times) summaries.addFailure(JOB, t);
  expect(summary().failure).toMatchObject({
    recently: times.filter((t) => t >= START_MS - 599_901).length,
  });
  expect(summary()).not.toHaveProperty('ending');
  const ended = (type: CheckpointView['type']) => {
    const view = runningView();
    const checkpoints = { ...view.checkpoints, history: [checkpoint(9, { type })] };
    const timestamps = { ...view.timestamps, FINISHED: START_MS + 1500 };
    job.view = { ...view, status: 'FINISHED', timestamps, checkpoints };
    return summary().ending;
  };
  expect(['stop', 'drain', 'final'].map((type) => ended(type as CheckpointView['type']))).toEqual([
    'stopped',
    'drained',
    'read',
  ]);
  const graph = { ...job.view.graph, configuration: {} };
  job.view = runningView({ graph, exceptions: [] });
  expect(summary()).not.toHaveProperty('checkpointing');
  expect(summary()).not.toHaveProperty('failure');
});
