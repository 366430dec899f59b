import type { JobEvent, JobTick, JobTopology } from '@weir/console-protocol';
import { describe, expect, test } from 'vitest';
import { ShownTick } from '../../live/shown-tick.ts';
import { jobTick, LOOKUP, SINK, SOURCE, topology } from '../test-story.ts';
import { jobVerdict as verdictOf, trendText } from './verdict-sentence.ts';
import { adviceOf, evidenceGroups } from './verdict-evidence.ts';
import { type Bottleneck, VerdictTracker } from './verdict-tracker.ts';

const text = (parts: readonly { text: string }[]) =>
  parts
    .map((part) => part.text)
    .join('')
    .replace(/[\u202f\u00a0]/g, ' ');

const LIMITED = { vertexId: LOOKUP, since: 500 };

function run(from: number, to: number, limited: boolean, tracker: VerdictTracker): void {
  for (let t = from; t <= to; t += 1000) {
    tracker.apply(jobTick(t, limited, { bottleneck: limited ? LIMITED : null }));
  }
}

describe('verdicts over time', () => {
  test("are the server's findings, with the spans of the past", () => {
    const tracker = new VerdictTracker();
    run(1000, 3000, true, tracker);
    expect(tracker.current).toMatchObject(LIMITED);
    const next = { vertexId: SINK, since: 3500 };
    tracker.apply(jobTick(4000, true, { bottleneck: next }));
    expect(tracker.current).toMatchObject(next);
    run(6000, 6000, false, tracker);
    expect(tracker.current).toBeNull();
    expect(tracker.spans).toEqual([
      { vertexId: LOOKUP, from: 500, to: 3500 },
      { vertexId: SINK, from: 3500, to: 6000 },
    ]);
  });

  test('end when their evidence did, and go on when it comes again', () => {
    const tracker = new VerdictTracker();
    run(1000, 3000, true, tracker);
    const ended = { bottleneck: { ...LIMITED, until: 3000 } };
    tracker.apply(jobTick(7000, false, ended));
    expect(tracker.spans).toEqual([{ vertexId: LOOKUP, from: 500, to: 3000 }]);
    run(8000, 9000, true, tracker);
    expect(tracker.spans).toEqual([{ vertexId: LOOKUP, from: 500, to: null }]);
    tracker.apply(jobTick(13_000, false, { bottleneck: { ...LIMITED, until: 9000 } }));
    tracker.apply(jobTick(19_000, false, { bottleneck: null }));
    expect(tracker.spans).toEqual([{ vertexId: LOOKUP, from: 500, to: 9000 }]);
  });
});

/** What the server finds about `LOOKUP` since second 8. */
function found(values: Partial<Bottleneck>): Bottleneck {
  return { vertexId: LOOKUP, since: 8000, until: null, trend: null, ...values };
}

function failed(t: number, values: Partial<JobEvent> = {}): JobEvent {
  const stack = 'OPERATOR_FAILED: lookup failed\n  at a\nCaused by: Error: no such airport\n  at b';
  return {
    t,
    kind: 'exception',
    text: 'lookup failed',
    subject: 'OPERATOR_FAILED',
    stack,
    ...values,
  };
}

function checkpoint(id: number, t: number, outcome: 'completed' | 'failed'): JobEvent {
  const text = outcome === 'failed' ? `Checkpoint ${id} failed: the disk is full.` : 'completed';
  return { t, kind: 'checkpoint', text, subject: `${id}`, outcome };
}

function jobVerdict(
  topology: JobTopology,
  latest: JobTick,
  bottleneck: Bottleneck | null,
  events: readonly JobEvent[],
) {
  const vertex = (id: string) => latest.vertices.find((one) => one.id === id) ?? null;
  const { starting } = new ShownTick(latest, null);
  return verdictOf(topology, { latest, vertex, starting }, bottleneck, events);
}

const said = (bottleneck: Bottleneck, tick = jobTick(20_000, true)) =>
  text(jobVerdict(topology, tick, bottleneck, []).sentence);

describe('the sentence', () => {
  test('does not call a job healthy whose sources wait for their system', () => {
    const tick = jobTick(20_000, false);
    const vertices = tick.vertices.map((vertex) =>
      vertex.id === SOURCE ? { ...vertex, tasks: { INITIALIZING: 2 } } : vertex,
    );
    expect(jobVerdict(topology, { ...tick, vertices }, null, [])).toMatchObject({ tone: 'change' });
    expect(text(jobVerdict(topology, { ...tick, vertices }, null, []).sentence)).toMatch(
      /^Starting: \S+ is not running yet\. If that lasts, Logs say what is waited for\.$/,
    );
  });

  test('names operator, cause and duration', () => {
    const tick = jobTick(200_000, true);
    const service = { kind: 'callSite' as const, name: 'airports', vertexId: null, edge: null };
    const waits = found({
      cause: 'external',
      subject: service,
      figures: { busy: 1, external: 0.91 },
    });
    expect(jobVerdict(topology, tick, waits, []).tone).toBe('bottleneck');
    expect(said(waits, tick)).toBe(
      'lookup is the bottleneck: all 4 subtasks are 100 % busy, 91 % of it waiting on airports;' +
        ' everything upstream waits on it, for 3 m 12 s.',
    );
  });

  test.each([
    ['cpu', { figures: { busy: 1, running: 0.97 } }, '97 % of it in its own code;'],
    [
      'queued',
      {
        figures: { busy: 0.9, queued: 0.81, neighbourRunning: 0.75 },
        subject: { kind: 'operator' as const, name: 'out', vertexId: SINK, edge: null },
      },
      '90 % of it waiting for its slot thread, which out uses for 75 % of the time;',
    ],
    [
      'skew',
      { subtask: 3, figures: { skewFactor: 8.5, busyOthers: 0.2 } },
      'subtask 3 takes 8.5× the records of the others, which are 20 % busy;',
    ],
    [
      'skew',
      {
        subtask: 3,
        figures: { skewFactor: 8.5, keyShare: 0.62, keyGroup: 57 },
        subject: { kind: 'key' as const, name: 'user-17', vertexId: null, edge: null },
      },
      '8.5× the records of the others; 62 % of its records have the key user-17;',
    ],
    [
      'skew',
      { subtask: 1, figures: { skewFactor: 1000, busyOthers: 0 } },
      'subtask 1 takes nearly all of the records (the others are 0 % busy);',
    ],
    [
      'state',
      {
        figures: { busy: 1, stateShare: 0.7, stateBytes: 3 * 2 ** 20 },
        subject: { kind: 'code' as const, name: 'count (job.ts:9)', vertexId: null, edge: null },
      },
      '70 % of it reading and writing state (3.0 MiB), called in count (job.ts:9);',
    ],
    [
      'gc',
      { figures: { gcMs: 480, heapUsedBytes: 150 * 2 ** 20, heapLimitBytes: 160 * 2 ** 20 } },
      'garbage collection takes 480 ms of each second; 150 MiB of a heap of 160 MiB are in use;',
    ],
    [
      'alignment',
      {
        figures: { alignment: 0.4 },
        subject: { kind: 'edge' as const, name: 'late', vertexId: SOURCE, edge: 0 },
      },
      'its inputs stand still for 40 % of the time, until the barrier of late has come;',
    ],
    ['blocked', { figures: { eventLoopDelayMs: 340 } }, 'hold its thread, up to 340 ms at once;'],
    ['stuck', {}, 'is stuck: input waits, but no record goes in or out;'],
    [
      'machine',
      { figures: { threadCpu: 0.4, machineCores: 2 } },
      'other threads have the 2 cores of the machine; its thread gets 40 % of one;',
    ],
  ] as const)('says why: %s', (cause, values, words) => {
    expect(said(found({ cause, ...values }))).toContain(words);
  });

  test('names function and line where a profile found them', () => {
    const code = { kind: 'code' as const, name: 'format (job.ts:41)', vertexId: null, edge: null };
    const computes = found({ cause: 'cpu', subject: code, figures: { busy: 1, running: 1 } });
    expect(said(computes)).toContain('in its own code, most in format (job.ts:41); everything');
    expect(said({ ...computes, cause: 'machine' })).toContain(
      'it computes, most in format (job.ts:41), but other threads have',
    );
  });

  test('says how far a source is from what it should read', () => {
    const figures = { recordsPerSecond: 120, supplyPerSecond: 300 };
    const source = found({ vertexId: SOURCE, cause: 'source', figures });
    expect(said(source)).toBe(
      'replay is the bottleneck: it reads 120 rec/s, while 300 rec/s arrive, for 12 s.',
    );
  });

  test('says where it is going', () => {
    const going = (...args: Parameters<typeof trendText>) => text([{ text: trendText(...args) }]);
    expect(going('worse', { backlogSlope: 1600 })).toBe('falling behind by 1.6 k rec/s');
    expect(going('recovering', { backlogSlope: -90, drainMs: 25_400 })).toBe(
      'recovering, drained in 25 s',
    );
    expect(going('worse')).toBe('getting worse');
    expect(going('steady', { backlogSlope: 3 })).toBe('steady');
  });

  test('speaks of evidence before and after it is a verdict', () => {
    const forming = jobTick(9000, true, { forming: { vertexId: LOOKUP, since: 6000 } });
    expect(text(jobVerdict(topology, forming, null, []).sentence)).toBe(
      'lookup has been at its limit for 3 s; it may be a burst.',
    );
    const ended = { vertexId: LOOKUP, since: 1000, until: 4000, trend: null };
    expect(text(jobVerdict(topology, jobTick(9000, false), ended, []).sentence)).toBe(
      'lookup was the bottleneck until 5 s ago; nothing waits for it now.',
    );
  });

  test.each([
    ['FAILED', 'Failed: lookup: no such airport.', 'fail'],
    [
      'RESTARTING',
      'A task failed: lookup: no such airport; the job starts again from its last checkpoint.',
      'change',
    ],
    [
      'SUSPENDED',
      'Suspended: lookup: no such airport. Its checkpoints are kept; Exceptions say from which to' +
        ' start it anew.',
      'fail',
    ],
  ] as const)('says why a job is %s', (state, sentence, tone) => {
    const failure = failed(5000, { vertexId: LOOKUP });
    const later = failed(5200, {
      text: 'channel closed',
      stack: 'X: channel closed',
      follows: true,
    });
    const verdict = jobVerdict(topology, { ...jobTick(6000, false), state }, null, [
      failure,
      later,
    ]);
    expect(text(verdict.sentence)).toBe(sentence);
    expect(verdict.tone).toBe(tone);
    const unknown = jobVerdict(topology, { ...jobTick(6000, false), state }, null, []);
    if (state !== 'RESTARTING') expect(text(unknown.sentence)).toContain('Exceptions say');
    expect(text(unknown.sentence)).not.toContain(': ');
  });

  test('leaves the words of the operating system to who explained them', () => {
    const stack = [
      'CHECKPOINT_FAILED: too many failed',
      "Caused by: STORAGE_FAILED: can't write chk-4: the disk is full; free some space",
      'Caused by: Error: ENOSPC: no space left on device, write',
    ];
    const tick = { ...jobTick(6000, false), state: 'FAILED' as const };
    const event = failed(5000, { stack: stack.join('\n') });
    expect(text(jobVerdict(topology, tick, null, [event]).sentence)).toBe(
      "Failed: can't write chk-4: the disk is full; free some space.",
    );
  });

  test('says how often a job failed lately', () => {
    const events = [failed(1000), failed(650_000), failed(660_000)];
    const tick = { ...jobTick(661_000, false), state: 'RESTARTING' as const };
    expect(text(jobVerdict(topology, tick, null, events).sentence)).toContain(
      'no such airport, 2 times in ten minutes;',
    );
  });

  test('sees a restart loop, also while the job runs for a moment', () => {
    const events = [failed(1000), failed(2000), failed(3000, { operator: 'parse' })];
    const said = (tick: JobTick, known: readonly JobEvent[] = events) =>
      jobVerdict(topology, tick, null, known);
    const loop = 'Restart loop: parse: no such airport, 3 times in ten minutes. Each time the job';
    const running = said(jobTick(4000, false));
    expect(text(running.sentence)).toBe(
      `${loop} starts again at the same place: no checkpoint was completed in between.`,
    );
    expect(running.tone).toBe('fail');
    const restarting = said({ ...jobTick(3100, false), state: 'RESTARTING' });
    expect(restarting.sentence).toEqual(running.sentence);
    const good = checkpoint(1, 2500, 'completed');
    expect(text(said(jobTick(4000, false), [...events, good]).sentence)).toBe(
      `${loop} starts again from its last checkpoint.`,
    );
    expect(said(jobTick(70_000, false)).tone).toBe('healthy');
    expect(said(jobTick(4000, false), events.slice(1)).tone).toBe('healthy');
    expect(said({ ...jobTick(4000, false), state: 'CANCELLING' }).tone).toBe('change');
  });

  test('tells a job that was stopped from one that has read everything', () => {
    const tick = { ...jobTick(6000, false), state: 'FINISHED' as const };
    const said = (...events: JobEvent[]) => text(jobVerdict(topology, tick, null, events).sentence);
    const savepoint = { ...checkpoint(3, 5000, 'completed'), kind: 'savepoint' as const };
    const read = 'Finished: every source was read to its end.';
    expect(said()).toBe(read);
    expect(said(savepoint)).toBe(read);
    expect(said({ ...savepoint, ending: 'stopped', outcome: 'failed' })).toBe(read);
    expect(said({ ...savepoint, ending: 'stopped' })).toBe(
      'Stopped with savepoint #3. Restart from it to go on where it was.',
    );
    expect(said({ ...savepoint, ending: 'drained' })).toMatch(/^Drained: .* at savepoint #3\.$/);
  });

  test('names the operator of a chain that failed, not the chain', () => {
    const tick = { ...jobTick(6000, false), state: 'FAILED' as const };
    const event = failed(5000, { vertexId: LOOKUP, operator: 'parse' });
    expect(text(jobVerdict(topology, tick, null, [event]).sentence)).toBe(
      'Failed: parse: no such airport.',
    );
  });

  test('warns of checkpoints that keep failing, whatever else it says', () => {
    const good = checkpoint(1, 10_000, 'completed');
    const bad = [2, 3, 4].map((id) => checkpoint(id, 10_000 + id * 1000, 'failed'));
    const healthy = jobVerdict(topology, jobTick(20_000, false), null, [good, ...bad]);
    expect(healthy).toMatchObject({ tone: 'fail' });
    expect(text([{ text: healthy.warning ?? '' }])).toBe(
      'No checkpoint completes since #1, 10 s ago: 3 failed in a row. The last: the disk is full',
    );
    expect(text(healthy.sentence)).toContain('no operator limits the job');
    const limited = jobVerdict(topology, jobTick(20_000, true), found({}), bad);
    expect(limited.warning).toMatch(/^No checkpoint completes: 3 failed/);
    expect(limited.tone).toBe('bottleneck');
    for (const events of [bad.slice(1), [...bad, checkpoint(5, 16_000, 'completed')]]) {
      expect(jobVerdict(topology, jobTick(20_000, false), null, events).warning).toBeNull();
    }
  });

  test('speaks of a limit whose load has gone as of the past, until the server ends it', () => {
    const idle = jobTick(20_000, false);
    const verdict = jobVerdict(topology, idle, found({ cause: 'cpu', trend: 'worse' }), []);
    expect(text(verdict.sentence)).toBe(
      'lookup was the bottleneck for 12 s; its busiest subtask is 10 % busy now.',
    );
    expect(verdict).toMatchObject({ tone: 'change', vertexId: null });
    const source = found({ vertexId: SOURCE, cause: 'source' });
    expect(jobVerdict(topology, idle, source, []).tone).toBe('bottleneck');
  });

  test('says no reason where there is none', () => {
    expect(said(found({ cause: null }))).not.toContain('of it');
  });

  test('stays silent when healthy', () => {
    const verdict = jobVerdict(topology, jobTick(1000, false), null, []);
    expect(verdict.tone).toBe('healthy');
    expect(text(verdict.sentence)).toContain('no operator limits the job');
  });
});

describe('the evidence', () => {
  test('lists what is known and nothing else', () => {
    const figures = { busy: 0.98, inputFill: 1, asyncInFlight: 8, asyncCapacity: 8, callMs: 61 };
    const groups = evidenceGroups(found({ cause: 'external', figures }));
    expect(groups.map(({ title, rows }) => [title, rows.map(({ label }) => label)])).toEqual([
      ['Its busiest subtask, 0', ['Busy']],
      ['Who waits for it', ['Fullest input channel']],
      ['Calls', ['In flight', 'Mean time of a call']],
    ]);
    const measured = { ...figures, callP50Ms: 12.3, callP99Ms: 412 };
    const calls = evidenceGroups(found({ cause: 'external', figures: measured })).at(-1)!;
    expect(calls.rows.map(({ label, value }) => text([{ text: `${label}: ${value}` }]))).toEqual([
      'In flight: 8 of 8',
      'Half of the calls take at most: 12 ms',
      '99 % of the calls: 412 ms',
    ]);
  });

  test('gives advice with its assumption, and none where nobody can tell', () => {
    const figures = { asyncInFlight: 8, asyncCapacity: 8 };
    expect(adviceOf(found({ cause: 'external', figures }))).toContain('if what it calls answers');
    expect(adviceOf(found({ cause: 'source' }))).toBeNull();
  });
});
