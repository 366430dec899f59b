import type { ProbeEvent } from '@weir/monitor';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameGate } from './frame-gate.ts';

const JOBS = ['a'.repeat(32), 'b'.repeat(32)] as const;

function frame(jobId: string, atMs: number): ProbeEvent {
  return { type: 'frame', jobId, frame: { layoutVersion: 1, atMs, values: new Float64Array(1) } };
}

function state(jobId: string, atMs: number): ProbeEvent {
  return { type: 'state', jobId, state: 'RUNNING', atMs, tasks: {} };
}

function timeOf(event: ProbeEvent): number {
  return event.type === 'frame' ? event.frame.atMs : event.type === 'state' ? event.atMs : 0;
}

describe('the gate before the monitor', () => {
  it('keeps the newest of the frames that a busy monitor has not read', () => {
    const sent: ProbeEvent[] = [];
    const gate = new FrameGate((event) => sent.push(event));
    for (let t = 1; t <= 50; t++) gate.apply(frame(JOBS[0], t));
    gate.apply(frame(JOBS[1], 51));
    expect(sent.map(timeOf)).toEqual([1, 51]);
    gate.read(JOBS[0]);
    expect(sent.map(timeOf)).toEqual([1, 51, 50]);
    gate.read(JOBS[0]);
    gate.apply(frame(JOBS[0], 52));
    expect(sent.map(timeOf)).toEqual([1, 51, 50, 52]);
  });

  it('lets a waiting frame go before what changes its meaning', () => {
    const sent: ProbeEvent[] = [];
    const gate = new FrameGate((event) => sent.push(event));
    for (const event of [frame(JOBS[0], 1), frame(JOBS[0], 2), state(JOBS[0], 3)])
      gate.apply(event);
    gate.apply(frame(JOBS[0], 4));
    expect(sent.map(timeOf)).toEqual([1, 2, 3]);
    gate.read(JOBS[0]);
    expect(sent.map(timeOf)).toEqual([1, 2, 3]);
    gate.read(JOBS[0]);
    expect(sent.map(timeOf)).toEqual([1, 2, 3, 4]);
  });

  it('keeps order, loses only frames that a newer one replaced, and never the last', () => {
    const step = fc.record({
      what: fc.constantFrom('frame', 'frame', 'frame', 'state', 'read'),
      job: fc.constantFrom(...JOBS),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const sent: ProbeEvent[] = [];
        const unread = new Map<string, number>();
        const gate = new FrameGate((event) => {
          sent.push(event);
          if (event.type === 'frame') unread.set(event.jobId, (unread.get(event.jobId) ?? 0) + 1);
        });
        const read = (job: string) => {
          if ((unread.get(job) ?? 0) === 0) return false;
          unread.set(job, unread.get(job)! - 1);
          gate.read(job);
          return true;
        };
        const given: ProbeEvent[] = [];
        for (const [t, { what, job }] of steps.entries()) {
          if (what === 'read') read(job);
          else {
            const event = what === 'frame' ? frame(job, t) : state(job, t);
            given.push(event);
            gate.apply(event);
          }
        }
        for (const job of JOBS) {
          while (read(job));
          const ofJob = (events: ProbeEvent[]) => events.filter(({ jobId }) => jobId === job);
          const [before, after] = [ofJob(given), ofJob(sent)];
          expect(after).toEqual(before.filter((event) => after.includes(event)));
          expect(after.at(-1)).toBe(before.at(-1));
          const states = (events: ProbeEvent[]) => events.filter(({ type }) => type === 'state');
          expect(states(after)).toEqual(states(before));
        }
      }),
    );
  });
});
