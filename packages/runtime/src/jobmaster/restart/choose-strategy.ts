import {
  CHECKPOINT_INTERVAL,
  type Configuration,
  EXPONENTIAL_ATTEMPTS,
  EXPONENTIAL_INITIAL,
  EXPONENTIAL_JITTER,
  EXPONENTIAL_MAX,
  EXPONENTIAL_MULTIPLIER,
  EXPONENTIAL_RESET,
  FAILURE_RATE_DELAY,
  FAILURE_RATE_INTERVAL,
  FAILURE_RATE_MAX,
  FIXED_DELAY_ATTEMPTS,
  FIXED_DELAY_DELAY,
  type RandomPort,
  RESTART_STRATEGY,
} from '@weir/core';
import { exponentialDelay } from './exponential-delay.ts';
import { failureRate } from './failure-rate.ts';
import { fixedDelay } from './fixed-delay.ts';
import { noRestart } from './no-restart.ts';
import type { RestartStrategy } from './restart-strategy.ts';

/**
 * The strategy that the job's options name; without one, exponential delay when checkpoints are
 * on and none when they are off. @throws WeirError CONFIG_INVALID
 */
export function chooseStrategy(options: Configuration, random: RandomPort): RestartStrategy {
  const checkpointing = options.get(CHECKPOINT_INTERVAL) > 0;
  const named = options.get(RESTART_STRATEGY);
  switch (named === '' ? (checkpointing ? 'exponential-delay' : 'none') : named) {
    case 'none':
      return noRestart();
    case 'fixed-delay':
      return fixedDelay({
        attempts: options.get(FIXED_DELAY_ATTEMPTS),
        delayMs: options.get(FIXED_DELAY_DELAY),
      });
    case 'failure-rate':
      return failureRate({
        failuresMax: options.get(FAILURE_RATE_MAX),
        intervalMs: options.get(FAILURE_RATE_INTERVAL),
        delayMs: options.get(FAILURE_RATE_DELAY),
      });
    case 'exponential-delay':
      return exponentialDelay(
        {
          initialMs: options.get(EXPONENTIAL_INITIAL),
          maxMs: options.get(EXPONENTIAL_MAX),
          multiplier: options.get(EXPONENTIAL_MULTIPLIER),
          resetAfterMs: options.get(EXPONENTIAL_RESET),
          jitter: options.get(EXPONENTIAL_JITTER),
          attempts: options.get(EXPONENTIAL_ATTEMPTS),
        },
        random,
      );
  }
}
