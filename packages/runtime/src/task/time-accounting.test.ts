import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type StepAnswer, TimeAccounting } from './time-accounting.ts';

describe('time accounting', () => {
  it('books time between steps to the last answer, and time within a step as running', () => {
    const times = new TimeAccounting();
    times.beginStep(5);
    times.endStep(7, 'starved');
    times.beginStep(17);
    times.endStep(18, 'blocked');
    times.settle(20);
    times.beginStep(23);
    times.endStep(24, 'external');
    times.beginStep(54);
    times.endStep(55, 'progressed');
    times.settle(56);
    expect({ ...times }).toEqual({
      queuedMs: 1,
      runningMs: 5,
      idleMs: 10,
      backPressuredMs: 5,
      externalMs: 30,
    });
  });

  it('books the wait of an operator to it as well', () => {
    const times = new TimeAccounting();
    const sink = { externalMs: 0 };
    times.beginStep(0);
    times.endStep(1, 'external', sink);
    times.beginStep(31);
    times.endStep(32, 'external');
    times.settle(40);
    expect([sink.externalMs, times.externalMs]).toEqual([30, 38]);
  });

  it('books a full edge to that edge as well', () => {
    const times = new TimeAccounting();
    times.beginStep(0);
    times.endStep(1, 'blocked', null, 4);
    times.beginStep(11);
    times.endStep(12, 'blocked', null, 7);
    times.settle(15);
    expect([times.blockedMs(4), times.blockedMs(7), times.blockedMs(0)]).toEqual([10, 3, 0]);
    expect(times.backPressuredMs).toBe(13);
  });

  it('books nothing before the first step', () => {
    const times = new TimeAccounting();
    times.settle(400);
    times.beginStep(900);
    times.endStep(903, 'starved');
    times.settle(910);
    expect({ ...times }).toMatchObject({ queuedMs: 0, runningMs: 3, idleMs: 7 });
  });

  it('loses nothing: the parts sum to the wall time since the first step', () => {
    const answers = fc.constantFrom<StepAnswer>('progressed', 'starved', 'blocked', 'external');
    const steps = fc.array(fc.record({ wait: fc.nat(1000), run: fc.nat(50), answer: answers }));
    fc.assert(
      fc.property(steps, (some) => {
        const times = new TimeAccounting();
        let nowMs = 100;
        let begunMs: number | null = null;
        for (const { wait, run, answer } of some) {
          nowMs += wait;
          begunMs ??= nowMs;
          times.beginStep(nowMs);
          nowMs += run;
          times.endStep(nowMs, answer);
        }
        const { runningMs, queuedMs, externalMs, idleMs, backPressuredMs } = times;
        expect(runningMs + queuedMs + externalMs + idleMs + backPressuredMs).toBe(
          nowMs - (begunMs ?? nowMs),
        );
      }),
    );
  });
});
