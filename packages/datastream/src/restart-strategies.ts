/** Flink's restart strategies, as settings of the job's configuration. */
import { type DurationLike, toMs } from '@weir/core';

/** Configuration entries that choose a strategy. */
export type RestartStrategy = Readonly<Record<string, string>>;

const KEY = 'restart-strategy';

/**
 * @example
 * env.setRestartStrategy(RestartStrategies.fixedDelayRestart(3, Duration.ofSeconds(10)));
 */
export const RestartStrategies = {
  noRestart: (): RestartStrategy => ({ [`${KEY}.type`]: 'none' }),

  fixedDelayRestart: (attempts: number, delay: DurationLike): RestartStrategy => ({
    [`${KEY}.type`]: 'fixed-delay',
    [`${KEY}.fixed-delay.attempts`]: String(attempts),
    [`${KEY}.fixed-delay.delay`]: text(delay),
  }),

  failureRateRestart: (
    failures: number,
    interval: DurationLike,
    delay: DurationLike,
  ): RestartStrategy => ({
    [`${KEY}.type`]: 'failure-rate',
    [`${KEY}.failure-rate.max-failures-per-interval`]: String(failures),
    [`${KEY}.failure-rate.failure-rate-interval`]: text(interval),
    [`${KEY}.failure-rate.delay`]: text(delay),
  }),

  exponentialDelayRestart: (
    initialBackoff: DurationLike,
    maxBackoff: DurationLike,
    backoffMultiplier: number,
    resetBackoffThreshold: DurationLike,
    jitterFactor: number,
  ): RestartStrategy => ({
    [`${KEY}.type`]: 'exponential-delay',
    [`${KEY}.exponential-delay.initial-backoff`]: text(initialBackoff),
    [`${KEY}.exponential-delay.max-backoff`]: text(maxBackoff),
    [`${KEY}.exponential-delay.backoff-multiplier`]: String(backoffMultiplier),
    [`${KEY}.exponential-delay.reset-backoff-threshold`]: text(resetBackoffThreshold),
    [`${KEY}.exponential-delay.jitter-factor`]: String(jitterFactor),
  }),
};

function text(duration: DurationLike): string {
  return `${toMs(duration)} ms`;
}
