import { describe, expect, it } from 'vitest';
import { SeededRandom } from './seeded-random.ts';
import { VirtualTime } from './virtual-time.ts';

describe('VirtualTime', () => {
  it('fires in order of time, then of scheduling, and never a cancelled timer', () => {
    const time = new VirtualTime(1000);
    const fired: string[] = [];
    const log = (name: string) => () => void fired.push(`${name}@${time.nowMs()}`);
    time.schedule(20, log('b'));
    time.schedule(10, log('a'));
    time.schedule(20, log('c'));
    time.schedule(15, log('never')).cancel();
    time.schedule(0, () => time.schedule(5, log('nested')));
    expect(fired).toEqual([]);
    time.runUntil(1020);
    expect(fired).toEqual(['nested@1005', 'a@1010', 'b@1020', 'c@1020']);
    expect([time.pendingTimers, time.nextTimerAtMs(), time.fireNext()]).toEqual([0, null, false]);
    expect(time.monotonicMs()).toBe(20);
  });

  it('lets promises run between timers when it advances', async () => {
    const time = new VirtualTime(0);
    const seen: number[] = [];
    time.schedule(1, () => {
      void Promise.resolve().then(() => time.schedule(1, () => void seen.push(time.nowMs())));
    });
    await time.advance(10);
    expect(seen).toEqual([2]);
    expect(time.nowMs()).toBe(10);
  });
});

describe('SeededRandom', () => {
  it('replays by seed', () => {
    const draw = (seed: number) => {
      const random = new SeededRandom(seed);
      return [random.next(), random.hex(12), random.pick(['x', 'y', 'z']), random.below(10)];
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    const random = new SeededRandom(1);
    const mean = Array.from({ length: 4000 }, () => random.next()).reduce((a, b) => a + b) / 4000;
    expect(mean).toBeGreaterThan(0.47);
    expect(mean).toBeLessThan(0.53);
  });
});
