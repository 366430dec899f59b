import { expect, test } from 'vitest';
import { deploymentsOf, successorOf, versionOf } from './deployment-chain.ts';
import type { JobEntry, SubmissionRecord } from './job-service.ts';

function job(
  jobId: string,
  name: string,
  submittedAtMs: number,
  rest: Partial<SubmissionRecord> = {},
): JobEntry {
  const control = { view: () => ({ graph: { name, submittedAtMs } }) };
  return { jobId, control, submission: { submittedAtMs, ...rest } } as unknown as JobEntry;
}

test('versions are the submissions of one name in their order', () => {
  const all = [
    job('c', 'flights', 30, { version: 7, rerunOf: 'b' }),
    job('x', 'other', 5),
    job('a', 'flights', 10),
    job('b', 'flights', 20),
  ];
  const [c, , a, b] = all as [JobEntry, JobEntry, JobEntry, JobEntry];
  expect(deploymentsOf(b, all).map(({ jobId }) => jobId)).toEqual(['a', 'b', 'c']);
  expect(versionOf(c, all), 'as it was counted').toBe(7);
  expect([versionOf(a, all), versionOf(b, all)], 'by their order').toEqual([1, 2]);
  expect([successorOf(b, all), successorOf(c, all)]).toEqual(['c', null]);
});
