import type { JobSummary } from '@weir/console-protocol';
import { expect, test } from 'vitest';
import { jobHealth } from './job-health.ts';

function words(values: Partial<JobSummary>): string {
  const job = { state: 'RUNNING', recordsIn: 10, pendingRecords: null, ...values } as JobSummary;
  const { head, detail } = jobHealth(job, 100_000);
  return detail === '' ? head : `${head}: ${detail}`;
}

const lookup = { vertexId: 'v', name: 'airport-lookup', since: 8000 };

test('a running job is healthy, idle, limited, or about to be', () => {
  expect(words({})).toBe('Healthy');
  expect(words({ bottleneck: null, recordsIn: 0 })).toBe('Healthy: nothing to read');
  expect(words({ recordsIn: 0, pendingRecords: 7 })).toBe('Healthy');
  expect(words({ recordsIn: null })).toBe('No figures yet');
  expect(words({ bottleneck: lookup })).toBe(
    'Held up: airport-lookup is the bottleneck, 1\u202fm\u00a032\u202fs',
  );
  expect(words({ bottleneck: { ...lookup, until: 90_000 } })).toBe(
    'Recovering: airport-lookup was the bottleneck',
  );
  expect(words({ bottleneck: null, forming: lookup })).toBe(
    'At its limit: airport-lookup, may be a burst',
  );
});

test('other states speak for themselves', () => {
  expect(words({ state: 'FAILED', bottleneck: lookup })).toBe(
    'Failed: its first cause is under Exceptions',
  );
  expect(words({ state: 'RESTARTING' })).toBe('A task failed: the job starts again');
  expect(words({ state: 'CREATED' })).toBe('Starting');
});
