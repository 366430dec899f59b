/**
 * Keyed state in the heap of the slot's thread: one table per state and key group.
 *
 * Called by the task's operators, synchronously, with the key set before each record or timer.
 * Invariants: a key lies in `keyGroupRange`; one snapshot at a time; a snapshot equals the state at
 * the moment of `snapshot()`, whatever happens while it is drained; nothing that was restored is
 * lost because nobody asked for it. Semantics: Flink's HeapKeyedStateBackend with copy-on-write.
 */
import {
  type ClockPort,
  invariant,
  type KeyGroupRange,
  type ListState,
  type ListStateDescriptor,
  type MapState,
  type MapStateDescriptor,
  type TypeInformation,
  types,
  type ValueState,
  type ValueStateDescriptor,
  WeirError,
} from '@weir/core';
import type { KeyedSnapshot, KeyedStateSource } from '../../checkpoint/operator-state.ts';
import type { InternalTimerService, KeyedStateBackend } from '../keyed-state-backend.ts';
import type { BackendState, RowReaders } from './backend-state.ts';
import { Freeze } from './freeze.ts';
import { KeyContext, keyContextLost } from './key-context.ts';
import { HashMapKeyedSnapshot } from './keyed-snapshot.ts';
import { HashMapListState } from './list-state.ts';
import { HashMapMapState } from './map-state.ts';
import { decodeHeader, readRows, type StateDescription, splitSections } from './snapshot-format.ts';
import { StateTable } from './state-table.ts';
import { HashMapTimerService } from './timer-service.ts';
import { TimeToLive } from './time-to-live.ts';
import { resolveReaders, stateConflict } from './state-compatibility.ts';
import { type UnclaimedState, UnclaimedStates } from './unclaimed-state.ts';
import { HashMapValueState } from './value-state.ts';

export interface HashMapBackendOptions {
  readonly keyGroupRange: KeyGroupRange;
  readonly maxParallelism: number;
  /** For state TTL: processing time. */
  readonly clock: ClockPort;
  /** How keys are written; null = self-describing. */
  readonly keyType?: TypeInformation<unknown> | null;
}

const TIMER_BYTES = 160;

/** Keyed state in the heap of the slot's thread. */
export function createHashMapKeyedStateBackend(
  options: HashMapBackendOptions,
): HashMapKeyedStateBackend {
  return new HashMapKeyedStateBackend(options);
}

export class HashMapKeyedStateBackend implements KeyedStateBackend {
  readonly keyGroupRange: KeyGroupRange;
  readonly maxParallelism: number;
  readonly #clock: ClockPort;
  readonly #keyType: TypeInformation<unknown>;
  readonly #context: KeyContext;
  readonly #freeze = new Freeze();
  readonly #states = new Map<string, BackendState>();
  readonly #timerServices = new Map<string, HashMapTimerService<unknown>>();
  #unclaimed = new UnclaimedStates();

  constructor(options: HashMapBackendOptions) {
    this.keyGroupRange = options.keyGroupRange;
    this.maxParallelism = options.maxParallelism;
    this.#clock = options.clock;
    this.#keyType = options.keyType ?? types.any();
    this.#context = new KeyContext(options.keyGroupRange, options.maxParallelism);
  }

  setCurrentKey(key: unknown, keyHash: number): void {
    this.#context.setKey(key, keyHash);
  }

  getCurrentKey(): unknown {
    if (this.#context.group < 0) throw keyContextLost('the current key');
    return this.#context.key;
  }

  clearCurrentKey(): void {
    this.#context.clearKey();
  }

  setCurrentNamespace(namespace: unknown): void {
    this.#context.setNamespace(namespace);
  }

  /** @throws WeirError STATE_INCOMPATIBLE, ARGUMENT_INVALID */
  getState<T>(descriptor: ValueStateDescriptor<T>): ValueState<T> {
    const type = descriptor.type ?? types.any<T>();
    const { name } = descriptor;
    const state = this.#state('value', name, [type as TypeInformation<unknown>], () => {
      const table = new StateTable<T, T>(name, this.#context, this.#freeze);
      const ttl = TimeToLive.of(descriptor.ttl, this.#clock);
      return new HashMapValueState(table, type, this.#keyType, descriptor.defaultValue, ttl);
    });
    return state as BackendState & ValueState<T>;
  }

  /** @throws WeirError STATE_INCOMPATIBLE, ARGUMENT_INVALID */
  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T> {
    const type = descriptor.type ?? types.any<T>();
    const { name } = descriptor;
    const state = this.#state('list', name, [type as TypeInformation<unknown>], () => {
      const ttl = TimeToLive.of(descriptor.ttl, this.#clock);
      const table = new StateTable(name, this.#context, this.#freeze);
      return new HashMapListState<T>(table as never, type, this.#keyType, ttl);
    });
    return state as unknown as ListState<T>;
  }

  /** @throws WeirError STATE_INCOMPATIBLE, ARGUMENT_INVALID */
  getMapState<K, V>(descriptor: MapStateDescriptor<K, V>): MapState<K, V> {
    const keyType = descriptor.keyType ?? types.any<K>();
    const valueType = descriptor.valueType ?? types.any<V>();
    const { name } = descriptor;
    const both = [keyType as TypeInformation<unknown>, valueType as TypeInformation<unknown>];
    const state = this.#state('map', name, both, () => {
      const ttl = TimeToLive.of(descriptor.ttl, this.#clock);
      const table = new StateTable(name, this.#context, this.#freeze);
      return new HashMapMapState<K, V>(table as never, keyType, valueType, this.#keyType, ttl);
    });
    return state as unknown as MapState<K, V>;
  }

  /** @throws WeirError STATE_INCOMPATIBLE */
  getTimerService<N>(name: string, namespaceType: TypeInformation<N>): InternalTimerService<N> {
    const existing = this.#timerServices.get(name);
    if (existing !== undefined) return existing as unknown as InternalTimerService<N>;
    const service = new HashMapTimerService(name, namespaceType, this.#context, this.#freeze);
    this.#timerServices.set(name, service as unknown as HashMapTimerService<unknown>);
    for (const restored of this.#unclaimed.claim(name, isTimers)) {
      const readers = this.#readers(restored.description, [
        namespaceType as TypeInformation<unknown>,
      ]);
      const { kind } = restored.description;
      const domain = kind === 'eventTimers' ? 'EVENT_TIME' : 'PROCESSING_TIME';
      eachRow(restored, (input, group) => service.restoreRow(input, domain, group, readers));
    }
    return service;
  }

  /** Keeps what lies in the range as bytes, until descriptors say what it is. */
  async restore(source: KeyedStateSource): Promise<void> {
    invariant(this.#states.size === 0, 'restore after a state was asked for');
    const { start, end } = this.keyGroupRange;
    for (const part of source.parts) {
      const descriptions = decodeHeader(part.header);
      for (const keyGroup of part.keyGroups) {
        if (keyGroup < start || keyGroup > end) continue;
        for (const { index, body } of splitSections(await part.read(keyGroup))) {
          const description = descriptions[index];
          invariant(description !== undefined, 'section of an unknown state', { index });
          this.#unclaimed.add(description, keyGroup - start, body);
        }
      }
    }
  }

  snapshot(): KeyedSnapshot {
    invariant(this.#freeze.frozen === 0, 'a snapshot is still running');
    this.#freeze.begin(this.#clock.nowMs());
    const parts = [...this.#states.values()].map((state) => state.snapshotPart());
    for (const service of this.#timerServices.values()) {
      parts.push(...service.snapshotParts(this.#keyType));
    }
    parts.push(...this.#unclaimed.parts());
    const { start } = this.keyGroupRange;
    return new HashMapKeyedSnapshot(parts, start, this.#context.groupCount, () => this.#thaw());
  }

  /** Timers count as entries. */
  stats(): { readonly entries: number; readonly bytes: number } {
    let entries = 0;
    let bytes = this.#unclaimed.bytes;
    for (const state of this.#states.values()) {
      const stats = state.stats();
      entries += stats.entries;
      bytes += stats.bytes;
    }
    for (const { count } of this.#timerServices.values()) {
      entries += count;
      bytes += count * TIMER_BYTES;
    }
    return { entries, bytes };
  }

  close(): void {
    this.#context.clearKey();
    this.#states.clear();
    this.#timerServices.clear();
    this.#unclaimed = new UnclaimedStates();
  }

  #state(
    kind: BackendState['kind'],
    name: string,
    stateTypes: readonly TypeInformation<unknown>[],
    create: () => BackendState,
  ): BackendState {
    const existing = this.#states.get(name);
    if (existing !== undefined) {
      const conflict = stateConflict(name, existing, kind, stateTypes);
      if (conflict !== null) throw conflict;
      return existing;
    }
    const state = create();
    const claimed = this.#unclaimed.claim(name, (description) => !isTimers(description));
    for (const restored of claimed) this.#decode(restored, state);
    this.#states.set(name, state);
    return state;
  }

  #decode(restored: UnclaimedState, state: BackendState): void {
    const { description } = restored;
    if (description.kind !== state.kind) {
      throw new WeirError(
        'STATE_INCOMPATIBLE',
        `the state '${description.name}' was written as ${description.kind} state and is now ` +
          `asked for as ${state.kind} state; give the new state another name`,
        { context: { state: description.name, written: description.kind, asked: state.kind } },
      );
    }
    const readers = this.#readers(description, state.types);
    eachRow(restored, (input, group, namespace) => {
      state.restoreRow(input, group, namespace, readers);
    });
  }

  #readers(description: StateDescription, asked: readonly TypeInformation<unknown>[]): RowReaders {
    return resolveReaders(description, this.#keyType, asked);
  }

  #thaw(): void {
    this.#freeze.end();
    for (const state of this.#states.values()) state.release();
    for (const service of this.#timerServices.values()) service.release();
  }
}

type RowCallback = (
  input: Parameters<BackendState['restoreRow']>[0],
  group: number,
  namespace: unknown,
) => void;

function eachRow(restored: UnclaimedState, callback: RowCallback): void {
  for (const [group, sections] of restored.groups.entries()) {
    for (const body of sections ?? []) {
      readRows(body, (input, namespace) => callback(input, group, namespace));
    }
  }
}

function isTimers(description: StateDescription): boolean {
  return description.kind === 'eventTimers' || description.kind === 'processingTimers';
}
