import type { Checkpoint } from '@weir/flink-rest';
import { describe, expect, it } from 'vitest';
import { isUp, type RerunSeen, rerunStages, runningOf, type StartedJob } from './rerun-stages.ts';

const nothing: RerunSeen = { checkpoints: [], since: 1000, started: false, next: null };

function savepoint(more: Partial<Checkpoint>): Checkpoint {
  return {
    id: 7,
    status: 'IN_PROGRESS',
    checkpoint_type: 'SYNC_SAVEPOINT',
    trigger_timestamp: 1500,
    end_to_end_duration: 1200,
    num_subtasks: 10,
    num_acknowledged_subtasks: 4,
    ...more,
  } as Checkpoint;
}

function job(state: StartedJob['state'], running: number): StartedJob {
  const vertex = { parallelism: 4, tasks: { RUNNING: running, FINISHED: 0 } };
  return { state, vertices: [vertex, { ...vertex, tasks: { RUNNING: 4 } }] };
}

describe('a stop with a savepoint, then a start', () => {
  it.each<[string, Partial<RerunSeen>, string[]]>([
    ['asked', {}, ['now Savepoint', 'next Starting as a new job']],
    [
      'acknowledged by some',
      { checkpoints: [savepoint({})] },
      ['now Savepoint, 4 of 10 subtasks acknowledged', 'next Starting as a new job'],
    ],
    [
      'an older savepoint is not taken for it',
      { checkpoints: [savepoint({ trigger_timestamp: 10 })] },
      ['now Savepoint', 'next Starting as a new job'],
    ],
    [
      'the new job exists',
      { checkpoints: [savepoint({ status: 'COMPLETED' })], started: true },
      ['done Savepoint #7, 1.2\u202fs; stopped', 'now Starting as a new job'],
    ],
    [
      'some of it runs',
      { started: true, next: job('RUNNING', 1) },
      ['done Stopped with a savepoint', 'now Starting, 5 of 8 subtasks run'],
    ],
    [
      'all of it runs',
      { started: true, next: job('RUNNING', 4) },
      ['done Stopped with a savepoint', 'done Started, all 8 subtasks run'],
    ],
    [
      'it failed',
      { started: true, next: job('FAILED', 0) },
      ['done Stopped with a savepoint', 'failed Started, and failed'],
    ],
  ])('%s', (_, seen, stages) => {
    const told = rerunStages('savepoint', { ...nothing, ...seen });
    expect(told.map(({ state, text }) => `${state} ${text}`)).toEqual(stages);
  });
});

it('a job that has ended is only started', () => {
  expect(rerunStages(null, nothing)).toEqual([{ state: 'now', text: 'Starting as a new job' }]);
});

it('counts what runs, and knows when a job is up', () => {
  expect(runningOf(job('RUNNING', 3))).toEqual({ done: 7, all: 8 });
  expect(isUp(job('RUNNING', 3))).toBe(false);
  expect(isUp(job('RUNNING', 4))).toBe(true);
  expect(isUp(job('FAILED', 0))).toBe(true);
});
