/**
 * The timers of one service and time domain: sets of timers of the same time, namespace and key
 * group, in a binary heap by time, in a chained hash table that keeps them single, and in a set
 * per key group for snapshots. Windows have as many timers as keys, but few such sets: a timer
 * then costs its place in a map, and those that fire one after another lie together.
 *
 * Invariants: heap, table and sets hold the same, and nothing empty; `heapIndex` is a set's place
 * in the heap; a timer that a running snapshot needs is preserved before it goes.
 */
import type { TypeInformation } from '@weir/core';
import { describeType } from './backend-state.ts';
import type { CanonicalKey } from './canonical-key.ts';
import type { Freeze } from './freeze.ts';
import type { RowKind, StateDescription } from './snapshot-format.ts';
import { TimerPart, type TimerRow } from './timer-part.ts';
import { type TimerPlace, TimerSet } from './timer-set.ts';

const BUCKETS_INITIAL = 64;

export class TimerQueue<N> {
  size = 0;
  readonly #heap: TimerSet<N>[] = [];
  readonly #groups: Set<TimerSet<N>>[];
  readonly #preserved: TimerRow<N>[][];
  readonly #freeze: Freeze;
  #buckets: (TimerSet<N> | null)[] = new Array<TimerSet<N> | null>(BUCKETS_INITIAL).fill(null);

  constructor(groupCount: number, freeze: Freeze) {
    this.#groups = Array.from({ length: groupCount }, () => new Set<TimerSet<N>>());
    this.#preserved = Array.from({ length: groupCount }, () => []);
    this.#freeze = freeze;
  }

  /** A set of the earliest time. */
  peek(): TimerSet<N> | null {
    return this.#heap[0] ?? null;
  }

  /** Nothing happens when there is an equal one. Amortised O(log n). */
  add(timestampMs: number, place: TimerPlace, namespace: N, space: CanonicalKey): void {
    const { epoch } = this.#freeze;
    const set = this.#find(timestampMs, place.group, space);
    if (set === null) this.#addSet(new TimerSet(timestampMs, place, namespace, space, epoch));
    else if (!set.add(place, epoch)) return;
    this.size++;
  }

  delete(timestampMs: number, place: TimerPlace, space: CanonicalKey): void {
    const { group, canonical } = place;
    const set = this.#find(timestampMs, group, space);
    if (set?.has(canonical)) this.remove(set, canonical);
  }

  /** Removes a timer that is there. */
  remove(set: TimerSet<N>, canonical: CanonicalKey): void {
    const { frozen } = this.#freeze;
    if (frozen > 0 && set.epochOf(canonical) < frozen) {
      const { timestampMs, namespace, group } = set;
      this.#preserved[group]!.push({ timestampMs, key: set.keyOf(canonical), namespace });
    }
    set.delete(canonical);
    this.size--;
    if (set.isEmpty) this.#dropSet(set);
  }

  release(): void {
    for (const timers of this.#preserved) timers.length = 0;
  }

  snapshotPart(
    kind: RowKind,
    name: string,
    keyType: TypeInformation<unknown>,
    namespaceType: TypeInformation<N>,
  ): TimerPart<N> {
    const description: StateDescription = {
      kind,
      name,
      key: describeType(keyType),
      types: [describeType(namespaceType as TypeInformation<unknown>)],
      timed: false,
    };
    const { frozen } = this.#freeze;
    const source = { groups: this.#groups, preserved: this.#preserved, frozen };
    return new TimerPart(description, source, (row, output) => {
      output.writeFloat64(row.timestampMs);
      keyType.serialize(row.key, output);
      namespaceType.serialize(row.namespace, output);
    });
  }

  #addSet(set: TimerSet<N>): void {
    if (this.#heap.length >= this.#buckets.length) this.#growBuckets();
    this.#link(set);
    this.#groups[set.group]!.add(set);
    set.heapIndex = this.#heap.length;
    this.#heap.push(set);
    this.#siftUp(set.heapIndex);
  }

  #dropSet(set: TimerSet<N>): void {
    this.#unlink(set);
    this.#groups[set.group]!.delete(set);
    const last = this.#heap.pop()!;
    if (last === set) return;
    this.#place(last, set.heapIndex);
    this.#siftUp(last.heapIndex);
    this.#siftDown(last.heapIndex);
  }

  #find(timestampMs: number, group: number, space: CanonicalKey): TimerSet<N> | null {
    let set = this.#buckets[this.#bucketOf(timestampMs, group)] ?? null;
    while (set !== null) {
      const sameTime = set.timestampMs === timestampMs && set.space === space;
      if (sameTime && set.group === group) return set;
      set = set.nextInBucket;
    }
    return null;
  }

  #bucketOf(timestampMs: number, group: number): number {
    const low = timestampMs | 0;
    const high = (timestampMs / 4_294_967_296) | 0;
    const spread = Math.imul(group, 0x9e3779b1) ^ Math.imul(low, 0xc2b2ae35);
    let h = Math.imul(spread ^ (spread >>> 15) ^ high, 0x85ebca6b);
    h ^= h >>> 15;
    return h & (this.#buckets.length - 1);
  }

  #link(set: TimerSet<N>): void {
    const bucket = this.#bucketOf(set.timestampMs, set.group);
    set.nextInBucket = this.#buckets[bucket] ?? null;
    this.#buckets[bucket] = set;
  }

  #unlink(set: TimerSet<N>): void {
    const bucket = this.#bucketOf(set.timestampMs, set.group);
    let at = this.#buckets[bucket] ?? null;
    if (at === set) {
      this.#buckets[bucket] = set.nextInBucket;
      return;
    }
    while (at !== null) {
      if (at.nextInBucket === set) {
        at.nextInBucket = set.nextInBucket;
        return;
      }
      at = at.nextInBucket;
    }
  }

  #growBuckets(): void {
    this.#buckets = new Array<TimerSet<N> | null>(this.#buckets.length * 2).fill(null);
    for (const set of this.#heap) this.#link(set);
  }

  #siftUp(from: number): void {
    const set = this.#heap[from]!;
    let at = from;
    while (at > 0) {
      const parent = this.#heap[(at - 1) >> 1]!;
      if (parent.timestampMs <= set.timestampMs) break;
      this.#place(parent, at);
      at = (at - 1) >> 1;
    }
    this.#place(set, at);
  }

  #siftDown(from: number): void {
    const heap = this.#heap;
    const set = heap[from]!;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && right.timestampMs < heap[child]!.timestampMs) child++;
      if (heap[child]!.timestampMs >= set.timestampMs) break;
      this.#place(heap[child]!, at);
      at = child;
    }
    this.#place(set, at);
  }

  #place(set: TimerSet<N>, at: number): void {
    this.#heap[at] = set;
    set.heapIndex = at;
  }
}
