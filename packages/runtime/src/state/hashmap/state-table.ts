/**
 * The entries of one state: per key group a map from key to entry, and one more such map per
 * namespace other than the plain one. The states of the three kinds sit on top.
 *
 * Invariants: an entry that a running snapshot still needs is preserved before it changes or goes;
 * a namespace without entries is dropped; `rows` counts what `stats()` shows.
 */
import type { CanonicalKey } from './canonical-key.ts';
import type { Freeze } from './freeze.ts';
import { type KeyContext, keyContextLost } from './key-context.ts';

export class Entry<V> {
  readonly key: unknown;
  value: V;
  /** Null without time to live. */
  writtenMs: number | null;
  epoch: number;

  constructor(key: unknown, value: V, writtenMs: number | null, epoch: number) {
    this.key = key;
    this.value = value;
    this.writtenMs = writtenMs;
    this.epoch = epoch;
  }
}

/** All entries of one key group in one namespace. */
export interface Space<V> {
  readonly namespace: unknown;
  readonly entries: Map<CanonicalKey, Entry<V>>;
}

/** The frozen value of an entry that has changed since. */
export interface PreservedRow<P> {
  readonly namespace: unknown;
  readonly key: unknown;
  readonly value: P;
  readonly writtenMs: number | null;
}

class KeyGroupTable<V> {
  readonly plain: Space<V> = { namespace: 0, entries: new Map() };
  readonly spaces = new Map<CanonicalKey, Space<V>>();
  /** The space looked up last, plain or not: records of one window come one after the other. */
  #recentKey: CanonicalKey = 0;
  #recent: Space<V> | undefined = this.plain;

  space(key: CanonicalKey): Space<V> | undefined {
    if (key === this.#recentKey) return this.#recent;
    const space = key === 0 ? this.plain : this.spaces.get(key);
    if (space !== undefined) this.#remember(key, space);
    return space;
  }

  addSpace(key: CanonicalKey, namespace: unknown): Space<V> {
    const space = { namespace, entries: new Map<CanonicalKey, Entry<V>>() };
    this.spaces.set(key, space);
    this.#remember(key, space);
    return space;
  }

  dropSpace(key: CanonicalKey): void {
    this.spaces.delete(key);
    this.#remember(0, this.plain);
  }

  #remember(key: CanonicalKey, space: Space<V>): void {
    this.#recentKey = key;
    this.#recent = space;
  }
}

/** `V` is what an entry holds, `P` what is kept of it for a running snapshot. */
export class StateTable<V, P> {
  readonly name: string;
  readonly context: KeyContext;
  readonly freeze: Freeze;
  readonly groups: KeyGroupTable<V>[];
  readonly preserved: PreservedRow<P>[][];
  /** The entry that the snapshot has begun to write and not ended. */
  open: Entry<V> | null = null;
  rows = 0;
  #serial = -1;
  #found: Entry<V> | undefined = undefined;

  constructor(name: string, context: KeyContext, freeze: Freeze) {
    this.name = name;
    this.context = context;
    this.freeze = freeze;
    this.groups = Array.from({ length: context.groupCount }, () => new KeyGroupTable<V>());
    this.preserved = Array.from({ length: context.groupCount }, () => []);
  }

  /** The current key's entry. @throws WeirError KEY_CONTEXT_LOST */
  find(): Entry<V> | undefined {
    const { context } = this;
    if (context.group < 0) throw keyContextLost(`the state '${this.name}'`);
    if (context.serial === this.#serial) return this.#found;
    const space = this.groups[context.group]!.space(context.space);
    this.#found = space?.entries.get(context.canonical);
    this.#serial = context.serial;
    return this.#found;
  }

  /** Adds an entry for the current key, which has none. */
  insert(value: V, writtenMs: number | null): Entry<V> {
    const { context } = this;
    const { group, space, namespace } = context;
    const entry = new Entry(context.key, value, writtenMs, this.freeze.epoch);
    this.spaceOf(group, space, namespace).entries.set(context.canonical, entry);
    this.#found = entry;
    this.#serial = context.serial;
    return entry;
  }

  /** Removes the current key's entry; the caller has preserved what a snapshot needs. */
  remove(): void {
    const { context } = this;
    this.removeAt(context.group, context.space, context.canonical);
  }

  removeAt(group: number, spaceKey: CanonicalKey, key: CanonicalKey): void {
    this.#serial = -1;
    const table = this.groups[group]!;
    const space = table.space(spaceKey);
    space?.entries.delete(key);
    if (spaceKey !== 0 && space?.entries.size === 0) table.dropSpace(spaceKey);
  }

  spaceOf(group: number, key: CanonicalKey, namespace: unknown): Space<V> {
    const table = this.groups[group]!;
    return table.space(key) ?? table.addSpace(key, namespace);
  }

  /** True while a running snapshot has not written this entry. */
  isNeeded(entry: Entry<V>): boolean {
    return entry.epoch < this.freeze.frozen;
  }

  /** The same for what lies within an entry and has an epoch of its own. */
  isFrozen(epoch: number): boolean {
    return epoch < this.freeze.frozen;
  }

  preserveRow(group: number, row: PreservedRow<P>): void {
    this.preserved[group]!.push(row);
  }

  /** @throws WeirError KEY_CONTEXT_LOST always */
  failWalk(): never {
    throw keyContextLost(`an iterator over the state '${this.name}'`);
  }

  /** Keeps `value` for the snapshot; the entry is free from here on. */
  preserve(entry: Entry<V>, value: P, group: number, namespace: unknown): void {
    if (entry !== this.open) {
      const { key, writtenMs } = entry;
      this.preserved[group]!.push({ namespace, key, value, writtenMs });
    }
    entry.epoch = this.freeze.epoch;
  }

  /** After a snapshot, whether it was completed or not. */
  forgetPreserved(): void {
    this.open = null;
    for (const rows of this.preserved) rows.length = 0;
  }
}

/** Walks over one key group while it changes: all entries that stay are seen once. */
export class GroupCursor<V> {
  /** Of the entry that `next` gave last. */
  namespace: unknown = 0;
  space: CanonicalKey = 0;
  key: CanonicalKey = undefined;
  readonly #spaces: Iterator<[CanonicalKey, Space<V>]>;
  #entries: Iterator<[CanonicalKey, Entry<V>]>;

  constructor(group: KeyGroupTable<V>) {
    this.#spaces = group.spaces.entries();
    this.#entries = group.plain.entries.entries();
  }

  next(): Entry<V> | null {
    for (;;) {
      const step = this.#entries.next();
      if (step.done !== true) {
        this.key = step.value[0];
        return step.value[1];
      }
      const following = this.#spaces.next();
      if (following.done === true) return null;
      const [key, space] = following.value;
      this.space = key;
      this.namespace = space.namespace;
      this.#entries = space.entries.entries();
    }
  }
}
