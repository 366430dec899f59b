import { describe, expect, test } from 'vitest';
import { jobTick, LOOKUP, topology } from '../model/test-story.ts';
import { FrameScheduler } from './frame-scheduler.ts';
import { JOB_COLUMNS, JobStore } from './job-store.ts';

function storeWithFrames() {
  const frames: (() => void)[] = [];
  const scheduler = new FrameScheduler({
    request: (callback) => frames.push(callback),
    report: (error) => {
      throw error;
    },
  });
  const store = new JobStore(topology.jobId, scheduler);
  return { store, frame: () => frames.splice(0).forEach((run) => void run()), frames };
}

const event = { t: 5, kind: 'checkpoint', text: 'completed', subject: '1' } as const;

describe('the job store', () => {
  test('publishes once a frame, however many messages came', () => {
    const { store, frame, frames } = storeWithFrames();
    let published = 0;
    store.subscribe(() => published++);
    store.applySnapshot({ topology, history: [jobTick(1000, false)], events: [] });
    store.applyDelta({ topology: null, tick: jobTick(2000, false), events: [] });
    expect(frames).toHaveLength(1);
    expect(store.version).toBe(0);
    frame();
    expect(published).toBe(1);
    expect(store.version).toBe(1);
    expect(store.latest?.t).toBe(2000);
  });

  test('a delta that is not newer changes nothing', () => {
    const { store } = storeWithFrames();
    store.applySnapshot({ topology, history: [jobTick(3000, false)], events: [] });
    store.applyDelta({ topology: null, tick: jobTick(2000, false), events: [] });
    expect(store.latest?.t).toBe(3000);
    expect(store.job.length).toBe(1);
  });

  test('a snapshot that reaches back replaces the past', () => {
    const { store } = storeWithFrames();
    const history = [jobTick(1000, true), jobTick(9000, true)];
    store.applySnapshot({ topology, history, events: [] });
    store.applySnapshot({ topology, history: [jobTick(9000, false)], events: [event] });
    expect(store.job.length).toBe(1);
    expect(store.job.value(0, JOB_COLUMNS.recordsIn)).toBe(100);
    expect(store.events).toEqual([event]);
    expect(store.verdicts.current).toBeNull();
  });

  test('a server that has lost its past does not take it from the page', () => {
    const { store } = storeWithFrames();
    const before = { topology, history: [jobTick(1000, false), jobTick(2000, false)] };
    store.applySnapshot({ ...before, events: [event] });
    store.applySnapshot({ topology, history: [], events: [] });
    expect(store.latest?.t).toBe(2000);
    const later = { ...event, t: 50_000 };
    store.applySnapshot({ topology, history: [jobTick(50_000, false)], events: [event, later] });
    expect(store.job.firstTime()).toBe(1000);
    expect(store.job.lastTime()).toBe(50_000);
    expect(store.events).toEqual([event, later]);
    const other = { ...topology, vertices: topology.vertices.slice(1) };
    store.applySnapshot({ topology: other, history: [jobTick(60_000, false)], events: [] });
    expect(store.job.firstTime()).toBe(60_000);
  });

  test('only new events are told', () => {
    const { store } = storeWithFrames();
    const told: string[] = [];
    store.onEvents((events) => told.push(...events.map(({ kind }) => kind)));
    store.applySnapshot({ topology, history: [], events: [event] });
    store.applyDelta({ topology: null, tick: null, events: [event] });
    expect(told).toEqual(['checkpoint']);
  });

  test('a vertex lags by what its watermark is short of the newest event time', () => {
    const { store } = storeWithFrames();
    const tick = jobTick(10_000, false, { watermark: 4000, watermarkLag: 3000 });
    const vertices = tick.vertices.map((vertex) => ({ ...vertex, watermark: 5500 }));
    store.applySnapshot({ topology, history: [{ ...tick, vertices }], events: [] });
    expect(store.watermarkLag(LOOKUP)).toBe(1500);
  });

  test('remembers since when it is in which state', () => {
    const { store } = storeWithFrames();
    const history = [
      jobTick(1000, false),
      jobTick(2000, false, { state: 'RESTARTING' }),
      jobTick(3000, false, { state: 'RESTARTING' }),
      jobTick(4000, false),
    ];
    store.applySnapshot({ topology, history, events: [] });
    expect(store.states).toEqual([
      { state: 'RUNNING', from: 1000 },
      { state: 'RESTARTING', from: 2000 },
      { state: 'RUNNING', from: 4000 },
    ]);
  });
});
