import { describe, expect, test } from 'vitest';
import { limitingVertex } from './limiting-vertex.ts';
import { jobTick, LOOKUP, SINK, SOURCE, topology, vertexTick } from './test-story.ts';
import { jobVerdict } from './verdict-sentence.ts';
import { VerdictTracker } from './verdict-tracker.ts';

const text = (parts: readonly { text: string }[]) =>
  parts
    .map((part) => part.text)
    .join('')
    .replace(/[\u202f\u00a0]/g, ' ');

describe('which operator limits', () => {
  test('the busy one that something waits for', () => {
    expect(limitingVertex(topology, jobTick(1000, true))).toBe(LOOKUP);
  });

  test('nobody, while nothing waits', () => {
    const tick = jobTick(1000, false);
    const busy = { ...tick, vertices: [vertexTick(SOURCE), vertexTick(LOOKUP, { busy: 1 })] };
    expect(limitingVertex(topology, busy)).toBeNull();
  });

  test('a backpressured vertex is a victim however busy it looks', () => {
    const tick = jobTick(1000, true);
    const vertices = [
      vertexTick(SOURCE),
      vertexTick(LOOKUP, { busy: 0.85, backpressured: 0.15 }),
      vertexTick(SINK, { busy: 0.95 }),
    ];
    const edges = tick.edges.map((edge) => ({ ...edge, fill: 0.9 }));
    expect(limitingVertex(topology, { ...tick, vertices, edges })).toBe(SINK);
  });

  test('a source with records pending and nothing in its way', () => {
    const tick = jobTick(1000, false);
    const vertices = [vertexTick(SOURCE, { busy: 0.99, pendingRecords: 10 }), vertexTick(LOOKUP)];
    expect(limitingVertex(topology, { ...tick, vertices })).toBe(SOURCE);
  });
});

function run(from: number, to: number, limited: boolean, tracker: VerdictTracker): void {
  for (let t = from; t <= to; t += 1000) tracker.apply(topology, jobTick(t, limited));
}

describe('hysteresis', () => {
  test('is spoken after five seconds of evidence and begins with the first', () => {
    const tracker = new VerdictTracker();
    run(0, 10_000, false, tracker);
    run(11_000, 15_000, true, tracker);
    expect(tracker.current).toBeNull();
    run(16_000, 16_000, true, tracker);
    expect(tracker.current?.vertexId).toBe(LOOKUP);
    expect(tracker.current?.since).toBe(11_000);
  });

  test('ends after ten seconds without evidence', () => {
    const tracker = new VerdictTracker();
    run(0, 20_000, true, tracker);
    run(21_000, 29_000, false, tracker);
    expect(tracker.current).not.toBeNull();
    run(30_000, 31_000, false, tracker);
    expect(tracker.current).toBeNull();
    expect(tracker.spans).toEqual([{ vertexId: LOOKUP, from: 0, to: 20_000 }]);
  });

  test("the server's own finding is taken as it is", () => {
    const tracker = new VerdictTracker();
    const found = { vertexId: SINK, since: 500 };
    tracker.apply(topology, jobTick(1000, true, { bottleneck: found }));
    expect(tracker.current).toMatchObject(found);
    run(2000, 3000, true, tracker);
    tracker.apply(topology, jobTick(4000, true, { bottleneck: null }));
    expect(tracker.current).toBeNull();
    expect(tracker.spans).toEqual([{ vertexId: SINK, from: 500, to: 4000 }]);
  });

  test('a backlog that grows is getting worse', () => {
    const tracker = new VerdictTracker();
    run(0, 30_000, true, tracker);
    expect(tracker.current?.trend).toBe('getting worse');
  });
});

describe('the sentence', () => {
  test('names operator, cause and duration', () => {
    const since = { vertexId: LOOKUP, since: 8000, trend: null };
    const verdict = jobVerdict(topology, jobTick(200_000, true), since);
    expect(verdict.tone).toBe('bottleneck');
    expect(text(verdict.sentence)).toBe(
      'lookup is the bottleneck: all 4 subtasks are 100 % busy, 91 % of it waiting on airports;' +
        ' everything upstream waits on it, for 3 m 12 s.',
    );
  });

  test('says no reason where the parts of busy are unknown', () => {
    const tick = jobTick(20_000, true);
    const vertices = tick.vertices.map((vertex) => ({
      ...vertex,
      running: null,
      queued: null,
      external: null,
    }));
    const since = { vertexId: LOOKUP, since: 8000, trend: null };
    const { sentence } = jobVerdict(topology, { ...tick, vertices }, since);
    expect(text(sentence)).not.toContain('of it');
  });

  test('names who uses the slot thread that the vertex waits for', () => {
    const tick = jobTick(20_000, true);
    const vertices = [
      vertexTick(SOURCE, { running: 0.2 }),
      vertexTick(LOOKUP, { busy: 0.9, busyMean: 0.9, queued: 0.85, running: 0.05 }),
      vertexTick(SINK, { running: 0.75 }),
    ];
    const since = { vertexId: LOOKUP, since: 8000, trend: null };
    const { sentence } = jobVerdict(topology, { ...tick, vertices }, since);
    expect(text(sentence)).toContain('waiting for its slot thread, which out uses by 75 %');
  });

  test('stays silent when healthy', () => {
    const verdict = jobVerdict(topology, jobTick(1000, false), null);
    expect(verdict.tone).toBe('healthy');
    expect(text(verdict.sentence)).toContain('no operator limits the job');
  });
});
