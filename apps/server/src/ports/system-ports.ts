/**
 * The real clock, timers, randomness and atomics behind the engine's ports. The simulator holds
 * the others.
 */
import { randomBytes } from 'node:crypto';
import type { AtomicsPort, ClockPort, RandomPort, TimerHandle, TimerPort } from '@weir/core';

/** Longer delays would fire at once. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

export const systemClock: ClockPort = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

export const systemTimers: TimerPort = {
  schedule(delayMs: number, callback: () => void): TimerHandle {
    let handle: NodeJS.Timeout;
    const arm = (remainingMs: number): void => {
      const now = Math.min(remainingMs, TIMEOUT_MS_MAX);
      const next = remainingMs > now ? () => arm(remainingMs - now) : callback;
      handle = setTimeout(next, Math.max(0, now));
    };
    arm(delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
};

export const systemRandom: RandomPort = {
  next: () => Math.random(),
  hex: (digits) =>
    randomBytes(Math.ceil(digits / 2))
      .toString('hex')
      .slice(0, digits),
};

export const systemAtomics: AtomicsPort = {
  load: (cells, index) => Atomics.load(cells, index),
  store: (cells, index, value) => {
    Atomics.store(cells, index, value);
  },
  add: (cells, index, value) => Atomics.add(cells, index, value),
  notify: (cells, index) => {
    Atomics.notify(cells, index);
  },
  waitAsync(cells, index, expected) {
    const wait = Atomics.waitAsync(cells, index, expected);
    return wait.async ? wait.value : null;
  },
};
