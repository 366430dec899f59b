import type { JobSummary } from '@weir/console-protocol';
import { describe, expect, it, test } from 'vitest';
import { jobHealth } from './job-health.ts';

const NOW = 100_000;

function of(values: Partial<JobSummary>) {
  const base = { state: 'RUNNING', startedAt: 0, endedAt: null, recordsIn: 10 };
  const job = { ...base, pendingRecords: null, lastCheckpoint: null, ...values } as JobSummary;
  return jobHealth(job, NOW);
}

function words(values: Partial<JobSummary>): string {
  const { head, detail } = of(values);
  return detail === '' ? head : `${head}: ${detail}`;
}

const lookup = { vertexId: 'v', name: 'airport-lookup', since: 8000 };
const failure = { t: 99_000, text: 'x is undefined', operator: 'parse', recently: 1 };

test('a running job is healthy, idle, limited, or about to be', () => {
  expect(words({})).toBe('Healthy');
  expect(words({ bottleneck: null, recordsIn: 0 })).toBe('Healthy: nothing to read');
  expect(words({ recordsIn: 0, pendingRecords: 7 })).toBe('Healthy');
  expect(words({ recordsIn: null })).toBe('No figures yet');
  expect(words({ tasksRunning: 2, tasksTotal: 4 })).toBe('Starting: 2 of 4 tasks run');
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

describe('what limits it', () => {
  it('says why, and where it is going', () => {
    const subject = { kind: 'callSite' as const, name: 'airports', vertexId: null, edge: null };
    const waiting = { ...lookup, cause: 'external' as const, subject, trend: 'worse' as const };
    expect(words({ bottleneck: waiting })).toMatch(
      /^Falling behind: airport-lookup waits on airports, 1.m.32.s, getting worse$/,
    );
    expect(words({ bottleneck: { ...waiting, severity: 'notice', trend: 'steady' } })).toMatch(
      /^Steady backlog: airport-lookup waits on airports/,
    );
  });

  it.each([
    ['queued', 'waits for its thread'],
    ['gc', 'collects garbage'],
    ['alignment', 'waits for a late barrier'],
    ['blocked', 'holds its thread in long calls'],
    ['source', 'cannot read faster'],
    ['machine', 'finds no free core'],
    ['state', 'is busy with its state'],
    ['cpu', 'is the bottleneck'],
  ] as const)('%s', (cause, text) => {
    expect(words({ bottleneck: { ...lookup, cause } })).toContain(`airport-lookup ${text}, 1`);
  });

  it('names the subtask of a skew', () => {
    const skew = { ...lookup, cause: 'skew' as const, subtask: 3, figures: { skewFactor: 8.7 } };
    expect(words({ bottleneck: skew })).toBe(
      'Skewed: airport-lookup: subtask 3 takes 9× its share',
    );
  });

  it('is stuck', () => {
    expect(words({ bottleneck: { ...lookup, cause: 'stuck' } })).toMatch(/^Stuck: airport-lookup/);
  });
});

describe('checkpoints that do not come', () => {
  const checkpointing = { intervalMs: 10_000, usualMs: 900, since: NOW - 31_000, failed: 2 };
  const lastCheckpoint = { id: 7, completedAt: NOW - 31_000, durationMs: 9, bytes: 1 };

  it('are worse than a bottleneck', () => {
    expect(words({ checkpointing, lastCheckpoint, bottleneck: lookup })).toBe(
      'No checkpoint: none completed for 31\u202fs since #7, wanted every 10\u202fs, 2 failed',
    );
  });

  it('are not missed too early, nor when they usually take that long', () => {
    expect(words({ checkpointing: { ...checkpointing, since: NOW - 29_000 } })).toBe('Healthy');
    expect(words({ checkpointing: { ...checkpointing, usualMs: 20_000 } })).toBe('Healthy');
  });
});

describe('other states', () => {
  it('speak for themselves', () => {
    expect(words({ state: 'CREATED' })).toBe('Starting');
    expect(words({ state: 'RESTARTING' })).toBe('A task failed: the job starts again');
    expect(words({ state: 'FAILED', bottleneck: lookup })).toBe(
      'Failed: its first cause is under Exceptions',
    );
    expect(words({ state: 'FINISHED', endedAt: 61_000, ending: 'drained' })).toBe(
      'Finished: stopped with a savepoint, drained, ran 1\u202fm\u00a01\u202fs',
    );
    expect(words({ state: 'CANCELED', endedAt: 5000 })).toBe('Canceled: ran 5\u202fs');
  });

  it('say what failed', () => {
    expect(words({ state: 'FAILED', failure })).toBe('Failed: parse: x is undefined');
    const text = 'map "parse" failed at job.ts:3: x is undefined';
    expect(words({ state: 'RESTARTING', failure: { ...failure, text } })).toBe(
      'A task failed: parse: x is undefined',
    );
  });

  it('see a restart loop, also while the job runs for a moment', () => {
    const again = { ...failure, recently: 4 };
    const loop = 'Restart loop: parse: x is undefined, 4 times in ten minutes';
    expect(words({ state: 'RESTARTING', failure: again })).toBe(loop);
    expect(words({ failure: again })).toBe(loop);
    expect(words({ failure: { ...again, t: NOW - 120_000 } })).toBe('Healthy');
  });
});

test('what needs somebody sooner is more urgent', () => {
  const order = [
    of({ state: 'FAILED' }),
    of({ state: 'RESTARTING', failure: { ...failure, recently: 5 } }),
    of({ bottleneck: lookup }),
    of({ bottleneck: { ...lookup, until: 1 } }),
    of({}),
  ];
  expect(order.map(({ urgency }) => urgency)).toEqual([9, 8, 5, 1, 0]);
});
