/**
 * Map state: a map per key and namespace, each of its entries with its own time to live.
 * Semantics: Flink's HeapMapState, TtlMapState. Copy-on-write is per map entry, so that one big
 * map costs a snapshot no more than many small ones.
 *
 * `entries`, `keys` and `values` walk over the live map: entries may be removed meanwhile.
 */
import type { DataInput, DataOutput, MapState, TypeInformation } from '@weir/core';
import { type BackendState, describeType, type RowReaders } from './backend-state.ts';
import { type CanonicalKey, canonicalKey } from './canonical-key.ts';
import { SizeSample } from './size-sample.ts';
import { TablePart, type SliceBudget } from './snapshot-part.ts';
import type { StateDescription } from './snapshot-format.ts';
import { Entry, type GroupCursor, type PreservedRow, type StateTable } from './state-table.ts';
import { IncrementalCleanup, type TimeToLive } from './time-to-live.ts';

/** An entry of a user's map has the same fields as an entry of a table. */
type Cell<V> = Entry<V>;
type Cells<V> = Map<CanonicalKey, Cell<V>>;
type MapTable<V> = StateTable<Cells<V>, Iterable<Cell<V>>>;

export class HashMapMapState<K, V> implements MapState<K, V>, BackendState {
  readonly kind = 'map';
  readonly types: readonly TypeInformation<unknown>[];
  readonly #table: MapTable<V>;
  readonly #valueType: TypeInformation<V>;
  readonly #keyType: TypeInformation<unknown>;
  readonly #ttl: TimeToLive | null;
  readonly #cleanup: IncrementalCleanup<Cells<V>, Iterable<Cell<V>>> | null;
  readonly #size = new SizeSample();

  constructor(
    table: MapTable<V>,
    userKeyType: TypeInformation<K>,
    valueType: TypeInformation<V>,
    keyType: TypeInformation<unknown>,
    ttl: TimeToLive | null,
  ) {
    this.#table = table;
    this.#valueType = valueType;
    this.types = [userKeyType as TypeInformation<unknown>, valueType as TypeInformation<unknown>];
    this.#keyType = keyType;
    this.#ttl = ttl;
    this.#cleanup =
      ttl === null ? null : new IncrementalCleanup(table, (...args) => this.#expire(...args));
  }

  get(key: K): V | null {
    const cells = this.#cells();
    const canonical = canonicalKey(key);
    const cell = cells?.get(canonical);
    if (cells === undefined || cell === undefined) return null;
    return this.#read(cells, canonical, cell);
  }

  put(key: K, value: V): void {
    const table = this.#table;
    const nowMs = this.#ttl === null ? null : this.#ttl.nowMs();
    const cells = table.find()?.value ?? table.insert(new Map(), null).value;
    const canonical = canonicalKey(key);
    const cell = cells.get(canonical);
    this.#size.note(value);
    if (cell === undefined) {
      cells.set(canonical, new Entry(key, value, nowMs, table.freeze.epoch));
      table.rows++;
    } else {
      this.#free(cell);
      cell.value = value;
      cell.writtenMs = nowMs;
    }
    if (nowMs !== null) this.#cleanup?.step(nowMs);
  }

  remove(key: K): void {
    const cells = this.#table.find()?.value;
    const canonical = canonicalKey(key);
    const cell = cells?.get(canonical);
    if (cells !== undefined && cell !== undefined) this.#removeCell(cells, canonical, cell);
  }

  has(key: K): boolean {
    const cell = this.#cells()?.get(canonicalKey(key));
    return cell !== undefined && !this.#isHidden(cell);
  }

  entries(): Iterable<readonly [K, V]> {
    return this.#walk((cell, value) => [cell.key as K, value] as const);
  }

  keys(): Iterable<K> {
    return this.#walk((cell) => cell.key as K);
  }

  values(): Iterable<V> {
    return this.#walk((_, value) => value);
  }

  isEmpty(): boolean {
    const cells = this.#cells();
    if (cells === undefined) return true;
    return this.#ttl === null ? cells.size === 0 : cells.values().every((c) => this.#isHidden(c));
  }

  clear(): void {
    const table = this.#table;
    const entry = table.find();
    if (entry === undefined) return;
    const { group, namespace } = table.context;
    if (table.isNeeded(entry)) table.preserve(entry, entry.value.values(), group, namespace);
    table.rows -= entry.value.size;
    table.remove();
  }

  restoreRow(input: DataInput, group: number, namespace: unknown, readers: RowReaders): void {
    const rowKey = readers.key.deserialize(input);
    const nowMs = this.#ttl?.nowMs() ?? null;
    let cells: Cells<V> | null = null;
    while (input.readUint8() !== 0) {
      cells ??= this.#restored(rowKey, group, namespace);
      const writtenMs = readers.timed ? input.readFloat64() : nowMs;
      const key = readers.types[0]!.deserialize(input);
      const value = readers.types[1]!.deserialize(input) as V;
      const kept = this.#ttl === null ? null : writtenMs;
      cells.set(canonicalKey(key), new Entry(key, value, kept, this.#table.freeze.epoch));
      this.#size.note(value);
      this.#table.rows++;
    }
  }

  snapshotPart(): MapPart<V> {
    return new MapPart(this.#table, this.#keyType, this.types, this.#ttl);
  }

  release(): void {
    this.#table.forgetPreserved();
  }

  stats(): { readonly entries: number; readonly bytes: number } {
    const entries = this.#table.rows;
    return { entries, bytes: this.#size.total(entries) };
  }

  #cells(): Cells<V> | undefined {
    if (this.#ttl !== null) this.#cleanup?.step(this.#ttl.nowMs());
    return this.#table.find()?.value;
  }

  /** Hides, removes and refreshes as the time to live says. */
  #read(cells: Cells<V>, canonical: CanonicalKey, cell: Cell<V>): V | null {
    const ttl = this.#ttl;
    if (ttl === null) return this.#handOut(cell);
    const nowMs = ttl.nowMs();
    if (ttl.isExpired(cell.writtenMs, nowMs)) {
      const value = ttl.returnsExpired ? this.#handOut(cell) : null;
      this.#removeCell(cells, canonical, cell);
      return value;
    }
    const value = this.#handOut(cell);
    if (ttl.refreshesOnRead && cell.writtenMs !== nowMs) {
      this.#free(cell);
      cell.writtenMs = nowMs;
    }
    return value;
  }

  *#walk<R>(give: (cell: Cell<V>, value: V) => R): Generator<R> {
    const cells = this.#cells();
    if (cells === undefined) return;
    const { context } = this.#table;
    const { canonical: key, group, space } = context;
    for (const [canonical, cell] of cells) {
      // Removing and copying need the key and the namespace that the walk began with.
      const isSame = context.canonical === key && context.group === group;
      if (!isSame || context.space !== space) this.#table.failWalk();
      const hidden = this.#isHidden(cell);
      const value = this.#read(cells, canonical, cell);
      if (!hidden) yield give(cell, value as V);
    }
  }

  #isHidden(cell: Cell<V>): boolean {
    const ttl = this.#ttl;
    if (ttl === null || ttl.returnsExpired) return false;
    return ttl.isExpired(cell.writtenMs, ttl.nowMs());
  }

  #handOut(cell: Cell<V>): V {
    const { value } = cell;
    if (typeof value === 'object' && value !== null && !this.#valueType.immutable) {
      if (this.#table.isFrozen(cell.epoch)) {
        this.#free(cell);
        cell.value = this.#valueType.copy(value);
      }
    }
    return cell.value;
  }

  #free(cell: Cell<V>): void {
    const { group, namespace, key } = this.#table.context;
    this.#freeAt(cell, key, group, namespace);
  }

  #freeAt(cell: Cell<V>, key: unknown, group: number, namespace: unknown): void {
    const table = this.#table;
    if (!table.isFrozen(cell.epoch)) return;
    const old = new Entry(cell.key, cell.value, cell.writtenMs, cell.epoch);
    table.preserveRow(group, { namespace, key, value: [old], writtenMs: null });
    cell.epoch = table.freeze.epoch;
  }

  #removeCell(cells: Cells<V>, canonical: CanonicalKey, cell: Cell<V>): void {
    this.#free(cell);
    cells.delete(canonical);
    this.#table.rows--;
    if (cells.size === 0) this.#table.remove();
  }

  #expire(
    entry: Entry<Cells<V>>,
    cursor: GroupCursor<Cells<V>>,
    group: number,
    nowMs: number,
  ): void {
    const cells = entry.value;
    for (const [canonical, cell] of cells) {
      if (!this.#ttl?.isExpired(cell.writtenMs, nowMs)) continue;
      this.#freeAt(cell, entry.key, group, cursor.namespace);
      cells.delete(canonical);
      this.#table.rows--;
    }
    if (cells.size === 0) this.#table.removeAt(group, cursor.space, cursor.key);
  }

  #restored(key: unknown, group: number, namespace: unknown): Cells<V> {
    const table = this.#table;
    const { entries } = table.spaceOf(group, canonicalKey(namespace), namespace);
    const canonical = canonicalKey(key);
    const found = entries.get(canonical);
    if (found !== undefined) return found.value;
    const cells: Cells<V> = new Map();
    entries.set(canonical, new Entry(key, cells, null, table.freeze.epoch));
    return cells;
  }
}

class MapPart<V> extends TablePart<Cells<V>, Iterable<Cell<V>>> {
  readonly description: StateDescription;
  readonly #userKeyType: TypeInformation<unknown>;
  readonly #valueType: TypeInformation<unknown>;
  readonly #frozen: number;

  constructor(
    table: MapTable<V>,
    keyType: TypeInformation<unknown>,
    types: readonly TypeInformation<unknown>[],
    ttl: TimeToLive | null,
  ) {
    super(table, keyType, ttl);
    this.#userKeyType = types[0]!;
    this.#valueType = types[1]!;
    this.#frozen = table.freeze.frozen;
    this.description = {
      kind: 'map',
      name: table.name,
      key: describeType(keyType),
      types: types.map(describeType),
      timed: ttl !== null,
    };
  }

  protected view(cells: Cells<V>): Iterable<Cell<V>> {
    return cells.values();
  }

  protected rowWriter(
    row: PreservedRow<Iterable<Cell<V>>>,
  ): (output: DataOutput, budget: SliceBudget) => boolean {
    const cells = row.value[Symbol.iterator]();
    const { ttl, frozenNowMs } = this;
    return (output, budget) => {
      let done = false;
      this.keyType.serialize(row.key, output);
      while (!budget.isSpent(output)) {
        const step = cells.next();
        done = step.done === true;
        if (step.done === true) break;
        budget.rows--;
        const cell = step.value;
        if (cell.epoch >= this.#frozen) continue;
        cell.epoch = this.#frozen;
        if (ttl?.isExpired(cell.writtenMs, frozenNowMs)) continue;
        output.writeUint8(1);
        if (ttl !== null) output.writeFloat64(cell.writtenMs ?? 0);
        this.#userKeyType.serialize(cell.key, output);
        this.#valueType.serialize(cell.value, output);
      }
      output.writeUint8(0);
      return done;
    };
  }
}
