import type { JobStatus, JobView } from '@weir/runtime';
import { describe, expect, it } from 'vitest';
import { surplusJobs } from './ended-jobs.ts';

function job(jobId: string, status: JobStatus, atMs: number): JobView {
  return { jobId, status, timestamps: { [status]: atMs } } as unknown as JobView;
}

describe('surplusJobs', () => {
  const jobs = [
    job('running', 'RUNNING', 1),
    job('second', 'FAILED', 20),
    job('suspended', 'SUSPENDED', 2),
    job('first', 'CANCELED', 10),
    job('last', 'FINISHED', 30),
  ];

  it('names ended jobs only, those that ended first', () => {
    expect(surplusJobs(jobs, 1).map(({ jobId }) => jobId)).toEqual(['second', 'first']);
  });

  it('names none within the capacity', () => {
    expect(surplusJobs(jobs, 3)).toEqual([]);
  });
});
