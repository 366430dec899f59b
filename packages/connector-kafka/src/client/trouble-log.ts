/**
 * Says in the task's log that Kafka can't be reached, why, and when it can again: once when it has
 * lasted for a moment (leaders move without anybody's having to know), and from time to time. Says
 * as rarely that a quota slows the task down.
 */
import type { ClockPort } from '@weir/core';
import type { KafkaFailure } from './kafka-failure.ts';

const QUIET_MS = 1000;
const REPEAT_MS = 30_000;
/** A quota that is just reached makes for short waits all the time, which nobody notices. */
const THROTTLE_MS_LEAST = 100;

export class TroubleLog {
  readonly #who: string;
  readonly #servers: string;
  readonly #clock: ClockPort;
  #sinceMs: number | null = null;
  #saidMs = 0;
  #saidThrottledMs = Number.NEGATIVE_INFINITY;

  /** `who` as people know it: `KafkaSource "clicks"`. */
  constructor(who: string, servers: string, clock: ClockPort) {
    this.#who = who;
    this.#servers = servers;
    this.#clock = clock;
  }

  readonly report = (failure: KafkaFailure | null): void => {
    const nowMs = this.#clock.monotonicMs();
    if (failure === null) {
      if (this.#sinceMs !== null && this.#saidMs > 0) {
        const seconds = ((nowMs - this.#sinceMs) / 1000).toFixed(1);
        console.warn(`${this.#who}: Kafka answers again after ${seconds} s`);
      }
      this.#sinceMs = null;
      this.#saidMs = 0;
      return;
    }
    this.#sinceMs ??= nowMs;
    if (nowMs - this.#sinceMs < QUIET_MS) return;
    if (this.#saidMs > 0 && nowMs - this.#saidMs < REPEAT_MS) return;
    this.#saidMs = nowMs;
    console.warn(`${this.#who}: waits for Kafka at ${this.#servers}: ${failure.message}`);
  };

  /** An answer said to send nothing for that long, because a quota was reached. */
  throttled(throttleMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    if (throttleMs < THROTTLE_MS_LEAST || nowMs - this.#saidThrottledMs < REPEAT_MS) return;
    this.#saidThrottledMs = nowMs;
    const seconds = (throttleMs / 1000).toFixed(1);
    console.warn(
      `${this.#who}: a quota of Kafka slows it down: a broker said to send nothing for ${seconds} s; ` +
        'kafka-configs shows and raises the quotas of this user and client id',
    );
  }
}
