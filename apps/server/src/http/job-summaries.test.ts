import { type JobTick, jobsSnapshot } from '@weir/console-protocol';
import { expect, it } from 'vitest';
import { JobSummaries } from './job-summaries.ts';
import {
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
