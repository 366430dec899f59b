import { describe, expect, it } from 'vitest';
import { CheckpointFailures } from './checkpoint-failures.ts';

describe('CheckpointFailures', () => {
  it('tolerates so many in a row; a success starts over', () => {
    const failures = new CheckpointFailures(1);
    expect(failures.onFailure(1, 'checkpoint', 'declined')).toBe(false);
    failures.onSuccess(2);
    expect(failures.onFailure(3, 'checkpoint', 'expired')).toBe(false);
    expect(failures.onFailure(4, 'checkpoint', 'storage')).toBe(true);
    expect(failures.onFailure(5, 'checkpoint', 'storage')).toBe(false);
  });

  it.each(['declinedNotReady', 'subsumed', 'failover'] as const)('does not count %s', (reason) => {
    expect(new CheckpointFailures(0).onFailure(1, 'checkpoint', reason)).toBe(false);
  });

  it.each(['savepoint', 'stop', 'drain', 'final'] as const)('does not count a %s', (type) => {
    expect(new CheckpointFailures(0).onFailure(1, type, 'declined')).toBe(false);
  });

  it('does not count one that is older than the last success', () => {
    const failures = new CheckpointFailures(0);
    failures.onSuccess(5);
    expect(failures.onFailure(4, 'checkpoint', 'expired')).toBe(false);
  });
});
