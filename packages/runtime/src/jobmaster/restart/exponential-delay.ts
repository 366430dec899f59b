/**
 * Waits that grow from failure to failure, up to a bound, and start over after a long time without
 * one. Semantics: Flink's ExponentialDelayRestartBackoffTimeStrategy, in which the reset is
 * measured from when the last restart was due.
 */
import type { RandomPort } from '@weir/core';
import type { RestartStrategy } from './restart-strategy.ts';

export interface ExponentialDelay {
  readonly initialMs: number;
  readonly maxMs: number;
  readonly multiplier: number;
  readonly resetAfterMs: number;
  /** Share of the wait by which it is stretched or shortened at random, 0…1. */
  readonly jitter: number;
  /** Restarts without a reset in between. */
  readonly attempts: number;
}

export function exponentialDelay(settings: ExponentialDelay, random: RandomPort): RestartStrategy {
  const { initialMs, maxMs, multiplier, resetAfterMs, jitter, attempts } = settings;
  let failures = 0;
  let restartDueMs = Number.NEGATIVE_INFINITY;
  return {
    description:
      `Restart with exponential delay: starting at ${initialMs} ms, increasing by ${multiplier}, ` +
      `with maximum ${maxMs} ms, jitter ${jitter}, reset after ${resetAfterMs} ms.`,
    onFailure(nowMs) {
      if (nowMs - restartDueMs >= resetAfterMs) failures = 0;
      const grown = Math.min(initialMs * multiplier ** failures, maxMs);
      const jittered = grown + grown * jitter * (2 * random.next() - 1);
      const delayMs = Math.round(Math.max(initialMs, Math.min(jittered, maxMs)));
      failures++;
      restartDueMs = nowMs + delayMs;
      if (failures <= attempts) return { restart: true, delayMs };
      return {
        restart: false,
        reason: `all ${attempts} restarts of exponential-delay are used up`,
      };
    },
    memory: () => (failures === 0 ? [] : [failures, restartDueMs]),
    recall([count = 0, dueMs = Number.NEGATIVE_INFINITY]) {
      failures = count;
      restartDueMs = dueMs;
    },
  };
}
