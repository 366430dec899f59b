import {
  type ClockPort,
  hashKey,
  ListStateDescriptor,
  MapStateDescriptor,
  type StateTtlConfig,
  stateTtl,
  type TypeInformation,
  types,
  ValueStateDescriptor,
} from '@weir/core';
import { beforeEach, describe, expect, it } from 'vitest';
import type { KeyedStatePart } from '../../checkpoint/operator-state.ts';
import {
  createHashMapKeyedStateBackend,
  type HashMapKeyedStateBackend,
} from './hashmap-keyed-state-backend.ts';

class FakeClock implements ClockPort {
  ms = 0;
  nowMs(): number {
    return this.ms;
  }
  monotonicMs(): number {
    return this.ms;
  }
}

const clock = new FakeClock();
let backend: HashMapKeyedStateBackend;

beforeEach(() => {
  clock.ms = 0;
  backend = create();
});

function create(keyType: TypeInformation<unknown> | null = null): HashMapKeyedStateBackend {
  const keyGroupRange = { start: 0, end: 127 };
  return createHashMapKeyedStateBackend({ keyGroupRange, maxParallelism: 128, clock, keyType });
}

function select(key: unknown, on = backend): void {
  on.setCurrentKey(key, hashKey(key));
}

/** Everything in the backend, as a restoring subtask gets it. */
function saved(from = backend): KeyedStatePart {
  const snapshot = from.snapshot();
  const groups = new Map<number, Uint8Array[]>();
  for (let chunk = snapshot.next(100); chunk !== null; chunk = snapshot.next(100)) {
    groups.set(chunk.keyGroup, [...(groups.get(chunk.keyGroup) ?? []), chunk.bytes]);
  }
  snapshot.release();
  return {
    header: snapshot.header,
    keyGroups: [...groups.keys()],
    read: async (keyGroup) => Buffer.concat(groups.get(keyGroup) ?? []),
  };
}

async function restored(from = backend, keyType: TypeInformation<unknown> | null = null) {
  const to = create(keyType);
  await to.restore({ parts: [saved(from)] });
  return to;
}

describe('keys', () => {
  it('are equal by structure, and by nothing less', () => {
    const state = backend.getState(new ValueStateDescriptor<string>('s'));
    const keys = ['1', 1, 1n, true, null, '', '\u0000', '\u0000N', Number.NaN, 'null'];
    const objects = [{ a: 1, b: 2 }, { a: '1', b: 2 }, [1, 2], [[1], 2], new Date(7), { a: [{}] }];
    for (const [at, key] of [...keys, ...objects].entries()) {
      select(key);
      expect(state.value()).toBeNull();
      state.update(`value ${at}`);
    }
    expect(backend.stats().entries).toBe(keys.length + objects.length);
    select({ b: 2, a: 1 });
    expect(state.value()).toBe(`value ${keys.length}`);
    select(new Date(7));
    expect(state.value()).toBe(`value ${keys.length + 4}`);
    select(-0);
    state.update('zero');
    select(0);
    expect(state.value()).toBe('zero');
  });

  it('must be data', () => {
    expect(() => backend.setCurrentKey(new Map(), 0)).toThrow(/a Map can't be a key/);
    expect(() => backend.setCurrentKey(Symbol('x'), 0)).toThrow(/a symbol can't be a key/);
  });

  it('must belong to the subtask', () => {
    const keyGroupRange = { start: 0, end: 0 };
    const other = createHashMapKeyedStateBackend({ keyGroupRange, maxParallelism: 128, clock });
    expect(() => {
      for (const key of ['a', 'b', 'c']) other.setCurrentKey(key, hashKey(key));
    }).toThrow(/does not belong to this subtask.*[Dd]eterministic/);
  });

  it('are missing outside of the synchronous call', () => {
    const value = backend.getState(new ValueStateDescriptor<string>('v'));
    const list = backend.getListState(new ListStateDescriptor<string>('l'));
    const map = backend.getMapState(new MapStateDescriptor<string, string>('m'));
    const timers = backend.getTimerService('t', types.any());
    select('a');
    map.put('x', 'y');
    const walk = map.keys();
    backend.clearCurrentKey();
    const lost = expect.objectContaining({
      code: 'KEY_CONTEXT_LOST',
      message: expect.stringMatching(/before the first await.*asyncMap/),
    });
    expect(() => value.value()).toThrow(lost);
    expect(() => value.update('x')).toThrow(/the state 'v'/);
    expect(() => list.add('x')).toThrow(lost);
    expect(() => map.get('x')).toThrow(lost);
    expect(() => [...walk]).toThrow(lost);
    expect(() => timers.registerTimer('EVENT_TIME', 0, 1)).toThrow(lost);
    expect(() => backend.getCurrentKey()).toThrow(lost);
  });

  it('must not change while a map is walked over', () => {
    const map = backend.getMapState(new MapStateDescriptor<number, string>('m'));
    select('a');
    map.put(1, 'x');
    map.put(2, 'y');
    expect(() => {
      for (const _ of map.entries()) select('b');
    }).toThrow(/an iterator over the state 'm'/);
  });
});

describe('descriptors', () => {
  it('give a default that belongs to the caller', () => {
    const state = backend.getState(new ValueStateDescriptor('s', null, { n: 1 }));
    select('a');
    const first = state.value() as { n: number };
    first.n = 99;
    expect(state.value()).toEqual({ n: 1 });
    state.update({ n: 2 });
    state.update(null as never);
    expect(state.value()).toEqual({ n: 1 });
  });

  it('asked for twice are the same state; another kind or type is an error', () => {
    const state = backend.getState(new ValueStateDescriptor('s', types.i32()));
    expect(backend.getState(new ValueStateDescriptor('s', types.i32()))).toBe(state);
    expect(() => backend.getListState(new ListStateDescriptor('s', types.i32()))).toThrow(
      "the state 's' is asked for as list of i32, but this operator has it as value of i32",
    );
    expect(() => backend.getState(new ValueStateDescriptor('s', types.string()))).toThrow(
      /value of string/,
    );
  });
});

describe('namespaces', () => {
  it('keep windows apart, whatever object stands for them', async () => {
    class Window {
      start: number;
      end: number;
      constructor(start: number, end: number) {
        this.start = start;
        this.end = end;
      }
    }
    const state = backend.getState(new ValueStateDescriptor('s', types.string()));
    select('k');
    for (let hour = 0; hour < 200; hour++) {
      backend.setCurrentNamespace(new Window(hour * 3_600_000, (hour + 1) * 3_600_000));
      expect(state.value()).toBeNull();
      state.update(`hour ${hour}`);
    }
    backend.setCurrentNamespace(0);
    expect(state.value()).toBeNull();
    const to = await restored();
    const again = to.getState(new ValueStateDescriptor('s', types.string()));
    select('k', to);
    to.setCurrentNamespace({ start: 7 * 3_600_000, end: 8 * 3_600_000 });
    expect(again.value()).toBe('hour 7');
    to.setCurrentNamespace({ start: 7 * 3_600_000, end: 8 * 3_600_000, id: 1 });
    expect(again.value()).toBeNull();
    expect(to.stats().entries).toBe(200);
  });
});

describe('restore', () => {
  it('reads state with a type that has evolved', async () => {
    const before = types.object({ n: types.i32() });
    const state = backend.getState(new ValueStateDescriptor('s', before));
    select('a');
    state.update({ n: 5 });
    const to = await restored();
    const after = types.object({ n: types.f64(), label: types.nullable(types.string()) });
    const evolved = to.getState(new ValueStateDescriptor('s', after));
    select('a', to);
    expect(evolved.value()).toEqual({ n: 5, label: null });
  });

  it('names state and both types when it can not', async () => {
    const state = backend.getMapState(new MapStateDescriptor('m', types.string(), types.f64()));
    select('a');
    state.put('x', 1);
    const asMap = new MapStateDescriptor('m', types.string(), types.boolean());
    const first = await restored();
    expect(() => first.getMapState(asMap)).toThrow(
      expect.objectContaining({
        code: 'STATE_INCOMPATIBLE',
        message: expect.stringMatching(/'m' .*map value of type f64.*as boolean/),
      }),
    );
    const second = await restored();
    expect(() => second.getState(new ValueStateDescriptor('m'))).toThrow(
      /'m' was written as map state and is now asked for as value state/,
    );
    const third = await restored(backend, types.i32() as TypeInformation<unknown>);
    const same = new MapStateDescriptor('m', types.string(), types.f64());
    expect(() => third.getMapState(same)).toThrow(/key of the stream of type any/);
  });

  it('loses nothing that nobody asked for, over several snapshots', async () => {
    const state = backend.getState(new ValueStateDescriptor('s', types.string()));
    const timers = backend.getTimerService('t', types.any());
    for (const key of ['a', 'b', 'c']) {
      select(key);
      state.update(`of ${key}`);
      timers.registerTimer('EVENT_TIME', 0, 5);
    }
    const forgetful = await restored();
    const other = forgetful.getState(new ValueStateDescriptor('other', types.i32()));
    select('a', forgetful);
    other.update(1);
    expect(forgetful.stats().bytes).toBeGreaterThan(0);
    const to = await restored(await restored(forgetful));
    const again = to.getState(new ValueStateDescriptor('s', types.string()));
    for (const key of ['a', 'b', 'c']) {
      select(key, to);
      expect(again.value()).toBe(`of ${key}`);
    }
    expect(to.getTimerService('t', types.any()).count).toBe(3);
  });

  it('takes what is claimed while a snapshot runs into that snapshot once', async () => {
    const state = backend.getState(new ValueStateDescriptor('s', types.string()));
    select('a');
    state.update('old');
    const late = await restored();
    const snapshot = late.snapshot();
    const claimed = late.getState(new ValueStateDescriptor('s', types.string()));
    select('a', late);
    claimed.update('new');
    const groups = new Map<number, Uint8Array>();
    for (let chunk = snapshot.next(1); chunk !== null; chunk = snapshot.next(1)) {
      const before = groups.get(chunk.keyGroup) ?? new Uint8Array(0);
      groups.set(chunk.keyGroup, Buffer.concat([before, chunk.bytes]));
    }
    snapshot.release();
    const to = create();
    const read = async (keyGroup: number) => groups.get(keyGroup) ?? new Uint8Array(0);
    await to.restore({
      parts: [{ header: snapshot.header, keyGroups: [...groups.keys()], read }],
    });
    select('a', to);
    expect(to.getState(new ValueStateDescriptor('s', types.string())).value()).toBe('old');
    expect(to.stats().entries).toBe(1);
    expect(claimed.value()).toBe('new');
  });

  it('refuses damaged bytes', async () => {
    const to = create();
    const header = new Uint8Array([9]);
    const part = { header, keyGroups: [], read: async () => new Uint8Array(0) };
    await expect(to.restore({ parts: [part] })).rejects.toThrow(/format version 9/);
  });
});

describe('a snapshot', () => {
  it('names the state whose value is not of its type', () => {
    const state = backend.getState(new ValueStateDescriptor('s', types.object({ n: types.f64() })));
    select('a');
    state.update({ n: 'x' as never });
    const snapshot = backend.snapshot();
    expect(() => {
      while (snapshot.next(10) !== null);
    }).toThrow(/the value state 's' can't be written: the field n must be a number/);
    snapshot.release();
    state.update({ n: 1 });
    expect(() => saved()).not.toThrow();
  });

  it('may be given up half-way, and another one is whole again', async () => {
    const state = backend.getState(new ValueStateDescriptor('s', types.i32()));
    for (let i = 0; i < 500; i++) {
      select(i);
      state.update(i);
    }
    const first = backend.snapshot();
    expect(() => backend.snapshot()).toThrow(/still running/);
    first.next(100);
    select(3);
    state.clear();
    first.release();
    expect(first.next(100)).toBeNull();
    const to = await restored();
    to.getState(new ValueStateDescriptor('s', types.i32()));
    expect(to.stats().entries).toBe(499);
  });

  it('keeps slices short, also within one long list and one big map', async () => {
    const list = backend.getListState(new ListStateDescriptor('l', types.i32()));
    const map = backend.getMapState(new MapStateDescriptor('m', types.i32(), types.i32()));
    const numbers = Array.from({ length: 10_000 }, (_, i) => i);
    select('only');
    list.addAll(numbers);
    for (const i of numbers) map.put(i, -i);
    const snapshot = backend.snapshot();
    let slices = 0;
    for (let chunk = snapshot.next(100); chunk !== null; chunk = snapshot.next(100)) {
      expect(chunk.bytes.length).toBeLessThan(5_000);
      if (slices === 50) list.add(-1);
      if (slices === 51) map.clear();
      slices++;
    }
    expect(slices).toBeGreaterThan(100);
    snapshot.release();
    expect(list.get()).toHaveLength(10_001);
    expect(map.isEmpty()).toBe(true);
  });

  it('hands out no array that code could change state through', () => {
    const list = backend.getListState(new ListStateDescriptor<number>('l'));
    select('a');
    const given = [1, 2];
    list.update(given);
    given.push(3);
    (list.get() as number[]).push(4);
    for (const item of list.get()) list.add(item * 10);
    expect(list.get()).toEqual([1, 2, 10, 20]);
  });
});

describe('stats', () => {
  it('count rows and timers up and down', () => {
    const value = backend.getState(new ValueStateDescriptor<string>('v'));
    const list = backend.getListState(new ListStateDescriptor<string>('l'));
    const map = backend.getMapState(new MapStateDescriptor<string, string>('m'));
    const timers = backend.getTimerService('t', types.any());
    const entries: number[] = [];
    const note = (): void => void entries.push(backend.stats().entries);
    select('a');
    value.update('x');
    list.add('x');
    list.add('y');
    for (const field of ['x', 'y', 'z']) map.put(field, 'v');
    timers.registerTimer('EVENT_TIME', 0, 1);
    note();
    map.remove('x');
    note();
    map.clear();
    note();
    list.clear();
    value.clear();
    timers.deleteTimer('EVENT_TIME', 0, 1);
    note();
    expect(entries).toEqual([6, 5, 3, 0]);
    expect(backend.stats().bytes).toBe(0);
  });

  it('grow with the size of what is kept', () => {
    const state = backend.getState(new ValueStateDescriptor<string>('v'));
    for (let i = 0; i < 1_000; i++) {
      select(i);
      state.update('x'.repeat(1_000));
    }
    const { bytes } = backend.stats();
    expect(bytes).toBeGreaterThan(1_000_000);
    expect(bytes).toBeLessThan(2_000_000);
  });
});

describe('time to live', () => {
  const ttl = (options: Partial<StateTtlConfig> = {}): StateTtlConfig => stateTtl(10, options);

  it('ends a value after its time, counted from the last write', () => {
    const state = backend.getState(
      new ValueStateDescriptor('s', types.string()).enableTimeToLive(ttl()),
    );
    select('a');
    state.update('x');
    clock.ms = 9;
    expect(state.value()).toBe('x');
    state.update('y');
    clock.ms = 18;
    expect(state.value()).toBe('y');
    clock.ms = 19;
    expect(state.value()).toBeNull();
    expect(backend.stats().entries).toBe(0);
  });

  it('counts from the last read under OnReadAndWrite', () => {
    const options = { updateType: 'OnReadAndWrite' } as const;
    const value = backend.getState(
      new ValueStateDescriptor('v', types.string()).enableTimeToLive(ttl(options)),
    );
    const list = backend.getListState(
      new ListStateDescriptor('l', types.string()).enableTimeToLive(ttl(options)),
    );
    const map = backend.getMapState(
      new MapStateDescriptor('m', types.string(), types.string()).enableTimeToLive(ttl(options)),
    );
    select('a');
    value.update('x');
    list.add('x');
    map.put('k', 'x');
    map.put('unread', 'x');
    for (clock.ms = 9; clock.ms < 60; clock.ms += 9) {
      expect([value.value(), list.get(), map.get('k')]).toEqual(['x', ['x'], 'x']);
    }
    expect(map.get('unread')).toBeNull();
    clock.ms += 10;
    expect([value.value(), list.get(), map.get('k')]).toEqual([null, [], null]);
  });

  it('gives an expired value out once more under ReturnExpiredIfNotCleanedUp', () => {
    const config = ttl({ visibility: 'ReturnExpiredIfNotCleanedUp' });
    const value = backend.getState(
      new ValueStateDescriptor('v', types.string()).enableTimeToLive(config),
    );
    const list = backend.getListState(
      new ListStateDescriptor('l', types.string()).enableTimeToLive(config),
    );
    select('a');
    value.update('x');
    list.add('x');
    clock.ms = 50;
    expect(value.value()).toBe('x');
    expect(value.value()).toBeNull();
    expect(list.get()).toEqual(['x']);
    expect(list.get()).toEqual([]);
  });

  it('ends elements and map entries one by one', () => {
    const list = backend.getListState(
      new ListStateDescriptor('l', types.i32()).enableTimeToLive(ttl()),
    );
    const map = backend.getMapState(
      new MapStateDescriptor('m', types.i32(), types.i32()).enableTimeToLive(ttl()),
    );
    select('a');
    for (let i = 0; i < 4; i++) {
      clock.ms = i * 5;
      list.add(i);
      map.put(i, i);
    }
    clock.ms = 16;
    expect(list.get()).toEqual([2, 3]);
    expect([...map.entries()]).toEqual([
      [2, 2],
      [3, 3],
    ]);
    expect(map.has(1)).toBe(false);
  });

  it('is cleaned up bit by bit, though nobody reads what is expired', () => {
    const state = backend.getState(
      new ValueStateDescriptor('s', types.i32()).enableTimeToLive(ttl()),
    );
    for (let i = 0; i < 1_000; i++) {
      select(i);
      state.update(i);
    }
    clock.ms = 20;
    select('other');
    for (let i = 0; i < 1_000; i++) state.value();
    expect(backend.stats().entries).toBe(0);
  });

  it('may be turned on and off between restores, and does nothing when disabled', async () => {
    const plain = new ValueStateDescriptor('s', types.string());
    const timed = new ValueStateDescriptor('s', types.string()).enableTimeToLive(ttl());
    select('a');
    backend.getState(plain).update('x');
    const on = await restored();
    const state = on.getState(timed);
    select('a', on);
    clock.ms = 9;
    expect(state.value()).toBe('x');
    const off = await restored(on);
    const disabled = new ValueStateDescriptor('s', types.string());
    const again = off.getState(disabled.enableTimeToLive(ttl({ updateType: 'Disabled' })));
    clock.ms = 1_000;
    select('a', off);
    expect(again.value()).toBe('x');
  });
});
