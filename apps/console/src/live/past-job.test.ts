import { edgeSum } from '../model/graph/edge-sum.ts';
import type { JobEvent, JobHistory, JobTick } from '@weir/console-protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jobTick, LOOKUP, SINK, SOURCE, topology } from '../model/test-story.ts';
import { jobVerdict } from '../model/verdict/verdict-sentence.ts';
import { FrameScheduler } from './frame-scheduler.ts';
import { JOB_COLUMNS, JobStore } from './job-store.ts';
import { PastJob } from './past-job.ts';
import type { Series } from './series.ts';

const frames = new FrameScheduler({
  request: (callback) => callback(),
  report: (error) => {
    throw error;
  },
});
const newStore = () => new JobStore(topology.jobId, frames);
const START = 1_700_000_000_000;

/** One second of a story: what may happen in it. */
const second = fc.record({
  pause: fc.constantFrom(0, 0, 0, 0, 0, 0, 7000, 40_000),
  limited: fc.boolean(),
  ended: fc.boolean(),
  state: fc.constantFrom('RUNNING', 'RUNNING', 'RUNNING', 'RESTARTING' as const),
  recordsIn: fc.option(fc.integer({ min: 0, max: 1e6 }), { freq: 9 }),
  pending: fc.option(fc.integer({ min: 0, max: 1e6 })),
  event: fc.boolean(),
  failed: fc.boolean(),
});

const stories = fc.array(second, { minLength: 2, maxLength: 90 }).map((seconds) => {
  let t = START;
  let since = START;
  let before = false;
  const ticks: JobTick[] = [];
  const events: JobEvent[] = [];
  for (const { pause, limited, ended, state, recordsIn, pending, event, failed } of seconds) {
    t += 1000 + pause;
    if (limited && !before) since = t - 400;
    before = limited;
    const bottleneck = limited ? { vertexId: LOOKUP, since, until: ended ? t - 400 : null } : null;
    const values = { state, recordsIn, pendingRecords: pending, bottleneck };
    ticks.push(jobTick(t, limited, values as Partial<JobTick>));
    if (failed) events.push({ t: t + 200, kind: 'exception', text: 'no such key', subject: null });
    if (event) events.push({ t: t + 300, kind: 'checkpoint', text: 'completed', subject: '1' });
  }
  return { ticks, events };
});

/** Everything that a page could show of a store. */
function shown(store: JobStore) {
  const { topology: shape, latest, events, states, verdicts, limiting } = store;
  const parts = [SOURCE, LOOKUP, SINK].map((id) => ({
    vertex: store.vertex(id),
    lag: store.watermarkLag(id),
    ring: rows(store.series(id)),
  }));
  const edges = [0, 1].map((index) => edgeSum(store, [index]));
  const { current, spans } = verdicts;
  return {
    shape,
    latest,
    events,
    states,
    current,
    spans,
    limiting,
    parts,
    edges,
    job: rows(store.job),
  };
}

function rows(ring: Series | null) {
  if (ring === null) return null;
  return Array.from({ length: ring.length }, (_, at) => [
    ring.time(at),
    ...Array.from({ length: ring.columns }, (__, column) => ring.value(at, column)),
  ]);
}

/** A store that saw the story live until `t`, message by message. */
function liveUntil(story: { ticks: JobTick[]; events: JobEvent[] }, t: number): JobStore {
  const store = newStore();
  store.applySnapshot({ topology, history: [], events: [] });
  const messages = [
    ...story.ticks.map((tick) => ({ t: tick.t, tick, events: [] as JobEvent[] })),
    ...story.events.map((event) => ({ t: event.t, tick: null, events: [event] })),
  ].sort((a, b) => a.t - b.t);
  for (const { t: at, tick, events } of messages) {
    if (at <= t) store.applyDelta({ topology: null, tick, events });
  }
  return store;
}

function historyOf(story: { ticks: JobTick[]; events: JobEvent[] }): JobHistory {
  const [from, to] = [START, START + 3_600_000];
  return { topology, from, to, step: 1000, ...story };
}

describe('a job at a moment of its past', () => {
  test('shows what was shown live at that moment, from memory and from the history', () => {
    fc.assert(
      fc.property(stories, fc.nat(), (story, pick) => {
        const { t } = story.ticks[pick % story.ticks.length]!;
        const moment = { kind: 'instant', at: t } as const;
        const then = shown(liveUntil(story, t));

        const remembering = new PastJob(liveUntil(story, Number.POSITIVE_INFINITY), newStore);
        expect(remembering.missing(moment)).toBeNull();
        expect(remembering.show(moment)).toBe(true);
        expect(shown(remembering.store)).toEqual(then);

        const restarted = new PastJob(newStore(), newStore);
        const block = restarted.missing(moment);
        expect(block).not.toBeNull();
        expect(restarted.show(moment)).toBe(false);
        restarted.add(block!, historyOf(story));
        expect(restarted.show(moment)).toBe(true);
        expect(shown(restarted.store)).toEqual(then);
      }),
    );
  });

  test('marks as the cause what its sentence names, and else nothing', () => {
    fc.assert(
      fc.property(stories, fc.nat(), (story, pick) => {
        const { t } = story.ticks[pick % story.ticks.length]!;
        const store = liveUntil(story, t);
        const { vertexId } = jobVerdict(topology, store, store.verdicts.current, store.events);
        expect(store.limiting).toBe(vertexId);
      }),
    );
  });

  test('goes back and forth without remembering where it was', () => {
    fc.assert(
      fc.property(stories, fc.array(fc.nat(), { minLength: 2, maxLength: 6 }), (story, picks) => {
        const past = new PastJob(liveUntil(story, Number.POSITIVE_INFINITY), newStore);
        for (const pick of picks) {
          const { t } = story.ticks[pick % story.ticks.length]!;
          past.show({ kind: 'instant', at: t });
          expect(shown(past.store)).toEqual(shown(liveUntil(story, t)));
        }
      }),
      { numRuns: 20 },
    );
  });

  test('goes on being the past while the present goes on', () => {
    const live = newStore();
    const ticks = Array.from({ length: 2500 }, (_, i) => jobTick(START + i * 1000, false));
    live.applySnapshot({ topology, history: ticks.slice(0, 1800), events: [] });
    const past = new PastJob(live, newStore);
    past.show({ kind: 'instant', at: START + 1_799_000 });
    const before = rows(past.store.job);
    for (const tick of ticks.slice(1800)) {
      live.applyDelta({ topology: null, tick, events: [] });
    }
    expect(rows(past.store.job)).toEqual(before);
    expect(past.store.latest?.t).toBe(START + 1_799_000);
  });

  test('between ticks the last one holds; where none reaches, nothing is known', () => {
    const live = newStore();
    const times = [1000, 2000, 60_000, 61_000].map((t) => START + t);
    const history = times.map((t) => jobTick(t, false));
    live.applySnapshot({ topology, history, events: [] });
    const past = new PastJob(live, newStore);
    past.show({ kind: 'instant', at: START + 1999 });
    expect(past.store.latest?.t).toBe(START + 1000);
    expect(past.store.past).toMatchObject({ step: 1000, gap: null });
    const inGap = { kind: 'instant', at: START + 30_000 } as const;
    const block = past.missing(inGap)!;
    past.add(block, { topology, ...block, step: 1000, ticks: history, events: [] });
    past.show(inGap);
    expect(past.store.latest).toBeNull();
    expect(past.store.vertex(LOOKUP)).toBeNull();
    expect(past.store.verdicts.current).toBeNull();
    expect(past.store.past?.gap).toEqual({ from: START + 2000, to: START + 60_000 });
  });

  test('an ended job stays as it ended', () => {
    const live = newStore();
    const history = [jobTick(START, false), jobTick(START + 1000, false, { state: 'FINISHED' })];
    live.applySnapshot({ topology, history, events: [] });
    const past = new PastJob(live, newStore);
    const later = { kind: 'instant', at: START + 86_400_000 } as const;
    expect(past.missing(later)).toBeNull();
    past.show(later);
    expect(past.store.latest?.state).toBe('FINISHED');
  });

  test('a range shows means, and names an operator that was the bottleneck mostly', () => {
    const live = newStore();
    const bottleneck = { vertexId: LOOKUP, since: START, until: null };
    const history = [0, 1, 2, 3].map((i) =>
      jobTick(START + i * 1000, i > 0, {
        recordsIn: i * 100,
        bottleneck: i > 0 ? bottleneck : null,
      }),
    );
    live.applySnapshot({ topology, history, events: [] });
    const past = new PastJob(live, newStore);
    past.show({ kind: 'range', from: START + 1000, to: START + 3000 });
    expect(past.store.latest?.recordsIn).toBe(200);
    expect(past.store.vertex(LOOKUP)?.busy).toBe(1);
    expect(past.store.verdicts.current?.vertexId).toBe(LOOKUP);
    past.show({ kind: 'range', from: START, to: START + 1000 });
    expect(past.store.latest?.recordsIn).toBe(50);
    expect(past.store.vertex(LOOKUP)?.busy).toBeCloseTo(0.55);
    expect(past.store.verdicts.current).toBeNull();
  });

  test('old history in coarser steps has no gaps between its steps', () => {
    const past = new PastJob(newStore(), newStore);
    const moment = { kind: 'instant', at: START + 305_000 } as const;
    const block = past.missing(moment)!;
    const ticks = Array.from({ length: 60 }, (_, i) => jobTick(START + i * 10_000, false));
    past.add(block, { topology, ...block, step: 10_000, ticks, events: [] });
    past.show(moment);
    expect(past.store.latest?.t).toBe(START + 300_000);
    expect(past.store.past).toMatchObject({ step: 10_000, gap: null });
    expect(past.store.job.sample(JOB_COLUMNS.recordsIn, 0, 1000)).toHaveLength(31);
  });
});
