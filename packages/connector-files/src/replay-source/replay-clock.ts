/**
 * The time of a replay: recorded time that advances with the wall clock, `speed` times as fast.
 *
 * Invariants: it never goes back; it stands at its origin until it is started; what it reads at a
 * snapshot is where it goes on after a restore, whatever time has passed in between.
 */
import type { ClockPort } from '@weir/core';

export class ReplayClock {
  readonly #clock: ClockPort;
  /** Recorded ms per wall-clock ms; Infinity = everything is due at once. */
  readonly speed: number;
  #originMs = Number.NaN;
  #startedMs = 0;

  constructor(clock: ClockPort, speed: number | 'max') {
    this.#clock = clock;
    this.speed = speed === 'max' ? Number.POSITIVE_INFINITY : speed;
  }

  get isPaced(): boolean {
    return Number.isFinite(this.speed);
  }

  get isStarted(): boolean {
    return !Number.isNaN(this.#originMs);
  }

  /** From now on the replay's time is `originMs` and what passes from here. */
  start(originMs: number): void {
    this.#originMs = originMs;
    this.#startedMs = this.#clock.monotonicMs();
  }

  /** Replay time, epoch ms as recorded; Infinity when the replay isn't paced. */
  nowMs(): number {
    if (!this.isPaced) return Number.POSITIVE_INFINITY;
    return this.#originMs + (this.#clock.monotonicMs() - this.#startedMs) * this.speed;
  }

  /** Wall-clock ms from now until replay time reaches `timeMs`; negative = since then. */
  untilMs(timeMs: number): number {
    return this.isPaced ? (timeMs - this.nowMs()) / this.speed : 0;
  }
}
