import type { RestartStrategy } from './restart-strategy.ts';

export interface FixedDelay {
  /** Restarts in the whole life of the job. */
  readonly attempts: number;
  readonly delayMs: number;
}

/** A fixed number of restarts, each after the same wait. */
export function fixedDelay({ attempts, delayMs }: FixedDelay): RestartStrategy {
  let failures = 0;
  return {
    description: `Restart with fixed delay (${delayMs} ms). #${attempts} restart attempts.`,
    onFailure() {
      failures++;
      if (failures <= attempts) return { restart: true, delayMs };
      return { restart: false, reason: `all ${attempts} restarts of fixed-delay are used up` };
    },
    memory: () => [failures],
    recall([count = 0]) {
      failures = count;
    },
  };
}
