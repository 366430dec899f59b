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

beforeEach(() => {
  backend = createHashMapKeyedStateBackend({
    keyGroupRange: { start: 0, end: 127 },
    maxParallelism: 128,
    clock: { nowMs: () => 0, monotonicMs: () => 0 },
  });
  timers = backend.getTimerService('timers', types.any());
});

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

  it('keep the two time domains and two services apart', () => {
    register('a', 1);
    backend.getTimerService('other', types.any()).registerTimer('EVENT_TIME', 0, 1);
    timers.registerTimer('PROCESSING_TIME', 0, 1);
    expect(fire(1, 'PROCESSING_TIME')).toHaveLength(1);
    expect(fire(1)).toHaveLength(1);
    expect(backend.getTimerService('other', types.any()).count).toBe(1);
  });

  it('fire in order of time whatever was registered and deleted before', () => {
    const time = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: -(2 ** 45) }));
    const change = fc.record({ key: fc.integer({ min: 0, max: 9 }), at: time, add: fc.boolean() });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 300, size: 'max' }), (changes) => {
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
