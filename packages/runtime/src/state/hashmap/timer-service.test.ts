import { hashKey, types } from '@weir/core';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { InternalTimerService, TimeDomain } from '../keyed-state-backend.ts';
import {
  createHashMapKeyedStateBackend,
  type HashMapKeyedStateBackend,
} from './hashmap-keyed-state-backend.ts';

let backend: HashMapKeyedStateBackend;
let timers: InternalTimerService<unknown>;

beforeEach(() => start(128));

function createBackend(keyGroups: number): HashMapKeyedStateBackend {
  return createHashMapKeyedStateBackend({
    keyGroupRange: { start: 0, end: keyGroups - 1 },
    maxParallelism: keyGroups,
    clock: { nowMs: () => 0, monotonicMs: () => 0 },
  });
}

function start(keyGroups: number): void {
  backend = createBackend(keyGroups);
  timers = backend.getTimerService('timers', types.any());
}

function register(key: unknown, at: number, namespace: unknown = 0): void {
  backend.setCurrentKey(key, hashKey(key));
  timers.registerTimer('EVENT_TIME', namespace, at);
}

function fire(toMs: number, domain: TimeDomain = 'EVENT_TIME', most = Infinity): string[] {
  const fired: string[] = [];
  timers.advance(
    domain,
    toMs,
    (namespace, at) => {
      fired.push(`${JSON.stringify(backend.getCurrentKey())} ${JSON.stringify(namespace)} ${at}`);
    },
    () => fired.length >= most,
  );
  return fired;
}

describe('timers', () => {
  it('fire once per key, namespace and time, in order of time, with their key', () => {
    register('b', 20);
    register('a', 10);
    register('a', 10);
    register('a', 10, { start: 0, end: 11 });
    register('c', 30);
    expect(timers.count).toBe(4);
    expect(timers.nextTimestamp('EVENT_TIME')).toBe(10);
    const fired = fire(20);
    expect(fired.slice(0, 2).sort()).toEqual(['"a" 0 10', '"a" {"start":0,"end":11} 10']);
    expect(fired.slice(2)).toEqual(['"b" 0 20']);
    expect(timers.nextTimestamp('EVENT_TIME')).toBe(30);
    expect(timers.nextTimestamp('PROCESSING_TIME')).toBe(Number.POSITIVE_INFINITY);
  });

  it('leave no key behind', () => {
    register('a', 1);
    fire(1);
    expect(() => backend.getCurrentKey()).toThrow(
      expect.objectContaining({ code: 'KEY_CONTEXT_LOST' }),
    );
  });

  it('stop when told to, and go on where they stopped', () => {
    for (let i = 0; i < 10; i++) register('k', i);
    expect(fire(9, 'EVENT_TIME', 4)).toHaveLength(4);
    expect(timers.nextTimestamp('EVENT_TIME')).toBe(4);
    expect(fire(9)).toHaveLength(6);
    expect(
      timers.advance(
        'EVENT_TIME',
        9,
        () => undefined,
        () => true,
      ),
    ).toBe(true);
  });

  it('may be registered and deleted while others fire', () => {
    register('a', 1);
    register('a', 5);
    const fired: number[] = [];
    timers.advance(
      'EVENT_TIME',
      10,
      (namespace, at) => {
        fired.push(at);
        if (at !== 1) return;
        timers.registerTimer('EVENT_TIME', namespace, 3);
        timers.registerTimer('EVENT_TIME', namespace, 0);
        timers.registerTimer('EVENT_TIME', namespace, 11);
        timers.deleteTimer('EVENT_TIME', namespace, 5);
      },
      () => false,
    );
    expect(fired).toEqual([1, 0, 3]);
    expect(timers.nextTimestamp('EVENT_TIME')).toBe(11);
  });

  it('that throw are gone, and the others stay', () => {
    register('a', 1);
    register('a', 2);
    const failing = (): void => {
      throw new RangeError('user code');
    };
    expect(() => timers.advance('EVENT_TIME', 5, failing, () => false)).toThrow('user code');
    expect(fire(5)).toEqual(['"a" 0 2']);
  });

  it('of one moment in one key group fire once each, also those that come and go meanwhile', () => {
    start(1);
    const keys = ['a', 'b', 7, { id: 1 }, [2], Number.NaN, 'late'];
    for (const key of keys.slice(0, 6)) register(key, 5);
    for (const key of keys.slice(0, 6)) register(key, 5);
    expect(timers.count).toBe(6);
    const before = fire(5, 'EVENT_TIME', 2);
    register('late', 5);
    register('late', 5);
    backend.setCurrentKey([2], hashKey([2]));
    timers.deleteTimer('EVENT_TIME', 0, 5);
    timers.deleteTimer('EVENT_TIME', 0, 5);
    expect(timers.count).toBe(4);
    const fired = [...before, ...fire(5)];
    const left = keys.filter((key) => !Array.isArray(key));
    expect(fired.sort()).toEqual(left.map((key) => `${JSON.stringify(key)} 0 5`).sort());
    expect(timers.nextTimestamp('EVENT_TIME')).toBe(Number.POSITIVE_INFINITY);
  });

  it('of one moment in one key group are all in a snapshot that is drained while they fire', async () => {
    start(1);
    for (let key = 0; key < 50; key++) register(key, 5);
    register({ id: 1 }, 5);
    fire(5, 'EVENT_TIME', 10);
    const snapshot = backend.snapshot();
    const chunks: Uint8Array[] = [];
    for (let chunk = snapshot.next(3); chunk !== null; chunk = snapshot.next(3)) {
      chunks.push(chunk.bytes);
      fire(5, 'EVENT_TIME', 2);
      register(1000 + chunks.length, 5);
    }
    const { header } = snapshot;
    snapshot.release();
    backend = createBackend(1);
    const read = async (): Promise<Uint8Array> => Buffer.concat(chunks);
    await backend.restore({ parts: [{ header, keyGroups: [0], read }] });
    timers = backend.getTimerService('timers', types.any());
    const expected = Array.from({ length: 40 }, (_, i) => `${i + 10} 0 5`);
    expect(fire(5).sort()).toEqual([...expected, '{"id":1} 0 5'].sort());
  });

  it('keep the two time domains and two services apart', () => {
    register('a', 1);
    backend.getTimerService('other', types.any()).registerTimer('EVENT_TIME', 0, 1);
    timers.registerTimer('PROCESSING_TIME', 0, 1);
    expect(fire(1, 'PROCESSING_TIME')).toHaveLength(1);
    expect(fire(1)).toHaveLength(1);
    expect(backend.getTimerService('other', types.any()).count).toBe(1);
  });

  it.each([1, 128])('fire in order of time in %i key groups, whatever was before', (keyGroups) => {
    const time = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: -(2 ** 45) }));
    const change = fc.record({ key: fc.integer({ min: 0, max: 9 }), at: time, add: fc.boolean() });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 300, size: 'max' }), (changes) => {
        start(keyGroups);
        const expected = new Map<string, number>();
        for (const { key, at, add } of changes) {
          backend.setCurrentKey(key, hashKey(key));
          if (add) {
            timers.registerTimer('EVENT_TIME', 0, at);
            expected.set(`${key} 0 ${at}`, at);
          } else {
            const taken = [...expected][at & 3]?.[0] ?? `${key} 0 ${at}`;
            const [ofKey, , ofTime] = taken.split(' ').map(Number) as [number, number, number];
            backend.setCurrentKey(ofKey, hashKey(ofKey));
            timers.deleteTimer('EVENT_TIME', 0, ofTime);
            expected.delete(taken);
          }
          const earliest = Math.min(...expected.values(), Number.POSITIVE_INFINITY);
          expect(timers.nextTimestamp('EVENT_TIME')).toBe(earliest);
          expect(timers.count).toBe(expected.size);
        }
        const fired = fire(2 ** 53);
        const times = fired.map((text) => Number(text.split(' ').at(-1)));
        expect(times).toEqual([...expected.values()].sort((left, right) => left - right));
        expect(fired.sort()).toEqual([...expected.keys()].sort());
      }),
    );
  });
});
