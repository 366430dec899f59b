import { describe, expect, it } from 'vitest';
import type { JobRecord } from './ports.ts';
import { RecordKeeper } from './record-keeper.ts';

/** Writes that end when the test says so; timers that fire at once. */
function setUp() {
  const writes: { attempt: number; end: (error?: Error) => void }[] = [];
  const failures: unknown[] = [];
  const state = { attempt: 0 };
  const keeper = new RecordKeeper({
    timers: {
      schedule: (_delayMs, callback) => {
        queueMicrotask(callback);
        return { cancel() {} };
      },
    },
    write: ({ attempt }) =>
      new Promise((resolve, reject) => {
        writes.push({ attempt, end: (error) => (error === undefined ? resolve() : reject(error)) });
      }),
    read: () => ({ attempt: state.attempt }) as JobRecord,
    onFailure: (error) => failures.push(error),
  });
  const turns = async () => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };
  return { keeper, writes, failures, state, turns };
}

describe('RecordKeeper', () => {
  it('writes one at a time; what is asked meanwhile becomes one write of the newest', async () => {
    const { keeper, writes, state, turns } = setUp();
    const first = keeper.save();
    await turns();
    state.attempt = 1;
    const second = keeper.save();
    state.attempt = 2;
    expect(keeper.save()).toBe(second);
    await turns();
    expect(writes.map(({ attempt }) => attempt)).toEqual([0]);
    writes[0]!.end();
    await first;
    await turns();
    expect(writes.map(({ attempt }) => attempt)).toEqual([0, 2]);
    writes[1]!.end();
    await second;
  });

  it('a failed write rejects its callers only', async () => {
    const { keeper, writes, turns } = setUp();
    const first = keeper.save();
    await turns();
    const second = keeper.save();
    writes[0]!.end(new RangeError('full'));
    await expect(first).rejects.toThrow('full');
    await turns();
    writes[1]!.end();
    await expect(second).resolves.toBeUndefined();
  });

  it('persist tries until it succeeds and reports each failure', async () => {
    const { keeper, writes, failures, turns } = setUp();
    const persisted = keeper.persist();
    await turns();
    writes[0]!.end(new RangeError('full'));
    await turns();
    writes[1]!.end();
    await persisted;
    expect(failures).toHaveLength(1);
  });

  it('close waits for the write that runs and ends the retries', async () => {
    const { keeper, writes, turns } = setUp();
    const persisted = keeper.persist();
    await turns();
    const closed = keeper.close();
    writes[0]!.end(new RangeError('full'));
    await closed;
    await persisted;
    expect(writes).toHaveLength(1);
  });
});
