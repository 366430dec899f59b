/**
 * A clock that stands still until a test or the simulator moves it, and the timers on it.
 * Timers fire in order of their time, those of the same time in the order of scheduling; what a
 * callback schedules fires in the same run if it is due.
 *
 * Invariants: time never goes back; a callback never runs inside `schedule`; a cancelled timer
 * never fires.
 */
import { type ClockPort, invariant, type TimerHandle, type TimerPort } from '@weir/core';

interface Timer extends TimerHandle {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
  cancelled: boolean;
}

/** Where virtual wall clocks begin, epoch ms. */
export const VIRTUAL_START_MS = 1_700_000_000_000;

export class VirtualTime implements ClockPort, TimerPort {
  #nowMs: number;
  readonly #startMs: number;
  #order = 0;
  #timers: Timer[] = [];

  constructor(startMs = VIRTUAL_START_MS) {
    this.#startMs = startMs;
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs - this.#startMs;
  }

  schedule(delayMs: number, callback: () => void): TimerHandle {
    invariant(delayMs >= 0, 'a timer lies in the past', { delayMs });
    const timer: Timer = {
      atMs: this.#nowMs + delayMs,
      order: this.#order++,
      callback,
      cancelled: false,
      cancel() {
        timer.cancelled = true;
      },
    };
    this.#timers.push(timer);
    return timer;
  }

  /** Timers that wait and were not cancelled. */
  get pendingTimers(): number {
    this.#timers = this.#timers.filter((timer) => !timer.cancelled);
    return this.#timers.length;
  }

  /** When the next timer fires, null if none waits. */
  nextTimerAtMs(): number | null {
    return this.#next()?.atMs ?? null;
  }

  /** Moves to the next timer and fires it; false if none waits. */
  fireNext(): boolean {
    const next = this.#next();
    if (next === null) return false;
    this.#fire(next);
    return true;
  }

  /** Fires everything due until `atMs`, in order, without letting promises run in between. */
  runUntil(atMs: number): void {
    for (let next = this.#next(); next !== null && next.atMs <= atMs; next = this.#next()) {
      this.#fire(next);
    }
    this.#nowMs = Math.max(this.#nowMs, atMs);
  }

  /** Lets promises settle, before and after each timer that is due within `durationMs`. */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.#nowMs + durationMs;
    await settle();
    for (let next = this.#next(); next !== null && next.atMs <= untilMs; next = this.#next()) {
      this.#fire(next);
      await settle();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  #next(): Timer | null {
    let next: Timer | null = null;
    for (const timer of this.#timers) {
      if (timer.cancelled) continue;
      if (next === null || timer.atMs < next.atMs) next = timer;
    }
    return next;
  }

  #fire(timer: Timer): void {
    this.#timers = this.#timers.filter((other) => other !== timer && !other.cancelled);
    this.#nowMs = Math.max(this.#nowMs, timer.atMs);
    timer.callback();
  }
}

/** Resolves when every promise that could go on without timers or I/O has gone on. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
