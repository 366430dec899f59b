/**
 * Value state: one value per key and namespace.
 * Semantics: Flink's HeapValueState, TtlValueState.
 */
import type { DataInput, DataOutput, TypeInformation, ValueState } from '@weir/core';
import { type BackendState, describeType, type RowReaders } from './backend-state.ts';
import { canonicalKey } from './canonical-key.ts';
import { SizeSample } from './size-sample.ts';
import { TablePart, type SliceBudget } from './snapshot-part.ts';
import type { StateDescription } from './snapshot-format.ts';
import { Entry, type GroupCursor, type PreservedRow, type StateTable } from './state-table.ts';
import { IncrementalCleanup, type TimeToLive } from './time-to-live.ts';

type ValueTable<T> = StateTable<T, T>;

export class HashMapValueState<T> implements ValueState<T>, BackendState {
  readonly kind = 'value';
  readonly types: readonly TypeInformation<unknown>[];
  readonly #table: ValueTable<T>;
  readonly #type: TypeInformation<T>;
  readonly #keyType: TypeInformation<unknown>;
  readonly #default: T | null;
  readonly #ttl: TimeToLive | null;
  readonly #cleanup: IncrementalCleanup<T, T> | null;
  readonly #size = new SizeSample();

  constructor(
    table: ValueTable<T>,
    type: TypeInformation<T>,
    keyType: TypeInformation<unknown>,
    defaultValue: T | null,
    ttl: TimeToLive | null,
  ) {
    this.#table = table;
    this.#type = type;
    this.types = [type as TypeInformation<unknown>];
    this.#keyType = keyType;
    this.#default = defaultValue;
    this.#ttl = ttl;
    this.#cleanup =
      ttl === null ? null : new IncrementalCleanup(table, (...args) => this.#expire(...args));
  }

  value(): T | null {
    const entry = this.#table.find();
    if (this.#ttl !== null) return this.#timedValue(entry, this.#ttl);
    if (entry === undefined) return this.#defaultValue();
    return this.#handOut(entry);
  }

  /** Null and undefined clear, as in Flink. */
  update(value: T): void {
    if (value === null || value === undefined) {
      this.clear();
      return;
    }
    const table = this.#table;
    const entry = table.find();
    const nowMs = this.#ttl === null ? null : this.#ttl.nowMs();
    this.#size.note(value);
    if (entry === undefined) {
      table.insert(value, nowMs);
      table.rows++;
    } else {
      this.#free(entry);
      entry.value = value;
      entry.writtenMs = nowMs;
    }
    if (nowMs !== null) this.#cleanup?.step(nowMs);
  }

  clear(): void {
    const entry = this.#table.find();
    if (entry !== undefined) this.#removeCurrent(entry);
  }

  restoreRow(input: DataInput, group: number, namespace: unknown, readers: RowReaders): void {
    const writtenMs = readers.timed ? input.readFloat64() : (this.#ttl?.nowMs() ?? null);
    const key = readers.key.deserialize(input);
    const value = readers.types[0]!.deserialize(input) as T;
    const table = this.#table;
    const { entries } = table.spaceOf(group, canonicalKey(namespace), namespace);
    const kept = this.#ttl === null ? null : writtenMs;
    entries.set(canonicalKey(key), new Entry(key, value, kept, table.freeze.epoch));
    this.#size.note(value);
    table.rows++;
  }

  snapshotPart(): ValuePart<T> {
    return new ValuePart(this.#table, this.#keyType, this.#type, this.#ttl);
  }

  release(): void {
    this.#table.forgetPreserved();
  }

  stats(): { readonly entries: number; readonly bytes: number } {
    const entries = this.#table.rows;
    return { entries, bytes: this.#size.total(entries) };
  }

  #timedValue(entry: Entry<T> | undefined, ttl: TimeToLive): T | null {
    const nowMs = ttl.nowMs();
    const value = entry === undefined ? null : this.#readTimed(entry, ttl, nowMs);
    this.#cleanup?.step(nowMs);
    return value ?? this.#defaultValue();
  }

  #readTimed(entry: Entry<T>, ttl: TimeToLive, nowMs: number): T | null {
    if (ttl.isExpired(entry.writtenMs, nowMs)) {
      const value = ttl.returnsExpired ? this.#handOut(entry) : null;
      this.#removeCurrent(entry);
      return value;
    }
    const value = this.#handOut(entry);
    if (ttl.refreshesOnRead && entry.writtenMs !== nowMs) {
      this.#free(entry);
      entry.writtenMs = nowMs;
    }
    return value;
  }

  /** A value that the snapshot still has to write goes out as a copy. */
  #handOut(entry: Entry<T>): T {
    if (this.#table.isNeeded(entry) && !this.#type.immutable && isObject(entry.value)) {
      this.#free(entry);
      entry.value = this.#type.copy(entry.value);
    }
    return entry.value;
  }

  #free(entry: Entry<T>): void {
    const table = this.#table;
    if (!table.isNeeded(entry)) return;
    const { group, namespace } = table.context;
    table.preserve(entry, entry.value, group, namespace);
  }

  #removeCurrent(entry: Entry<T>): void {
    this.#free(entry);
    this.#table.remove();
    this.#table.rows--;
  }

  #expire(entry: Entry<T>, cursor: GroupCursor<T>, group: number, nowMs: number): void {
    const table = this.#table;
    if (!this.#ttl?.isExpired(entry.writtenMs, nowMs)) return;
    if (table.isNeeded(entry)) table.preserve(entry, entry.value, group, cursor.namespace);
    table.removeAt(group, cursor.space, cursor.key);
    table.rows--;
  }

  #defaultValue(): T | null {
    return this.#default === null ? null : this.#type.copy(this.#default);
  }
}

class ValuePart<T> extends TablePart<T, T> {
  readonly description: StateDescription;
  readonly #type: TypeInformation<T>;

  constructor(
    table: ValueTable<T>,
    keyType: TypeInformation<unknown>,
    type: TypeInformation<T>,
    ttl: TimeToLive | null,
  ) {
    super(table, keyType, ttl);
    this.#type = type;
    this.description = {
      kind: 'value',
      name: table.name,
      key: describeType(keyType),
      types: [describeType(type as TypeInformation<unknown>)],
      timed: ttl !== null,
    };
  }

  protected view(value: T): T {
    return value;
  }

  protected rowWriter(
    row: PreservedRow<T>,
  ): ((output: DataOutput, budget: SliceBudget) => boolean) | null {
    if (this.ttl?.isExpired(row.writtenMs, this.frozenNowMs)) return null;
    return (output, budget) => {
      if (this.ttl !== null) output.writeFloat64(row.writtenMs ?? 0);
      this.keyType.serialize(row.key, output);
      this.#type.serialize(row.value, output);
      budget.rows--;
      return true;
    };
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
