import { Configuration } from '@weir/core';
import { describe, expect, it } from 'vitest';
import { absoluteFolder, checkpointSettings, discardsCheckpoints } from './checkpoint-settings.ts';

const roots = { checkpointRoot: '/w/checkpoints', savepointRoot: '/w/savepoints' };

describe('checkpointSettings', () => {
  it("has Flink's defaults", () => {
    expect(checkpointSettings(new Configuration(), roots)).toEqual({
      intervalMs: 0,
      timeoutMs: 600_000,
      minPauseMs: 0,
      concurrentMax: 1,
      tolerableFailures: 0,
      retained: 1,
      retention: 'NO_EXTERNALIZED_CHECKPOINTS',
      ...roots,
    });
  });

  it('stretches an interval that is shorter than the pause, and takes folders by URL', () => {
    const options = new Configuration({
      'execution.checkpointing.interval': '1 s',
      'execution.checkpointing.min-pause': '5 s',
      'state.checkpoints.dir': 'file:///data/chk/',
    });
    const settings = checkpointSettings(options, roots);
    expect([settings.intervalMs, settings.checkpointRoot]).toEqual([5000, '/data/chk']);
  });

  it('refuses a folder that depends on where the server was started', () => {
    expect(() => absoluteFolder('data/chk')).toThrow(/no absolute folder; write it from the root/);
    expect(absoluteFolder('C:\\data')).toBe('C:\\data');
  });
});

describe('discardsCheckpoints', () => {
  it.each([
    ['NO_EXTERNALIZED_CHECKPOINTS', 'FINISHED CANCELED FAILED'],
    ['DELETE_ON_CANCELLATION', 'FINISHED CANCELED'],
    ['RETAIN_ON_CANCELLATION', 'FINISHED'],
  ] as const)('%s deletes when the job is %s', (retention, ends) => {
    const all = ['FINISHED', 'CANCELED', 'FAILED', 'SUSPENDED'] as const;
    expect(all.filter((end) => discardsCheckpoints(retention, end)).join(' ')).toBe(ends);
  });
});
