import { describe, expect, it } from 'vitest';
import { verdictsOver } from './job-verdicts.ts';
import { type Second, Story, topologyOf } from './test-story.ts';

const LINE = topologyOf(
  [{ id: 'in' }, { id: 'map', operators: ['parse', 'enrich'], callSite: 'places' }, { id: 'out' }],
  [
    ['in', 'map'],
    ['map', 'out'],
  ],
);

const HEALTHY: Second = {
  tasks: {
    in: [{ running: 0.2, rate: 100, pending: 3 }],
    map: [
      {
        running: 0.3,
        rate: 100,
        operators: [
          [0.1, 0],
          [0.2, 0],
        ],
      },
    ],
    out: [{ running: 0.1, rate: 100 }],
  },
};

/** `map` limits; what it does with its time is told by the case. */
function limited(
  map: NonNullable<Second['tasks'][string]>[number],
  rest: Partial<Second> = {},
): Second {
  return {
    tasks: {
      in: [{ running: 0.1, backpressured: 0.9, rate: 100 }],
      map: [{ rate: 100, ...map }],
      out: [{ running: 0.05, rate: 100 }],
    },
    fills: [0.95, 0],
    ...rest,
  };
}

const COMPUTES = limited({
  running: 0.98,
  operators: [
    [0.1, 0],
    [0.88, 0],
  ],
});

describe('when a verdict is spoken', () => {
  it('after 5 s of evidence, since its first second, and it ends after 10 s without', () => {
    const story = new Story(LINE).play(10, HEALTHY);
    story.play(5, COMPUTES);
    expect(story.bottleneck).toBeNull();
    expect(story.ticks.at(-1)?.forming).toMatchObject({ vertexId: 'map' });
    story.play(1, COMPUTES);
    const since = story.bottleneck?.since ?? 0;
    expect(story.bottleneck).toMatchObject({ vertexId: 'map', until: null, cause: 'cpu' });
    // The eleventh frame was the last healthy one.
    expect(since).toBe(12_000);
    story.play(6, HEALTHY);
    expect(story.bottleneck).toMatchObject({ since, trend: 'recovering' });
    expect(story.bottleneck?.until).not.toBeNull();
    story.play(7, HEALTHY);
    expect(story.bottleneck).toBeNull();
    expect(story.told).toEqual(['begin enrich', 'end enrich']);
  });

  it('is not interrupted by a second without evidence', () => {
    const story = new Story(LINE).play(10, HEALTHY);
    story.play(20, (at) => (at % 7 === 6 ? HEALTHY : COMPUTES));
    expect(story.bottleneck).toMatchObject({ vertexId: 'map', since: 12_000 });
  });

  it('never about short bursts, whose marks come once a minute', () => {
    const story = new Story(LINE).play(5, HEALTHY);
    story.play(300, (at) => (at % 12 < 5 ? COMPUTES : HEALTHY));
    expect(story.ticks.every(({ bottleneck }) => bottleneck == null)).toBe(true);
    expect(new Set(story.told)).toEqual(new Set(['burst enrich']));
    expect(story.told.length).toBeLessThanOrEqual(6);
  });

  it('nor about a longer one that is seen to drain within a minute', () => {
    const story = new Story(LINE).play(20, HEALTHY);
    const draining = (at: number): Second => {
      const source = { running: 0.1, backpressured: 0.9, rate: 100, pending: 4000 - at * 100 };
      return { ...COMPUTES, tasks: { ...COMPUTES.tasks, in: [source] } };
    };
    story.play(35, draining).play(20, HEALTHY);
    expect(story.ticks.every(({ bottleneck }) => bottleneck == null)).toBe(true);
    expect(story.told).toEqual(['burst enrich']);
  });

  it('ends with the job', () => {
    const story = new Story(LINE).play(20, COMPUTES).end();
    expect(story.bottleneck).toBeNull();
    expect(story.told).toEqual(['begin enrich', 'end enrich']);
  });
});

describe('which operator it names', () => {
  it('the one for which the upstream waits, not the victim, nor a busy one that none waits for', () => {
    const busy = { ...HEALTHY.tasks, map: [{ running: 0.95, rate: 100 }] };
    expect(new Story(LINE).play(20, { tasks: busy }).bottleneck).toBeNull();
    const tasks = {
      in: [{ running: 0.1, backpressured: 0.9 }],
      map: [{ running: 0.5, backpressured: 0.5 }],
      out: [{ running: 0.97, rate: 50, operators: [[0.97, 0]] as const }],
    };
    const story = new Story(LINE).play(20, { tasks, fills: [1, 1] });
    expect(story.bottleneck).toMatchObject({ vertexId: 'out', next: ['map'] });
  });

  it('the one that uses the thread for which what is behind it waits', () => {
    const tasks = {
      in: [{ backpressured: 0.95 }],
      map: [{ running: 0.7, backpressured: 0.25, rate: 100 }],
      out: [{ queued: 0.8, running: 0.05 }],
    };
    const story = new Story(LINE).play(20, { tasks, fills: [1, 1] });
    expect(story.bottleneck).toMatchObject({ vertexId: 'map', cause: 'cpu', next: ['out'] });
  });

  it('the one farthest downstream of several', () => {
    const both = limited({ running: 0.97 }, { fills: [0.8, 0.8] });
    const tasks = { ...both.tasks, out: [{ running: 0.95 }] };
    const story = new Story(LINE).play(20, { ...both, tasks });
    expect(story.bottleneck).toMatchObject({ vertexId: 'out', next: ['map'] });
  });

  it('a source whose backlog does not shrink, busy or waiting', () => {
    const at = (source: object, size: (second: number) => number) => (second: number) => ({
      tasks: { in: [{ ...source, rate: 100, pending: size(second) }] },
    });
    const grows = (second: number) => 500 + second * 10;
    const busy = new Story(LINE).play(20, at({ running: 0.95 }, grows));
    expect(busy.bottleneck).toMatchObject({ vertexId: 'in', cause: 'source' });
    const waits = new Story(LINE).play(20, at({ running: 0.1 }, grows));
    expect(waits.bottleneck).toMatchObject({ vertexId: 'in', cause: 'source' });
    const drains = new Story(LINE).play(
      20,
      at({ running: 0.95 }, (second) => 9000 - second * 400),
    );
    expect(drains.bottleneck).toBeNull();
  });
});

describe('which cause it names', () => {
  const causeOf = (second: Second, topology = LINE) =>
    new Story(topology).play(12, second).bottleneck;

  it('what is waited for outside, with how long calls take', () => {
    const waits = { external: 0.9, running: 0.1, inFlight: 100, calls: [612.34, 1900] } as const;
    const operators = [
      [0.05, 0],
      [0.05, 0.9],
    ] as const;
    expect(causeOf(limited({ ...waits, operators }))).toMatchObject({
      cause: 'external',
      operatorId: 'map.1',
      subject: { kind: 'callSite', name: 'places' },
      figures: {
        ...{ asyncInFlight: 100, asyncCapacity: 100, callMs: 1000 },
        ...{ callP50Ms: 612.3, callP99Ms: 1900 },
      },
    });
  });

  it('the neighbour that uses its thread', () => {
    const second = limited({ queued: 0.8, running: 0.15 });
    const tasks = { ...second.tasks, out: [{ running: 0.8 }] };
    expect(causeOf({ ...second, tasks })).toMatchObject({
      vertexId: 'map',
      cause: 'queued',
      subject: { kind: 'operator', name: 'out', vertexId: 'out' },
      figures: { neighbourRunning: 0.8 },
    });
  });

  it('the collector, the machine, or calls that block, by what the thread did', () => {
    const of = (thread: object, rest: Partial<Second> = {}) =>
      causeOf({ ...COMPUTES, threads: [thread], ...rest })?.cause;
    expect(of({ gcMs: 300 })).toBe('gc');
    expect(of({ gcMs: 300, cpuMs: 200, runDelayMs: 800 })).toBe('machine');
    expect(of({ cpuMs: 300, runDelayMs: 700 })).toBe('machine');
    expect(of({ eventLoopDelayMs: 350 })).toBe('blocked');
    expect(of({ cpuMs: 20, runDelayMs: 5 })).toBe('blocked');
    expect(of({ eventLoopDelayMs: 650, cpuMs: 400, runDelayMs: 600 })).toBe('machine');
    const full = { machineBusyCores: 4 };
    expect(of({ cpuMs: 300, runDelayMs: Number.NaN }, full)).toBe('machine');
    expect(of({ cpuMs: 900, runDelayMs: Number.NaN }, full)).toBe('cpu');
  });

  it('a call that does not come back, though nothing is booked for it', () => {
    const inside = { vertexId: 'map', subtask: 0, operatorId: 'map.1' };
    const silent = (at: number): Second => ({
      tasks: { in: [{ backpressured: 1 }] },
      fills: [1, 0],
      threads: [{ cpuMs: 0, silentMs: 3000 + at * 1000, inside }],
    });
    const story = new Story(LINE).play(5, HEALTHY).play(9, silent);
    expect(story.bottleneck).toMatchObject({ cause: 'blocked', operatorId: 'map.1' });
    story.play(9, (at) => silent(at + 9));
    expect(story.bottleneck).toMatchObject({ cause: 'stuck', severity: 'critical' });
    expect(story.told).toEqual(['begin enrich', 'change enrich']);
  });

  it('the line of code that a profile found, for as long as it is this verdict', () => {
    const story = new Story(LINE).play(12, COMPUTES);
    story.profiled(1).play(1, COMPUTES);
    expect(story.bottleneck?.subject).toBeNull();
    story.profiled(story.bottleneck?.since ?? 0).play(1, COMPUTES);
    expect(story.bottleneck).toMatchObject({
      subject: { kind: 'code', name: 'format (job.ts:41)' },
      figures: { codeShare: 0.8 },
    });
  });

  it('state, where a profile finds most of the computing there', () => {
    const story = new Story(LINE).play(12, COMPUTES);
    const since = story.bottleneck?.since ?? 0;
    story.profiled(since, 0.4).play(1, COMPUTES);
    expect(story.bottleneck?.cause).toBe('cpu');
    story.profiled(since, 0.7).play(12, COMPUTES);
    expect(story.bottleneck).toMatchObject({
      since,
      cause: 'state',
      subject: { kind: 'code', name: 'format (job.ts:41)' },
      figures: { stateShare: 0.7, codeShare: 0.8 },
    });
    expect(story.told).toEqual(['begin enrich', 'change enrich']);
  });

  const wide = topologyOf([{ id: 'in' }, { id: 'map', parallelism: 3 }], [['in', 'map']]);
  const skewed = (cool: number) => ({
    in: [{ backpressured: 0.8, running: 0.2 }],
    map: [
      { running: 0.2, rate: cool },
      { running: 0.97, rate: 900 },
      { running: 0.2, rate: cool },
    ],
  });

  it('the most frequent key of a subtask with too many records, if that is why', () => {
    const second = { tasks: skewed(100), fills: [1] };
    const story = new Story(wide).play(12, second);
    const since = story.bottleneck?.since ?? 0;
    story.profiled(since).keysSampled(since, 0.02).play(1, second);
    expect(story.bottleneck?.subject).toMatchObject({ kind: 'code' });
    story.keysSampled(since, 0.6).play(1, second);
    expect(story.bottleneck).toMatchObject({
      cause: 'skew',
      subject: { kind: 'key', name: 'user-17' },
      figures: { keyShare: 0.6, keyGroup: 57 },
    });
  });

  it('a subtask that takes more than its share', () => {
    const tasks = skewed;
    expect(causeOf({ tasks: tasks(100), fills: [1] }, wide)).toMatchObject({
      cause: 'skew',
      severity: 'warning',
      subtask: 1,
      figures: { skewFactor: 9, busyOthers: 0.2 },
    });
    // Busy for another reason than its records.
    expect(causeOf({ tasks: tasks(900), fills: [1] }, wide)?.cause).toBe('cpu');
  });

  it('a barrier that is late, where nothing above is at its limit', () => {
    const joined = topologyOf(
      [{ id: 'fast' }, { id: 'late' }, { id: 'join' }],
      [
        ['fast', 'join'],
        ['late', 'join'],
      ],
    );
    const tasks = {
      fast: [{ backpressured: 0.5, running: 0.3 }],
      late: [{ external: 0.4 }],
      join: [{ running: 0.3, alignment: 0.4, lateEdge: 1 }],
    };
    expect(causeOf({ tasks, fills: [0.8, 0] }, joined)).toMatchObject({
      vertexId: 'join',
      cause: 'alignment',
      subject: { kind: 'edge', name: 'late', vertexId: 'late', edge: 1 },
    });
  });
});

describe('where it goes', () => {
  const withPending = (size: (second: number) => number) => (second: number) => {
    const source = { running: 0.1, backpressured: 0.9, rate: 100, pending: size(second) };
    return { ...COMPUTES, tasks: { ...COMPUTES.tasks, in: [source] } };
  };

  it('getting worse, and a warning after a minute of it', () => {
    const story = new Story(LINE).play(
      40,
      withPending((second) => 1000 + second * 50),
    );
    expect(story.bottleneck).toMatchObject({ trend: 'worse', severity: 'notice' });
    expect(story.bottleneck?.figures).toMatchObject({ backlogSlope: 50, drainMs: null });
    story.play(
      60,
      withPending((second) => 3000 + second * 50),
    );
    expect(story.bottleneck).toMatchObject({ trend: 'worse', severity: 'warning' });
  });

  it('recovering, with the time until it is drained', () => {
    const story = new Story(LINE).play(
      60,
      withPending((second) => 50_000 - second * 50),
    );
    expect(story.bottleneck?.trend).toBe('recovering');
    const drainMs = story.bottleneck?.figures?.drainMs ?? 0;
    expect(drainMs / 1000).toBeGreaterThan(900);
    expect(drainMs / 1000).toBeLessThan(1000);
  });

  it('steady when it only varies', () => {
    const story = new Story(LINE).play(
      60,
      withPending((second) => 5000 + (second % 5) * 40),
    );
    expect(story.bottleneck?.trend).toBe('steady');
  });
});

describe('over ticks of the past', () => {
  it('finds the same operator, since about the same moment', () => {
    const story = new Story(LINE).play(10, HEALTHY).play(20, COMPUTES).play(20, HEALTHY);
    const found = verdictsOver(LINE, story.ticks);
    story.ticks.forEach(({ bottleneck }, at) => {
      expect(found[at]?.vertexId).toBe(bottleneck?.vertexId);
      expect(found[at]?.since).toBe(bottleneck?.since);
    });
  });
});
