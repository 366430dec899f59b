/**
 * The backend against a model of plain maps: random operations go on while a snapshot is drained
 * in slices; the snapshot must equal the model at the moment of the freeze, at any parallelism.
 */
import {
  type ClockPort,
  hashKey,
  keyGroupRangeOf,
  ListStateDescriptor,
  MapStateDescriptor,
  stateTtl,
  types,
  ValueStateDescriptor,
} from '@weir/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyedSnapshot, KeyedStatePart } from '../../checkpoint/operator-state.ts';
import {
  createHashMapKeyedStateBackend,
  type HashMapKeyedStateBackend,
} from './hashmap-keyed-state-backend.ts';

const MAX_PARALLELISM = 16;
const TTL_MS = 10;

class FakeClock implements ClockPort {
  ms = 1_000;
  nowMs(): number {
    return this.ms;
  }
  monotonicMs(): number {
    return this.ms;
  }
}

/** Mutable on purpose: operations change it in place. */
interface Counter {
  n: number;
}

interface Timed<T> {
  value: T;
  at: number;
}

type Operation =
  | { op: 'value'; n: number }
  | { op: 'mutate' }
  | { op: 'clearValue' }
  | { op: 'add'; n: number }
  | { op: 'replaceList'; all: number[] }
  | { op: 'mutateList' }
  | { op: 'clearList' }
  | { op: 'put'; field: number; n: number }
  | { op: 'mutateMap'; field: number }
  | { op: 'removeField'; field: number }
  | { op: 'clearMap' }
  | { op: 'register'; at: number; processing: boolean }
  | { op: 'delete'; at: number; processing: boolean }
  | { op: 'advance'; at: number; processing: boolean }
  | { op: 'tick'; by: number };

interface Step {
  readonly key: unknown;
  readonly namespace: unknown;
  readonly operation: Operation;
}

/** What one key and namespace holds. */
interface Cell {
  key: unknown;
  namespace: unknown;
  value: Timed<number> | null;
  list: Timed<number>[];
  map: Map<number, Timed<number>>;
}

class Model {
  readonly cells = new Map<string, Cell>();
  readonly timers = new Set<string>();

  cell(key: unknown, namespace: unknown): Cell {
    const id = JSON.stringify([typeof key, key, namespace]);
    let cell = this.cells.get(id);
    if (cell === undefined) {
      cell = { key, namespace, value: null, list: [], map: new Map() };
      this.cells.set(id, cell);
    }
    return cell;
  }

  /** As text, without what is expired at `nowMs`. */
  dump(timed: boolean, nowMs: number): string[] {
    const alive = (item: Timed<number>): boolean => !timed || item.at + TTL_MS > nowMs;
    const rows: string[] = [];
    for (const { key, namespace, value, list, map } of this.cells.values()) {
      const shownList = list.filter(alive).map((item) => item.value);
      const shownMap = [...map].filter(([, item]) => alive(item)).map(([f, i]) => [f, i.value]);
      const shown = value !== null && alive(value) ? value.value : null;
      if (shown === null && shownList.length === 0 && shownMap.length === 0) continue;
      rows.push(JSON.stringify([key, namespace, shown, shownList, shownMap.sort()]));
    }
    return [...rows, ...this.timers].sort();
  }
}

class Subject {
  readonly backend: HashMapKeyedStateBackend;
  readonly clock: FakeClock;
  readonly model = new Model();
  readonly #states;
  readonly #timers;
  readonly #timed: boolean;

  constructor(backend: HashMapKeyedStateBackend, clock: FakeClock, timed: boolean) {
    this.backend = backend;
    this.clock = clock;
    this.#timed = timed;
    const counter = types.object({ n: types.f64() });
    const value = new ValueStateDescriptor('value', counter);
    const list = new ListStateDescriptor<Counter>('list');
    const map = new MapStateDescriptor('map', types.i32(), counter);
    if (timed) for (const each of [value, list, map]) each.enableTimeToLive(stateTtl(TTL_MS));
    this.#states = {
      value: backend.getState(value),
      list: backend.getListState(list),
      map: backend.getMapState(map),
    };
    this.#timers = backend.getTimerService('timers', types.any());
  }

  run({ key, namespace, operation }: Step): void {
    const { value, list, map } = this.#states;
    const cell = this.model.cell(key, namespace);
    const at = this.clock.ms;
    this.select(key, namespace);
    switch (operation.op) {
      case 'value':
        value.update({ n: operation.n });
        cell.value = { value: operation.n, at };
        break;
      case 'mutate': {
        const got = value.value();
        if (got === null) break;
        got.n++;
        value.update(got);
        cell.value = { value: (cell.value?.value ?? 0) + 1, at };
        break;
      }
      case 'clearValue':
        value.clear();
        cell.value = null;
        break;
      case 'add':
        list.add({ n: operation.n });
        cell.list.push({ value: operation.n, at });
        break;
      case 'replaceList':
        list.update(operation.all.map((n) => ({ n })));
        cell.list = operation.all.map((n) => ({ value: n, at }));
        break;
      case 'mutateList': {
        const got = list.get();
        for (const item of got) item.n++;
        list.update(got);
        const expired = (item: Timed<number>): boolean => this.#timed && item.at + TTL_MS <= at;
        cell.list = cell.list
          .filter((item) => !expired(item))
          .map((item) => ({ value: item.value + 1, at }));
        break;
      }
      case 'clearList':
        list.clear();
        cell.list = [];
        break;
      case 'put':
        map.put(operation.field, { n: operation.n });
        cell.map.set(operation.field, { value: operation.n, at });
        break;
      case 'mutateMap': {
        const got = map.get(operation.field);
        if (got === null) break;
        got.n++;
        map.put(operation.field, got);
        const before = cell.map.get(operation.field)?.value ?? 0;
        cell.map.set(operation.field, { value: before + 1, at });
        break;
      }
      case 'removeField':
        map.remove(operation.field);
        cell.map.delete(operation.field);
        break;
      case 'clearMap':
        map.clear();
        cell.map = new Map();
        break;
      default:
        this.#timerOrClock(key, namespace, operation);
    }
  }

  #timerOrClock(key: unknown, namespace: unknown, operation: Operation): void {
    if (operation.op === 'tick') {
      this.clock.ms += operation.by;
    } else if ('processing' in operation) {
      const domain = operation.processing ? 'PROCESSING_TIME' : 'EVENT_TIME';
      const id = JSON.stringify(['timer', domain, operation.at, key, namespace]);
      if (operation.op === 'register') {
        this.#timers.registerTimer(domain, namespace, operation.at);
        this.model.timers.add(id);
      } else if (operation.op === 'delete') {
        this.#timers.deleteTimer(domain, namespace, operation.at);
        this.model.timers.delete(id);
      } else {
        const fired: string[] = [];
        let last = Number.NEGATIVE_INFINITY;
        this.#timers.advance(
          domain,
          operation.at,
          (firedNamespace, timestampMs) => {
            expect(timestampMs).toBeGreaterThanOrEqual(last);
            last = timestampMs;
            const firedKey = this.backend.getCurrentKey();
            fired.push(JSON.stringify(['timer', domain, timestampMs, firedKey, firedNamespace]));
          },
          () => false,
        );
        const due = [...this.model.timers].filter((timer) => {
          const [, timerDomain, timestampMs] = JSON.parse(timer) as [string, string, number];
          return timerDomain === domain && timestampMs <= operation.at;
        });
        expect(fired.sort()).toEqual(due.sort());
        for (const timer of due) this.model.timers.delete(timer);
      }
    }
  }

  select(key: unknown, namespace: unknown): void {
    this.backend.setCurrentNamespace(namespace);
    this.backend.setCurrentKey(key, hashKey(key));
  }

  /** What user code sees, for all keys of the model that lie in the backend's range. */
  dump(model: Model): string[] {
    const { value, list, map } = this.#states;
    const rows: string[] = [];
    for (const { key, namespace } of model.cells.values()) {
      try {
        this.select(key, namespace);
      } catch {
        continue;
      }
      const shown = value.value()?.n ?? null;
      const shownList = list.get().map((item) => item.n);
      const shownMap = [...map.entries()].map(([field, item]) => [field, item.n]).sort();
      expect(map.isEmpty()).toBe(shownMap.length === 0);
      expect([...map.keys()].every((field) => map.has(field))).toBe(true);
      if (shown === null && shownList.length === 0 && shownMap.length === 0) continue;
      rows.push(JSON.stringify([key, namespace, shown, shownList, shownMap]));
    }
    for (const domain of ['EVENT_TIME', 'PROCESSING_TIME'] as const) {
      this.#timers.advance(
        domain,
        Number.POSITIVE_INFINITY,
        (namespace, timestampMs) => {
          const key = this.backend.getCurrentKey();
          rows.push(JSON.stringify(['timer', domain, timestampMs, key, namespace]));
        },
        () => false,
      );
    }
    return rows.sort();
  }
}

function createBackend(clock: ClockPort, subtask = 0, parallelism = 1): HashMapKeyedStateBackend {
  const keyGroupRange = keyGroupRangeOf(subtask, parallelism, MAX_PARALLELISM);
  return createHashMapKeyedStateBackend({ keyGroupRange, maxParallelism: MAX_PARALLELISM, clock });
}

/** Drains the snapshot, running one step after each slice. */
function drain(snapshot: KeyedSnapshot, rowsMax: number, between: () => void): KeyedStatePart {
  const groups = new Map<number, Uint8Array[]>();
  let last = -1;
  for (let chunk = snapshot.next(rowsMax); chunk !== null; chunk = snapshot.next(rowsMax)) {
    expect(chunk.keyGroup).toBeGreaterThanOrEqual(last);
    last = chunk.keyGroup;
    const chunks = groups.get(chunk.keyGroup) ?? [];
    chunks.push(chunk.bytes);
    groups.set(chunk.keyGroup, chunks);
    between();
  }
  snapshot.release();
  return {
    header: snapshot.header,
    keyGroups: [...groups.keys()],
    read: (keyGroup) => Promise.resolve(Buffer.concat(groups.get(keyGroup) ?? [])),
  };
}

const key = fc.constantFrom<unknown>('a', 'b', 'c', 1, 2, '1', true, { id: 1, of: ['x'] }, [1, 2]);
const namespace = fc.constantFrom<unknown>(0, 0, { start: 0, end: 10 }, { start: 10, end: 20 });
const small = fc.integer({ min: 0, max: 9 });
const field = fc.integer({ min: 0, max: 4 });
const timer = { at: fc.integer({ min: 0, max: 30 }), processing: fc.boolean() };

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ op: fc.constant('value' as const), n: small }),
  fc.record({ op: fc.constant('mutate' as const) }),
  fc.record({ op: fc.constant('clearValue' as const) }),
  fc.record({ op: fc.constant('add' as const), n: small }),
  fc.record({ op: fc.constant('replaceList' as const), all: fc.array(small, { maxLength: 4 }) }),
  fc.record({ op: fc.constant('mutateList' as const) }),
  fc.record({ op: fc.constant('clearList' as const) }),
  fc.record({ op: fc.constant('put' as const), field, n: small }),
  fc.record({ op: fc.constant('put' as const), field, n: small }),
  fc.record({ op: fc.constant('mutateMap' as const), field }),
  fc.record({ op: fc.constant('removeField' as const), field }),
  fc.record({ op: fc.constant('clearMap' as const) }),
  fc.record({ op: fc.constant('register' as const), ...timer }),
  fc.record({ op: fc.constant('register' as const), ...timer }),
  fc.record({ op: fc.constant('delete' as const), ...timer }),
  fc.record({ op: fc.constant('advance' as const), ...timer }),
  fc.record({ op: fc.constant('tick' as const), by: fc.integer({ min: 0, max: 6 }) }),
);

const steps = (maxLength: number): fc.Arbitrary<Step[]> =>
  fc.array(fc.record({ key, namespace, operation }), { maxLength, size: 'max' });

describe.each([{ timed: false }, { timed: true }])('hashmap state, ttl $timed', ({ timed }) => {
  it('equals the model, before, during and after snapshots, restored at any parallelism', () =>
    fc.assert(
      fc.asyncProperty(
        steps(60),
        steps(60),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        async (before, during, rowsMax, parallelism) => {
          const clock = new FakeClock();
          const subject = new Subject(createBackend(clock), clock, timed);
          for (const step of before) subject.run(step);

          const frozenAt = clock.ms;
          const frozen = subject.model.dump(timed, frozenAt);
          const rest = during.slice();
          const snapshot = subject.backend.snapshot();
          const part = drain(snapshot, rowsMax, () => {
            const step = rest.shift();
            if (step !== undefined) subject.run(step);
          });
          for (const step of rest) subject.run(step);

          const restored: string[] = [];
          for (let subtask = 0; subtask < parallelism; subtask++) {
            const atFreeze = new FakeClock();
            atFreeze.ms = frozenAt;
            const backend = createBackend(atFreeze, subtask, parallelism);
            await backend.restore({ parts: [part] });
            restored.push(...new Subject(backend, atFreeze, timed).dump(subject.model));
          }
          expect(restored.sort()).toEqual(frozen);

          const second = subject.model.dump(timed, clock.ms);
          const again = drain(subject.backend.snapshot(), 1_000, () => undefined);
          const copy = createBackend(clock);
          await copy.restore({ parts: [again] });
          expect(new Subject(copy, clock, timed).dump(subject.model)).toEqual(second);
          expect(subject.dump(subject.model)).toEqual(second);
        },
      ),
      { numRuns: 300 },
    ));
});
