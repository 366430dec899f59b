import type { SavepointEntry } from '@weir/console-protocol';
import type { Checkpoint, Checkpointing } from '@weir/flink-rest';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  consequences,
  downTime,
  rerunRequestOf,
  type RerunSubject,
  wishProblem,
} from './rerun-wish.ts';
import { joinArguments, splitArguments } from './argument-text.ts';
import { cancelWord, possibleActions } from './job-actions.ts';
import { restorePoints, savepointPoints } from './restore-points.ts';

test('a cancel is confirmed by a word that somebody can type', () => {
  const id = 'a233078f9ae1c4f2ee8fb004e1de9534';
  expect(cancelWord('flights', id)).toBe('flights');
  expect(cancelWord(' two   words ', id)).toBe('two words');
  expect(cancelWord('x'.repeat(41), id)).toBe('a233078f');
  expect(cancelWord(' ', id)).toBe('a233078f');
});

describe('arguments on one line', () => {
  test('any list survives being written and read again', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (args) => {
        expect(splitArguments(joinArguments(args))).toEqual(args);
      }),
    );
  });

  test('quotes hold spaces together; an open one is noticed', () => {
    expect(splitArguments(`--region eu  --name "two words" ''`)).toEqual([
      '--region',
      'eu',
      '--name',
      'two words',
      '',
    ]);
    expect(splitArguments('--name "two')).toBeNull();
    expect(splitArguments('C:\\data')).toEqual(['C:\\data']);
  });
});

function item(id: number, values: Partial<Checkpoint> = {}): Checkpoint {
  return {
    id,
    status: 'COMPLETED',
    is_savepoint: false,
    latest_ack_timestamp: id * 1000,
    state_size: 100,
    external_path: `/data/chk-${id}`,
    discarded: false,
    ...values,
  } as Checkpoint;
}

function readings(history: readonly Checkpoint[], restored: object | null = null): Checkpointing {
  return { history, latest: { restored } } as unknown as Checkpointing;
}

describe('restore points', () => {
  const history = [
    item(6, { status: 'IN_PROGRESS' }),
    item(5),
    item(4, { is_savepoint: true, external_path: '/data/savepoint-4' }),
    item(3, { discarded: true }),
    item(2, { status: 'FAILED' }),
  ];

  it('are what is complete and still there, newest first', () => {
    const points = restorePoints(readings(history), { ended: true, keptOnCancel: false });
    expect(points.map(({ id, note }) => [id, note])).toEqual([
      [5, 'checkpoint, newest'],
      [4, 'savepoint'],
    ]);
  });

  it('are no checkpoints that go with the running job', () => {
    const goes = restorePoints(readings(history), { ended: false, keptOnCancel: false });
    expect(goes.map(({ id }) => id)).toEqual([4]);
    const stays = restorePoints(readings(history), { ended: false, keptOnCancel: true });
    expect(stays.map(({ id }) => id)).toEqual([5, 4]);
  });

  it('end with the savepoint that the job began with', () => {
    const restored = {
      id: 1,
      restore_timestamp: 9,
      is_savepoint: true,
      external_path: '/data/old',
    };
    const points = restorePoints(readings([], restored), { ended: false, keptOnCancel: false });
    expect(points).toMatchObject([{ id: 1, path: '/data/old', note: 'savepoint, began with it' }]);
  });
});

describe('a rerun', () => {
  const running: RerunSubject = {
    ended: false,
    suspended: false,
    parallelism: 2,
    maxParallelism: 128,
    args: '--a 1',
  };
  const wish = { source: { kind: 'now' }, parallelism: '4', args: '--a 1' } as const;

  it('asks for what differs only, and for the stop', () => {
    expect(rerunRequestOf(wish, running)).toEqual({
      restorePath: null,
      stopFirst: 'savepoint',
      parallelism: 4,
    });
    const other = { source: { kind: 'none' }, parallelism: '2', args: '--b "x y"' } as const;
    expect(rerunRequestOf(other, running)).toEqual({
      restorePath: null,
      stopFirst: 'cancel',
      args: ['--b', 'x y'],
    });
    expect(rerunRequestOf(wish, { ...running, ended: true }).stopFirst).toBeNull();
  });

  it('is refused with a reason before it is sent', () => {
    expect(wishProblem(wish, running)).toBeNull();
    expect(wishProblem({ ...wish, parallelism: '129' }, running)).toContain('at most 128');
    expect(wishProblem({ ...wish, parallelism: 'many' }, running)).toContain('whole number');
    expect(wishProblem({ ...wish, args: '"' }, running)).toContain('quote');
    const path = { kind: 'path', path: ' ' } as const;
    expect(wishProblem({ ...wish, source: path }, running)).toContain('path');
  });

  it('warns of what is lost', () => {
    const rows = consequences({ ...wish, source: { kind: 'none' } }, running, 0, null);
    expect(rows.filter(({ warn }) => warn).map(({ term }) => term)).toEqual([
      'Stops',
      'Read again',
    ]);
    const safe = consequences(wish, running, 0, 61);
    expect(safe.some(({ warn }) => warn)).toBe(false);
    expect(safe.map(({ text }) => text).join()).toContain('×2 → ×4');
  });

  it('says how long nothing is read, and from what it knows that', () => {
    const plain = ({ ms, text }: ReturnType<typeof downTime>) => [ms, text.replace(/\s/g, ' ')];
    expect(plain(downTime({ kind: 'now' }, 1400, 4300))).toEqual([
      5700,
      'Nothing is read for about 5.7 s: its last checkpoint took 1.4 s, its last restart 4.3 s.',
    ]);
    expect(plain(downTime({ kind: 'none' }, 1400, 4300))).toEqual([
      4300,
      'Nothing is read for about 4.3 s: its last restart took 4.3 s.',
    ]);
    expect(plain(downTime({ kind: 'none' }, null, null))).toEqual([
      2000,
      'Nothing is read for about 2 s: it was never restarted, so 2 s to start are assumed.',
    ]);
  });

  it('starts a suspended job anew and leaves it, with its checkpoints', () => {
    const still = { ...running, ended: true, suspended: true };
    expect(rerunRequestOf(wish, still).stopFirst).toBeNull();
    const rows = consequences(wish, still, 0, null).map(({ text }) => text);
    expect(rows).toContain('it stands still already');
    expect(rows.join()).toContain('cancel this one once');
    const { rerun, cancel, snapshot, why } = possibleActions('SUSPENDED');
    expect({ rerun, cancel, snapshot }).toEqual({ rerun: true, cancel: true, snapshot: false });
    expect(why).toContain('SUSPENDED');
  });

  it('needs a job that runs or is over', () => {
    expect(possibleActions('RUNNING').rerun).toBe(true);
    expect(possibleActions('FINISHED')).toMatchObject({ rerun: true, cancel: false });
    expect(possibleActions('RESTARTING').why).toContain('RESTARTING');
  });
});

test('savepoints of the server that fit are points to start from, each once', () => {
  const entry = (path: string, more: Partial<SavepointEntry> = {}) =>
    ({
      path,
      checkpointId: 4,
      type: 'savepoint',
      jobId: 'a',
      jobName: 'flights',
      completedAt: 9,
      bytes: 7,
      operators: 2,
      misfit: null,
      ...more,
    }) as SavepointEntry;
  const known = [{ id: 1, path: '/known', savepoint: true, note: '', atMs: 1, bytes: 1 }];
  const points = savepointPoints(
    [
      entry('/own'),
      entry('/other', { jobId: 'b', jobName: 'rides' }),
      entry('/known'),
      entry('/misfit', { misfit: 'no' }),
      entry('/drained', { type: 'drain' }),
      entry('/empty', { operators: 0 }),
    ],
    known,
    'a',
  );
  expect(points.map(({ path, note }) => [path, note])).toEqual([
    ['/own', 'savepoint'],
    ['/other', 'savepoint of rides'],
  ]);
});
