import { describe, expect, test } from 'vitest';
import { jobTick, LOOKUP, SINK, SOURCE, topology, vertexTick } from './test-story.ts';
import { jobVerdict } from './verdict-sentence.ts';
import { VerdictTracker } from './verdict-tracker.ts';

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

  test('a backlog that grows is getting worse', () => {
    const tracker = new VerdictTracker();
    run(0, 30_000, true, tracker);
    expect(tracker.current?.trend).toBe('getting worse');
  });
});

describe('the sentence', () => {
  test('names operator, cause and duration', () => {
    const since = { vertexId: LOOKUP, since: 8000, until: null, trend: null };
    const verdict = jobVerdict(topology, jobTick(200_000, true), since);
    expect(verdict.tone).toBe('bottleneck');
    expect(text(verdict.sentence)).toBe(
      'lookup is the bottleneck: all 4 subtasks are 100 % busy, 91 % of it waiting on airports;' +
        ' everything upstream waits on it, for 3 m 12 s.',
    );
  });

  test('speaks of evidence before and after it is a verdict', () => {
    const forming = jobTick(9000, true, { forming: { vertexId: LOOKUP, since: 6000 } });
    expect(text(jobVerdict(topology, forming, null).sentence)).toBe(
      'lookup has been at its limit for 3.0 s; it may be a burst.',
    );
    const ended = { vertexId: LOOKUP, since: 1000, until: 4000, trend: null };
    expect(text(jobVerdict(topology, jobTick(9000, false), ended).sentence)).toBe(
      'lookup was the bottleneck until 5.0 s ago; nothing waits for it now.',
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
    const since = { vertexId: LOOKUP, since: 8000, until: null, trend: null };
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
    const since = { vertexId: LOOKUP, since: 8000, until: null, trend: null };
    const { sentence } = jobVerdict(topology, { ...tick, vertices }, since);
    expect(text(sentence)).toContain('waiting for its slot thread, which out uses by 75 %');
  });

  test('stays silent when healthy', () => {
    const verdict = jobVerdict(topology, jobTick(1000, false), null);
    expect(verdict.tone).toBe('healthy');
    expect(text(verdict.sentence)).toContain('no operator limits the job');
  });
});
