import { Configuration } from '@weir/core';
import { describe, expect, it } from 'vitest';
import { chooseStrategy } from './choose-strategy.ts';
import { exponentialDelay } from './exponential-delay.ts';
import { failureRate } from './failure-rate.ts';
import { fixedDelay } from './fixed-delay.ts';
import { noRestart } from './no-restart.ts';
import type { RestartStrategy } from './restart-strategy.ts';

const middle = { next: () => 0.5, hex: () => '' };

function delays(strategy: RestartStrategy, times: number[]): (number | null)[] {
  return times.map((atMs) => {
    const decision = strategy.onFailure(atMs);
    return decision.restart ? decision.delayMs : null;
  });
}

describe('none', () => {
  it('never restarts', () => {
    expect(delays(noRestart(), [0, 10])).toEqual([null, null]);
  });
});

describe('fixed-delay', () => {
  it('restarts so often, however far apart', () => {
    const strategy = fixedDelay({ attempts: 2, delayMs: 70 });
    expect(delays(strategy, [0, 1e9, 2e9])).toEqual([70, 70, null]);
  });

  it('with 0 attempts fails at once', () => {
    expect(delays(fixedDelay({ attempts: 0, delayMs: 1 }), [0])).toEqual([null]);
  });
});

describe('failure-rate', () => {
  const settings = { failuresMax: 2, intervalMs: 100, delayMs: 7 };

  it('gives up at one failure too many within the interval', () => {
    expect(delays(failureRate(settings), [0, 50, 100])).toEqual([7, 7, null]);
  });

  it('goes on as long as they are spread wide enough', () => {
    expect(delays(failureRate(settings), [0, 60, 101, 161, 202, 220])).toEqual([
      7,
      7,
      7,
      7,
      7,
      null,
    ]);
  });
});

describe('exponential-delay', () => {
  const settings = {
    initialMs: 1000,
    maxMs: 3000,
    multiplier: 1.5,
    resetAfterMs: 10_000,
    jitter: 0.1,
    attempts: Number.MAX_SAFE_INTEGER,
  };

  it('grows from failure to failure up to its bound', () => {
    const strategy = exponentialDelay(settings, middle);
    expect(delays(strategy, [0, 2000, 4000, 7000, 11_000])).toEqual([1000, 1500, 2250, 3000, 3000]);
  });

  it('starts over after a long time without failure, counted from the restart', () => {
    const strategy = exponentialDelay(settings, middle);
    expect(delays(strategy, [0, 2000, 13_499, 27_000])).toEqual([1000, 1500, 2250, 1000]);
  });

  it('keeps the jitter within its share, the initial wait and the bound', () => {
    for (const draw of [0, 0.25, 0.999]) {
      const strategy = exponentialDelay(settings, { next: () => draw, hex: () => '' });
      const [first, second, , fourth] = delays(strategy, [0, 1, 2, 3]);
      expect(first).toBeGreaterThanOrEqual(1000);
      expect(first).toBeLessThanOrEqual(1100);
      expect(second).toBeGreaterThanOrEqual(1350);
      expect(second).toBeLessThanOrEqual(1650);
      expect(fourth).toBeLessThanOrEqual(3000);
    }
  });

  it('counts attempts until the next reset', () => {
    const strategy = exponentialDelay({ ...settings, attempts: 2 }, middle);
    expect(delays(strategy, [0, 2000, 20_000, 22_000, 24_000])).toEqual([
      1000,
      1500,
      1000,
      1500,
      null,
    ]);
  });
});

describe('what a strategy remembers', () => {
  const exponential = {
    initialMs: 1000,
    maxMs: 3000,
    multiplier: 1.5,
    resetAfterMs: 10_000,
    jitter: 0,
    attempts: 4,
  };
  const kinds: readonly (readonly [string, () => RestartStrategy])[] = [
    ['none', noRestart],
    ['fixed-delay', () => fixedDelay({ attempts: 3, delayMs: 70 })],
    ['failure-rate', () => failureRate({ failuresMax: 2, intervalMs: 100, delayMs: 7 })],
    ['exponential-delay', () => exponentialDelay(exponential, middle)],
  ];

  it.each(kinds)('lets another go on in its place: %s', (_, make) => {
    const times = [0, 50, 90, 5000, 5010, 40_000];
    const whole = delays(make(), times);
    for (let cut = 0; cut <= times.length; cut++) {
      const before = make();
      const first = delays(before, times.slice(0, cut));
      const after = make();
      after.recall(JSON.parse(JSON.stringify(before.memory())) as number[]);
      expect([...first, ...delays(after, times.slice(cut))]).toEqual(whole);
    }
  });
});

describe('chooseStrategy', () => {
  const choose = (values: Record<string, string>) =>
    delays(chooseStrategy(new Configuration(values), middle), [0, 1, 2]);

  it('is none without checkpoints and exponential-delay with them', () => {
    expect(choose({})).toEqual([null, null, null]);
    expect(choose({ 'execution.checkpointing.interval': '1 s' })).toEqual([1000, 1500, 2250]);
  });

  it('takes the named one with its options, Flink defaults for the rest', () => {
    expect(choose({ 'restart-strategy.type': 'fixed-delay' })).toEqual([1000, null, null]);
    expect(choose({ 'restart-strategy': 'failure-rate' })).toEqual([1000, null, null]);
    expect(
      choose({
        'restart-strategy.type': 'fixed-delay',
        'restart-strategy.fixed-delay.attempts': '5',
        'restart-strategy.fixed-delay.delay': '3 s',
      }),
    ).toEqual([3000, 3000, 3000]);
    const off = { 'restart-strategy.type': 'none', 'execution.checkpointing.interval': '1 s' };
    expect(choose(off)).toEqual([null, null, null]);
  });

  it('refuses a name that it does not know', () => {
    expect(() => choose({ 'restart-strategy.type': 'often' })).toThrow(/expected one of/);
  });
});
