import type { RestartStrategy } from './restart-strategy.ts';

export interface FailureRate {
  /** Failures within the interval that still lead to a restart. */
  readonly failuresMax: number;
  readonly intervalMs: number;
  readonly delayMs: number;
}

/** Restarts until more than so many failures fall into one interval. */
export function failureRate({ failuresMax, intervalMs, delayMs }: FailureRate): RestartStrategy {
  let recent: number[] = [];
  return {
    description:
      `Failure rate restart with maximum of ${failuresMax} failures within interval ` +
      `${intervalMs} ms and fixed delay ${delayMs} ms.`,
    onFailure(nowMs) {
      recent = [...recent, nowMs].slice(-(failuresMax + 1));
      const oldest = recent[0]!;
      if (recent.length <= failuresMax || nowMs - oldest > intervalMs) {
        return { restart: true, delayMs };
      }
      const reason = `more than ${failuresMax} failures within ${intervalMs} ms (failure-rate)`;
      return { restart: false, reason };
    },
    memory: () => recent,
    recall(memory) {
      recent = [...memory];
    },
  };
}
