/**
 * Keyed state of one operator in one subtask. A key group is the unit of snapshot, restore and
 * rescale. `hashmap/` implements it; `state-rocksdb` will be the other one.
 */
import type {
  EventTimeMs,
  KeyGroupRange,
  ListState,
  ListStateDescriptor,
  MapState,
  MapStateDescriptor,
  TypeInformation,
  ValueState,
  ValueStateDescriptor,
} from '@weir/core';
import type { KeyedSnapshot, KeyedStateSource } from '../checkpoint/operator-state.ts';

export type TimeDomain = 'EVENT_TIME' | 'PROCESSING_TIME';

/** Timers per key and namespace (a window's start and end, or 0 for user timers). */
export interface InternalTimerService<N> {
  registerTimer(domain: TimeDomain, namespace: N, timestampMs: number): void;
  deleteTimer(domain: TimeDomain, namespace: N, timestampMs: number): void;
  /**
   * Calls back for each timer due at `timeMs`, in time order, with the key context set, until
   * none is left or `shouldStop()`; false = stopped early, call again.
   */
  advance(
    domain: TimeDomain,
    timeMs: number,
    fire: (namespace: N, timestampMs: number) => void,
    shouldStop: () => boolean,
  ): boolean;
  /** The earliest timer, Infinity if there is none. */
  nextTimestamp(domain: TimeDomain): number;
  readonly count: number;
}

export interface KeyedStateBackend {
  readonly keyGroupRange: KeyGroupRange;
  readonly maxParallelism: number;

  /** All state access until the next call belongs to this key. `keyHash` as hashKey(key). */
  setCurrentKey(key: unknown, keyHash: number): void;
  getCurrentKey(): unknown;
  /** After the synchronous call: access is KEY_CONTEXT_LOST until the next key is set. */
  clearCurrentKey(): void;

  /** Windows keep their state in the window's namespace; 0 is the plain one. */
  setCurrentNamespace(namespace: unknown): void;

  getState<T>(descriptor: ValueStateDescriptor<T>): ValueState<T>;
  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T>;
  getMapState<K, V>(descriptor: MapStateDescriptor<K, V>): MapState<K, V>;

  /** `name` keeps several services of one operator apart. */
  getTimerService<N>(name: string, namespaceType: TypeInformation<N>): InternalTimerService<N>;

  /** Before any state is asked for; ranges outside `keyGroupRange` are skipped. */
  restore(source: KeyedStateSource): Promise<void>;

  /** Synchronous part: freezes the state as of now. One snapshot at a time. */
  snapshot(): KeyedSnapshot;

  /** Entries and approximate bytes, for the console. */
  stats(): { readonly entries: number; readonly bytes: number };
  close(): void;
}

export type { EventTimeMs };
