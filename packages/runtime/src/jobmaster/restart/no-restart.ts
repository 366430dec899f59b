import type { RestartStrategy } from './restart-strategy.ts';

/** The first failure is the last. */
export function noRestart(): RestartStrategy {
  const reason = 'the restart strategy is none; set restart-strategy.type or enable checkpoints';
  return {
    description: 'Restart deactivated.',
    onFailure: () => ({ restart: false, reason }),
    memory: () => [],
    recall() {},
  };
}
