import type { JobEvent, JobTimeline } from '@weir/console-protocol';
import { describe, expect, test } from 'vitest';
import { parseStack, placeText } from '../task-managers/stack-frames.ts';
import { timeAxis, timelineRange } from './timeline-axis.ts';
import { placedLabels } from './timeline-marks.ts';
import { firstRow, rowCounts, timelineRows } from './timeline-rows.ts';
import { stepsOf } from './timeline-steps.ts';

const STACK = `USER_FUNCTION_FAILED: map "moody" failed at jobs/moody.ts:31: not to my liking
Caused by: RangeError: number 4999 is not to my liking
    at check (/home/mira/jobs/moody.ts:31:13)
    at MapOperator.map (abc/abc#0:4:20)
    at drive (file:///opt/weir/dist/engine/chunk-U6NP5XLW.js:11039:19)`;

const event = (t: number, rest: Partial<JobEvent>): JobEvent => ({
  t,
  kind: 'state',
  text: '',
  subject: null,
  ...rest,
});
const failure = (t: number, rest: Partial<JobEvent> = {}) =>
  event(t, { kind: 'exception', text: 'x', stack: STACK, vertexId: 'm', subtask: 2, ...rest });
const state = (t: number, text: string) =>
  event(t, { kind: text === 'RESTARTING' ? 'restart' : 'state', text, subject: text });
const checkpoint = (t: number, id: number, durationMs: number, rest: Partial<JobEvent> = {}) =>
  event(t, {
    kind: 'checkpoint',
    subject: `${id}`,
    text: `Checkpoint ${id} failed: it expired`,
    outcome: 'completed',
    durationMs,
    ...rest,
  });
const restart = (t: number, id: number) => [
  failure(t),
  state(t + 1, 'RESTARTING'),
  state(t + 300, 'RUNNING'),
  event(t + 310, { kind: 'restart', text: `Restored from checkpoint ${id}`, subject: `${id}` }),
];
const grouped = { grouped: true };
const what = (events: readonly JobEvent[], options = grouped) =>
  timelineRows(events, options).map((row) => `${row.what} ${row.why}`.trim());

describe('a stack', () => {
  test('names the first cause, and tells the user’s frames from the engine’s', () => {
    const { name, message, frames } = parseStack(STACK);
    expect({ name, message }).toEqual({
      name: 'RangeError',
      message: 'number 4999 is not to my liking',
    });
    expect(frames.map(({ own }) => own)).toEqual([true, false, false]);
    expect(placeText(frames[0]!)).toBe('moody.ts:31');
  });

  test('without frames or causes it still has a name', () => {
    expect(parseStack('TASK_MANAGER_LOST: killed')).toMatchObject({
      name: 'TASK_MANAGER_LOST',
      message: 'killed',
      frames: [],
    });
  });
});

describe('rows of the timeline', () => {
  test('equal exceptions are one row, whatever number is in their message', () => {
    const other = STACK.replace('4999', '7');
    const events = [
      failure(0),
      failure(60_000, { stack: other }),
      failure(99_000, { vertexId: 'n' }),
    ];
    expect(timelineRows(events, grouped).map(({ times, t }) => [times, t])).toEqual([
      [1, 99_000],
      [2, 60_000],
    ]);
    expect(timelineRows(events, { grouped: false })).toHaveLength(3);
  });

  test('what follows a first cause within a second folds into it, later it stands alone', () => {
    const follows = { follows: true, stack: 'Error: gone', vertexId: 'n' };
    const rows = timelineRows([failure(0), failure(900, follows), failure(5000, follows)], grouped);
    expect(rows.map(({ why, followers }) => [why, followers.length])).toEqual([
      ['', 0],
      ['first cause, 1 followed', 1],
    ]);
  });

  test('a restart says after what, from where, and how long it took', () => {
    expect(what(restart(10_000, 7))).toEqual([
      'RUNNING from #7',
      'RESTARTING after RangeError',
      'RangeError: number 4999 is not to my liking',
    ]);
    const rows = timelineRows(restart(10_000, 7), grouped);
    expect(rows.find((row) => row.what === 'RESTARTING')?.tookMs).toBe(299);
  });

  test('a loop takes its restarts with it; how it is now stays', () => {
    const loop = [0, 1, 2, 3].flatMap((round) => restart(round * 10_000, round));
    expect(what(loop)).toEqual([
      'RUNNING from #3',
      'RangeError: number 4999 is not to my liking restart loop, 4 times',
    ]);
    expect(what([...loop, state(50_000, 'FAILED')])[0]).toBe('FAILED');
    expect(what(loop, { grouped: false })).toHaveLength(12);
  });

  test('checkpoints are rows only when they failed or were slow', () => {
    const usual = [1, 2, 3, 4].map((id) => checkpoint(id * 1000, id, 300));
    const events = [
      ...usual,
      checkpoint(9000, 5, 900),
      checkpoint(12_000, 6, 9000, { outcome: 'failed', vertexId: 'm', subtask: 1 }),
    ];
    expect(what(events)).toEqual(['#6 failed it expired', '#5 slow usually 300\u202fms']);
    expect(rowCounts(timelineRows(events, grouped))).toMatchObject({ checkpoint: 2, state: 0 });
  });

  test('a checkpoint that a job took with it is not red', () => {
    const events = [checkpoint(999, 6, 10, { outcome: 'failed' }), failure(1000)];
    expect(timelineRows(events, grouped).map(({ tone }) => tone)).toEqual(['fail', 'plain']);
    const canceled = [checkpoint(999, 6, 10, { outcome: 'failed' }), state(1100, 'CANCELED')];
    expect(timelineRows(canceled, grouped).at(-1)!.tone).toBe('plain');
  });

  test('an action is one row with its outcome, and says who', () => {
    const asked = { kind: 'action', subject: 'savepoint', actor: 'cli', trace: 'a' } as const;
    const begun = event(1000, { ...asked, text: 'savepoint: asked for', outcome: 'running' });
    const refused = { ...asked, text: 'savepoint: it restarts', outcome: 'failed' } as const;
    expect(what([begun])).toEqual(['Savepoint triggered by the weir command, under way']);
    expect(what([begun, event(1500, { ...refused, durationMs: 500 })])).toEqual([
      'Savepoint triggered: refused by the weir command: it restarts',
    ]);
  });

  test('a verdict is a row at its begin with how long it lasted, and one at its end', () => {
    const verdict = { vertexId: 'm', name: 'moody', severity: 'critical', since: 1000 } as const;
    const rows = timelineRows(
      [
        event(5000, { kind: 'verdict', verdict: { ...verdict, phase: 'begin', cause: 'cpu' } }),
        event(9000, { kind: 'verdict', verdict: { ...verdict, phase: 'end', cause: 'cpu' } }),
      ],
      grouped,
    );
    expect(rows.map((row) => [row.what, row.why, row.tookMs])).toEqual([
      ['Recovered', 'moody keeps up again', 8000],
      ['Bottleneck', 'its own code takes the time', 8000],
    ]);
  });

  test('a verdict lasts as long as its evidence, not until somebody is sure', () => {
    const verdict = { vertexId: 'm', name: 'moody', severity: 'critical', since: 1000 } as const;
    const end = { ...verdict, phase: 'end', cause: 'cpu', until: 7000 } as const;
    const rows = timelineRows(
      [
        event(5000, { kind: 'verdict', verdict: { ...verdict, phase: 'begin', cause: 'cpu' } }),
        event(17_000, { kind: 'verdict', verdict: end }),
      ],
      grouped,
    );
    expect(rows.map((row) => [row.what, row.t, row.tookMs])).toEqual([
      ['Recovered', 7000, 6000],
      ['Bottleneck', 1000, 6000],
    ]);
  });

  test('a verdict about waiting outside names what is called there', () => {
    const verdict = { vertexId: 'm', name: 'moody', severity: 'critical', since: 1000 } as const;
    const begin = { ...verdict, phase: 'begin', cause: 'external' } as const;
    const [row] = timelineRows([event(5000, { kind: 'verdict', verdict: begin })], {
      ...grouped,
      siteOf: (vertexId) => (vertexId === 'm' ? 'moods (HTTP)' : null),
    });
    expect(row!.why).toBe('waits for moods (HTTP)');
  });

  test('a verdict that a failure ends is no recovery, and one that lasts is the cause', () => {
    const verdict = { vertexId: 'm', name: 'moody', severity: 'critical', cause: null } as const;
    const of = (t: number, phase: 'begin' | 'end', since: number) =>
      event(t, { kind: 'verdict', verdict: { ...verdict, phase, since } });
    const events = [of(5000, 'begin', 1000), failure(8999), of(9000, 'end', 1000)];
    const rows = timelineRows([...events, of(20_000, 'begin', 19_000)], grouped);
    const verdicts = rows.filter(({ kind }) => kind === 'verdict');
    expect(verdicts.map(({ what: word, tone }) => [word, tone])).toEqual([
      ['Bottleneck', 'cause'],
      ['Bottleneck', 'plain'],
    ]);
  });

  test('a verdict whose end nobody told is over when the job starts again', () => {
    const verdict = { vertexId: 'm', name: 'moody', severity: 'critical', since: 1000 } as const;
    const begin = { ...verdict, phase: 'begin', cause: 'cpu' } as const;
    const begun = event(5000, { kind: 'verdict', verdict: begin });
    const rows = timelineRows([begun, state(61_000, 'RUNNING')], grouped);
    expect(rows.at(-1)).toMatchObject({ what: 'Bottleneck', tone: 'plain', tookMs: 60_000 });
  });

  test('nor is one that the end of the job ends; how it ended is said', () => {
    const verdict = { vertexId: 'm', name: 'moody', severity: 'critical', cause: null } as const;
    const end = event(9000, {
      kind: 'verdict',
      verdict: { ...verdict, phase: 'end', since: 1000 },
    });
    const savepoint = checkpoint(8900, 3, 40, { kind: 'savepoint', ending: 'stopped' });
    const rows = timelineRows([savepoint, end, state(9100, 'FINISHED')], grouped);
    expect(rows.some(({ kind }) => kind === 'verdict')).toBe(false);
    expect(rows.find(({ kind }) => kind === 'state')?.why).toBe('stopped with savepoint #3');
    const [read] = timelineRows([state(9100, 'FINISHED')], grouped);
    expect(read!.why).toBe('all its input was read');
  });

  test('the first that is shown is the newest failure, or what was before the moment', () => {
    const rows = timelineRows([...restart(0, 1), state(90_000, 'FINISHED')], grouped);
    expect(firstRow(rows, null)?.kind).toBe('exception');
    expect(firstRow(rows, 100_000)?.what).toBe('FINISHED');
    expect(firstRow([], null)).toBeNull();
  });
});

test('the steps of a failure lead from it to its end, the cause first', () => {
  const events = [
    state(9900, 'CREATED'),
    state(9950, 'RUNNING'),
    checkpoint(9990, 4, 10, { outcome: 'failed' }),
    failure(10_000, { operator: 'parse' }),
    failure(10_100, { follows: true }),
    ...restart(10_000, 3).slice(1),
  ];
  const lanes: Omit<JobTimeline, 'events'> = {
    from: 0,
    to: 60_000,
    step: 1000,
    width: 1000,
    times: [7000, 8000, 9000, 10_000, 11_000, 12_000],
    recordsIn: [100, 100, 100, 0, 20, 95],
    recordsInLow: [],
    states: [],
    verdicts: [],
  };
  const row = firstRow(timelineRows(events, grouped), null)!;
  const { steps, cost } = stepsOf(row, { ...lanes, events }, () => 'moody');
  expect(steps.map(({ text }) => text)).toEqual([
    'RangeError in parse',
    'another task failed with it',
    '#4 failed',
    'RESTARTING',
    'RUNNING',
    'Reads as fast as before',
  ]);
  expect(cost).toContain('300');
});

describe('the axis', () => {
  const NOW = 10_000_000;

  test('ends now, at the job’s end, or is the range; an instant outside is in its middle', () => {
    const live = timelineRange({ kind: 'live' }, 600_000, 0, NOW);
    expect(live.to - live.from).toBe(600_000);
    expect(live.to).toBeGreaterThanOrEqual(NOW);
    const near = timelineRange({ kind: 'instant', at: NOW - 1000 }, 600_000, 0, NOW);
    expect(near, 'does not move when somebody goes to a moment of it').toEqual(live);
    const far = timelineRange({ kind: 'instant', at: 1_000_000 }, 600_000, 0, NOW);
    expect((far.from + far.to) / 2).toBe(1_000_000);
    expect(timelineRange({ kind: 'range', from: 5, to: 9 }, 600_000, 0, NOW)).toEqual({
      from: 5,
      to: 9,
    });
  });

  test('a place on it and its time belong together', () => {
    const axis = timeAxis({ from: 1_000_000, to: 2_000_000 }, 100, 1100);
    expect(axis.x(1_500_000)).toBe(600);
    expect(axis.t(600)).toBe(1_500_000);
    expect(axis.x(0)).toBe(100);
    expect(axis.ticks.every((t) => t % axis.step === 0)).toBe(true);
  });

  test('texts stand beside their marks, left of them at the end, and never over another', () => {
    const axis = timeAxis({ from: 0, to: 1000 }, 0, 1000);
    const mark = (x: number, label: string) =>
      ({ key: `${x}`, x, label, shape: 'diamond', height: 1, row: null }) as const;
    const labels = placedLabels(
      [mark(40, ''), mark(100, 'first one'), mark(110, 'second'), mark(950, 'end')],
      axis,
    );
    expect(labels.map(({ key, anchor }) => [key, anchor])).toEqual([
      ['110', 'start'],
      ['950', 'end'],
    ]);
    const besideBand = placedLabels([mark(300, 'burst')], axis, [320]);
    expect(besideBand.map(({ key, anchor }) => [key, anchor])).toEqual([['300', 'end']]);
  });
});
