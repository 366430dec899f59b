import { describe, expect, test } from 'vitest';
import { ClockStore } from './clock-store.ts';
import { FrameScheduler } from './frame-scheduler.ts';

function clockAt(start: number) {
  let now = start;
  let frames: (() => void)[] = [];
  let timer: { at: number; callback: () => void } | null = null;
  const scheduler = new FrameScheduler({
    request: (callback) => frames.push(callback),
    report: (error) => {
      throw error;
    },
  });
  const clock = new ClockStore(scheduler, {
    now: () => now,
    after: (ms, callback) => {
      timer = { at: now + ms, callback };
      return () => {
        timer = null;
      };
    },
  });
  const frame = () => {
    const due = frames;
    frames = [];
    for (const run of due) run();
  };
  /** Goes on to a time, and publishes whatever moved on the way. */
  const until = (to: number) => {
    while (timer !== null && timer.at <= to) {
      now = Math.max(now, timer.at);
      timer.callback();
      frame();
    }
    now = to;
  };
  const message = (at: number) => {
    until(at);
    clock.message();
    frame();
  };
  /** No timer runs meanwhile. */
  const sleep = (to: number) => {
    now = to;
  };
  return { clock, until, sleep, message };
}

describe('the clock', () => {
  test('goes on by itself while nothing comes', () => {
    const { clock, until } = clockAt(5000);
    until(8500);
    expect(clock.now).toBe(8000);
    expect(clock.version).toBe(3);
  });

  test('moves with messages, once a second', () => {
    const { clock, message } = clockAt(0);
    for (let second = 1; second <= 5; second++) {
      message(second * 1000 - 20);
      message(second * 1000 + 180);
    }
    expect(clock.version).toBe(5);
    expect(clock.now).toBe(5000);
  });

  test('shows every second, however the messages jitter around its edge', () => {
    const { clock, message } = clockAt(990);
    const shown: number[] = [];
    for (let second = 2; second < 12; second++) {
      message(second * 1000 + (second % 2 === 0 ? 15 : -15));
      shown.push(Math.floor(clock.now / 1000));
    }
    expect(shown).toEqual(Array.from({ length: 10 }, (_, at) => at + 1));
  });

  test('goes on when messages stop, and with them again when they come back', () => {
    const { clock, message, until } = clockAt(0);
    message(1000);
    until(4400);
    expect(clock.now).toBe(4000);
    message(4900);
    expect(clock.now).toBe(5000);
    message(5900);
    expect(clock.now).toBe(6000);
    expect(clock.version).toBe(6);
  });

  test('is in step again after a message that was late', () => {
    const { clock, message } = clockAt(0);
    message(1000);
    message(2400);
    const before = clock.version;
    for (const at of [3400, 4400, 5400]) {
      message(at);
      expect(clock.version).toBe(before + (at - 2400) / 1000);
    }
  });

  test('is set right after a sleep', () => {
    const { clock, message, sleep } = clockAt(0);
    sleep(3_600_450);
    message(3_600_450);
    expect(clock.now).toBe(3_600_450);
  });

  test('is never more than half a second off when it moves', () => {
    const { clock, message } = clockAt(0);
    for (let second = 1; second < 200; second++) {
      const at = Math.round(second * 1007);
      message(at);
      expect(Math.abs(clock.now - at)).toBeLessThan(500);
    }
  });
});
