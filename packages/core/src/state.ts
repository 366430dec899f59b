/** Keyed and operator state as functions see it; names and meaning are Flink's. */
import { type DurationLike, toMs } from './duration.ts';
import type { TypeInformation } from './types/type-information.ts';

export interface StateTtlConfig {
  readonly ttlMs: number;
  readonly updateType: 'OnCreateAndWrite' | 'OnReadAndWrite' | 'Disabled';
  readonly visibility: 'NeverReturnExpired' | 'ReturnExpiredIfNotCleanedUp';
}

export function stateTtl(
  ttl: DurationLike,
  options: Partial<Omit<StateTtlConfig, 'ttlMs'>> = {},
): StateTtlConfig {
  return {
    ttlMs: toMs(ttl),
    updateType: options.updateType ?? 'OnCreateAndWrite',
    visibility: options.visibility ?? 'NeverReturnExpired',
  };
}

abstract class StateDescriptor {
  readonly name: string;
  ttl: StateTtlConfig | null = null;

  constructor(name: string) {
    this.name = name;
  }

  enableTimeToLive(ttl: StateTtlConfig): this {
    this.ttl = ttl;
    return this;
  }
}

export class ValueStateDescriptor<T> extends StateDescriptor {
  readonly kind = 'value';
  readonly type: TypeInformation<T> | null;
  readonly defaultValue: T | null;

  constructor(name: string, type: TypeInformation<T> | null = null, defaultValue: T | null = null) {
    super(name);
    this.type = type;
    this.defaultValue = defaultValue;
  }
}

export class ListStateDescriptor<T> extends StateDescriptor {
  readonly kind = 'list';
  readonly type: TypeInformation<T> | null;

  constructor(name: string, type: TypeInformation<T> | null = null) {
    super(name);
    this.type = type;
  }
}

export class MapStateDescriptor<K, V> extends StateDescriptor {
  readonly kind = 'map';
  readonly keyType: TypeInformation<K> | null;
  readonly valueType: TypeInformation<V> | null;

  constructor(
    name: string,
    keyType: TypeInformation<K> | null = null,
    valueType: TypeInformation<V> | null = null,
  ) {
    super(name);
    this.keyType = keyType;
    this.valueType = valueType;
  }
}

export interface ValueState<T> {
  /** The key's value, else the descriptor's default. */
  value(): T | null;
  update(value: T): void;
  clear(): void;
}

export interface ListState<T> {
  get(): readonly T[];
  add(value: T): void;
  addAll(values: readonly T[]): void;
  update(values: readonly T[]): void;
  clear(): void;
}

export interface MapState<K, V> {
  get(key: K): V | null;
  put(key: K, value: V): void;
  remove(key: K): void;
  has(key: K): boolean;
  entries(): Iterable<readonly [K, V]>;
  keys(): Iterable<K>;
  values(): Iterable<V>;
  isEmpty(): boolean;
  clear(): void;
}
