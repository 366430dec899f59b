/**
 * List state: elements per key and namespace, each with its own time to live. Semantics: Flink's
 * HeapListState, TtlListState. `get` hands out an array of the caller's own.
 *
 * Lists only ever grow at their end or are replaced as a whole, so a snapshot that remembers
 * array and length needs no copy of it.
 */
import type { DataInput, DataOutput, ListState, TypeInformation } from '@weir/core';
import { type BackendState, describeType, type RowReaders } from './backend-state.ts';
import { canonicalKey } from './canonical-key.ts';
import { SizeSample } from './size-sample.ts';
import { TablePart, type SliceBudget } from './snapshot-part.ts';
import type { StateDescription } from './snapshot-format.ts';
import { Entry, type GroupCursor, type PreservedRow, type StateTable } from './state-table.ts';
import { IncrementalCleanup, type TimeToLive } from './time-to-live.ts';

interface Elements<T> {
  readonly items: T[];
  /** When each was written; null without time to live. */
  readonly times: number[] | null;
}

/** The first `count` elements, as they were at the freeze. */
interface ListSlice<T> extends Elements<T> {
  readonly count: number;
}

/** Where an entry lies: the context's place, or the clean-up's. */
interface Place {
  readonly group: number;
  readonly namespace: unknown;
}

type ListTable<T> = StateTable<Elements<T>, ListSlice<T>>;

export class HashMapListState<T> implements ListState<T>, BackendState {
  readonly kind = 'list';
  readonly types: readonly TypeInformation<unknown>[];
  readonly #table: ListTable<T>;
  readonly #type: TypeInformation<T>;
  readonly #keyType: TypeInformation<unknown>;
  readonly #ttl: TimeToLive | null;
  readonly #cleanup: IncrementalCleanup<Elements<T>, ListSlice<T>> | null;
  readonly #size = new SizeSample();

  constructor(
    table: ListTable<T>,
    type: TypeInformation<T>,
    keyType: TypeInformation<unknown>,
    ttl: TimeToLive | null,
  ) {
    this.#table = table;
    this.#type = type;
    this.types = [type as TypeInformation<unknown>];
    this.#keyType = keyType;
    this.#ttl = ttl;
    this.#cleanup =
      ttl === null ? null : new IncrementalCleanup(table, (...args) => this.#expire(...args));
  }

  get(): readonly T[] {
    const entry = this.#table.find();
    if (this.#ttl !== null) return this.#timedGet(entry, this.#ttl);
    return entry === undefined ? [] : this.#handOut(entry);
  }

  add(value: T): void {
    this.#append([value]);
  }

  addAll(values: readonly T[]): void {
    if (values.length > 0) this.#append(values);
  }

  /** An empty list clears, as in Flink. */
  update(values: readonly T[]): void {
    this.clear();
    if (values.length > 0) this.#append(values);
  }

  clear(): void {
    const entry = this.#table.find();
    if (entry !== undefined) this.#removeCurrent(entry);
  }

  restoreRow(input: DataInput, group: number, namespace: unknown, readers: RowReaders): void {
    const key = readers.key.deserialize(input);
    const nowMs = this.#ttl?.nowMs() ?? 0;
    const { items, times } = this.#restored(key, group, namespace);
    while (input.readUint8() !== 0) {
      const writtenMs = readers.timed ? input.readFloat64() : nowMs;
      const item = readers.types[0]!.deserialize(input) as T;
      items.push(item);
      times?.push(writtenMs);
    }
    this.#size.note(items);
  }

  snapshotPart(): ListPart<T> {
    return new ListPart(this.#table, this.#keyType, this.#type, this.#ttl);
  }

  release(): void {
    this.#table.forgetPreserved();
  }

  stats(): { readonly entries: number; readonly bytes: number } {
    const entries = this.#table.rows;
    return { entries, bytes: this.#size.total(entries) };
  }

  #append(values: readonly T[]): void {
    const table = this.#table;
    const nowMs = this.#ttl === null ? null : this.#ttl.nowMs();
    let entry = table.find();
    if (entry === undefined) {
      entry = table.insert({ items: [], times: nowMs === null ? null : [] }, null);
      table.rows++;
    } else {
      this.#detach(entry, table.context);
    }
    const { items, times } = entry.value;
    for (const value of values) {
      items.push(value);
      if (nowMs !== null) times?.push(nowMs);
    }
    this.#size.note(items);
    if (nowMs !== null) this.#cleanup?.step(nowMs);
  }

  #timedGet(entry: Entry<Elements<T>> | undefined, ttl: TimeToLive): readonly T[] {
    const nowMs = ttl.nowMs();
    const items = entry === undefined ? [] : this.#readTimed(entry, ttl, nowMs);
    this.#cleanup?.step(nowMs);
    return items;
  }

  #readTimed(entry: Entry<Elements<T>>, ttl: TimeToLive, nowMs: number): readonly T[] {
    const expired = this.#hasExpired(entry, ttl, nowMs);
    const shown = expired && ttl.returnsExpired ? this.#handOut(entry) : null;
    if (expired && !this.#dropExpired(entry, ttl, nowMs, this.#table.context)) {
      this.#removeCurrent(entry);
      return shown ?? [];
    }
    if (ttl.refreshesOnRead) {
      this.#detach(entry, this.#table.context);
      const { items } = entry.value;
      entry.value = { items, times: new Array<number>(items.length).fill(nowMs) };
    }
    return shown ?? this.#handOut(entry);
  }

  #hasExpired(entry: Entry<Elements<T>>, ttl: TimeToLive, nowMs: number): boolean {
    return entry.value.times?.some((time) => ttl.isExpired(time, nowMs)) ?? false;
  }

  /** False when nothing is left. The caller removes the entry then. */
  #dropExpired(entry: Entry<Elements<T>>, ttl: TimeToLive, nowMs: number, place: Place): boolean {
    const { times } = entry.value;
    const alive = (_: unknown, at: number): boolean => !ttl.isExpired(times?.[at] ?? null, nowMs);
    if (!entry.value.items.some(alive)) return false;
    this.#detach(entry, place);
    const items = entry.value.items.filter(alive);
    entry.value = { items, times: times?.filter(alive) ?? null };
    return true;
  }

  #handOut(entry: Entry<Elements<T>>): readonly T[] {
    this.#detach(entry, this.#table.context);
    return entry.value.items.slice();
  }

  /** Leaves the list to the snapshot, and goes on with one that shares no mutable element. */
  #detach(entry: Entry<Elements<T>>, place: Place): void {
    if (!this.#table.isNeeded(entry)) return;
    this.#preserve(entry, place);
    if (this.#type.immutable) return;
    const { items, times } = entry.value;
    const copied = items.map((item) => this.#type.copy(item));
    entry.value = { items: copied, times: times?.slice() ?? null };
  }

  #preserve(entry: Entry<Elements<T>>, place: Place): void {
    const table = this.#table;
    if (!table.isNeeded(entry)) return;
    const { items, times } = entry.value;
    table.preserve(entry, { items, times, count: items.length }, place.group, place.namespace);
  }

  #removeCurrent(entry: Entry<Elements<T>>): void {
    this.#preserve(entry, this.#table.context);
    this.#table.remove();
    this.#table.rows--;
  }

  #expire(
    entry: Entry<Elements<T>>,
    cursor: GroupCursor<Elements<T>>,
    group: number,
    nowMs: number,
  ): void {
    const ttl = this.#ttl;
    if (ttl === null || !this.#hasExpired(entry, ttl, nowMs)) return;
    const place = { group, namespace: cursor.namespace };
    if (this.#dropExpired(entry, ttl, nowMs, place)) return;
    this.#preserve(entry, place);
    this.#table.removeAt(group, cursor.space, cursor.key);
    this.#table.rows--;
  }

  #restored(key: unknown, group: number, namespace: unknown): Elements<T> {
    const table = this.#table;
    const { entries } = table.spaceOf(group, canonicalKey(namespace), namespace);
    const canonical = canonicalKey(key);
    const found = entries.get(canonical);
    if (found !== undefined) return found.value;
    const value: Elements<T> = { items: [], times: this.#ttl === null ? null : [] };
    entries.set(canonical, new Entry(key, value, null, table.freeze.epoch));
    table.rows++;
    return value;
  }
}

class ListPart<T> extends TablePart<Elements<T>, ListSlice<T>> {
  readonly description: StateDescription;
  readonly #type: TypeInformation<T>;

  constructor(
    table: ListTable<T>,
    keyType: TypeInformation<unknown>,
    type: TypeInformation<T>,
    ttl: TimeToLive | null,
  ) {
    super(table, keyType, ttl);
    this.#type = type;
    this.description = {
      kind: 'list',
      name: table.name,
      key: describeType(keyType),
      types: [describeType(type as TypeInformation<unknown>)],
      timed: ttl !== null,
    };
  }

  protected view(value: Elements<T>): ListSlice<T> {
    return { items: value.items, times: value.times, count: value.items.length };
  }

  protected rowWriter(
    row: PreservedRow<ListSlice<T>>,
  ): ((output: DataOutput, budget: SliceBudget) => boolean) | null {
    const { items, times, count } = row.value;
    const { ttl, frozenNowMs } = this;
    const isGone = (at: number): boolean =>
      ttl?.isExpired(times?.[at] ?? null, frozenNowMs) ?? false;
    let at = 0;
    while (at < count && isGone(at)) at++;
    if (at === count) return null;
    return (output, budget) => {
      this.keyType.serialize(row.key, output);
      for (; at < count && !budget.isSpent(output); at++) {
        budget.rows--;
        if (isGone(at)) continue;
        output.writeUint8(1);
        if (ttl !== null) output.writeFloat64(times?.[at] ?? 0);
        this.#type.serialize(items[at] as T, output);
      }
      output.writeUint8(0);
      return at === count;
    };
  }
}
