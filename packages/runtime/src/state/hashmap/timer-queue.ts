/**
 * The timers of one service and time domain: a binary heap by time, a chained hash table that
 * keeps each (key, namespace, time) single, and a set per key group for snapshots.
 *
 * Invariants: heap, table and sets hold the same timers; `heapIndex` is a timer's place in the
 * heap; a timer that a running snapshot needs is preserved before it goes.
 */
import type { DataOutput, TypeInformation } from '@weir/core';
import { describeType } from './backend-state.ts';
import type { CanonicalKey } from './canonical-key.ts';
import type { Freeze } from './freeze.ts';
import type { RowKind, SectionWriter, StateDescription } from './snapshot-format.ts';
import type { SliceBudget, SnapshotPart } from './snapshot-part.ts';

const BUCKETS_INITIAL = 64;

export class Timer<N> {
  readonly timestampMs: number;
  readonly key: unknown;
  readonly canonical: CanonicalKey;
  readonly keyHash: number;
  /** Relative to the backend's range. */
  readonly group: number;
  readonly namespace: N;
  readonly space: CanonicalKey;
  epoch = 0;
  heapIndex = -1;
  nextInBucket: Timer<N> | null = null;

  constructor(timestampMs: number, place: TimerPlace, namespace: N, space: CanonicalKey) {
    this.timestampMs = timestampMs;
    this.key = place.key;
    this.canonical = place.canonical;
    this.keyHash = place.keyHash;
    this.group = place.group;
    this.namespace = namespace;
    this.space = space;
  }
}

/** The key that a timer belongs to; a key context is one. */
export interface TimerPlace {
  readonly key: unknown;
  readonly canonical: CanonicalKey;
  readonly keyHash: number;
  readonly group: number;
}

export class TimerQueue<N> {
  readonly #heap: Timer<N>[] = [];
  readonly #groups: Set<Timer<N>>[];
  readonly #preserved: Timer<N>[][];
  readonly #freeze: Freeze;
  #buckets: (Timer<N> | null)[] = new Array<Timer<N> | null>(BUCKETS_INITIAL).fill(null);

  constructor(groupCount: number, freeze: Freeze) {
    this.#groups = Array.from({ length: groupCount }, () => new Set<Timer<N>>());
    this.#preserved = Array.from({ length: groupCount }, () => []);
    this.#freeze = freeze;
  }

  get size(): number {
    return this.#heap.length;
  }

  peek(): Timer<N> | null {
    return this.#heap[0] ?? null;
  }

  /** Nothing happens when there is an equal one. Amortised O(log n). */
  add(timestampMs: number, place: TimerPlace, namespace: N, space: CanonicalKey): void {
    if (this.#find(timestampMs, place, space) !== null) return;
    const timer = new Timer(timestampMs, place, namespace, space);
    timer.epoch = this.#freeze.epoch;
    if (this.#heap.length >= this.#buckets.length) this.#growBuckets();
    this.#link(timer);
    this.#groups[timer.group]!.add(timer);
    timer.heapIndex = this.#heap.length;
    this.#heap.push(timer);
    this.#siftUp(timer.heapIndex);
  }

  delete(timestampMs: number, place: TimerPlace, space: CanonicalKey): void {
    const timer = this.#find(timestampMs, place, space);
    if (timer !== null) this.remove(timer);
  }

  remove(timer: Timer<N>): void {
    if (timer.epoch < this.#freeze.frozen) {
      this.#preserved[timer.group]!.push(timer);
      timer.epoch = this.#freeze.frozen;
    }
    this.#unlink(timer);
    this.#groups[timer.group]!.delete(timer);
    const last = this.#heap.pop()!;
    if (last === timer) return;
    this.#place(last, timer.heapIndex);
    this.#siftUp(last.heapIndex);
    this.#siftDown(last.heapIndex);
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
    return new TimerPart(description, source, (timer, output) => {
      output.writeFloat64(timer.timestampMs);
      keyType.serialize(timer.key, output);
      namespaceType.serialize(timer.namespace, output);
    });
  }

  #find(timestampMs: number, place: TimerPlace, space: CanonicalKey): Timer<N> | null {
    let timer = this.#buckets[this.#bucketOf(timestampMs, place.keyHash)] ?? null;
    while (timer !== null) {
      const sameTime = timer.timestampMs === timestampMs && timer.space === space;
      if (sameTime && timer.canonical === place.canonical) return timer;
      timer = timer.nextInBucket;
    }
    return null;
  }

  #bucketOf(timestampMs: number, keyHash: number): number {
    const low = timestampMs | 0;
    const high = (timestampMs / 4_294_967_296) | 0;
    let h = Math.imul(keyHash ^ Math.imul(low, 0x9e3779b1) ^ high, 0x85ebca6b);
    h ^= h >>> 15;
    return h & (this.#buckets.length - 1);
  }

  #link(timer: Timer<N>): void {
    const bucket = this.#bucketOf(timer.timestampMs, timer.keyHash);
    timer.nextInBucket = this.#buckets[bucket] ?? null;
    this.#buckets[bucket] = timer;
  }

  #unlink(timer: Timer<N>): void {
    const bucket = this.#bucketOf(timer.timestampMs, timer.keyHash);
    let at = this.#buckets[bucket] ?? null;
    if (at === timer) {
      this.#buckets[bucket] = timer.nextInBucket;
      return;
    }
    while (at !== null) {
      if (at.nextInBucket === timer) {
        at.nextInBucket = timer.nextInBucket;
        return;
      }
      at = at.nextInBucket;
    }
  }

  #growBuckets(): void {
    this.#buckets = new Array<Timer<N> | null>(this.#buckets.length * 2).fill(null);
    for (const timer of this.#heap) this.#link(timer);
  }

  #siftUp(from: number): void {
    const timer = this.#heap[from]!;
    let at = from;
    while (at > 0) {
      const parent = this.#heap[(at - 1) >> 1]!;
      if (parent.timestampMs <= timer.timestampMs) break;
      this.#place(parent, at);
      at = (at - 1) >> 1;
    }
    this.#place(timer, at);
  }

  #siftDown(from: number): void {
    const heap = this.#heap;
    const timer = heap[from]!;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && right.timestampMs < heap[child]!.timestampMs) child++;
      if (heap[child]!.timestampMs >= timer.timestampMs) break;
      this.#place(heap[child]!, at);
      at = child;
    }
    this.#place(timer, at);
  }

  #place(timer: Timer<N>, at: number): void {
    this.#heap[at] = timer;
    timer.heapIndex = at;
  }
}

interface TimerSource<N> {
  readonly groups: readonly ReadonlySet<Timer<N>>[];
  readonly preserved: readonly (readonly Timer<N>[])[];
  readonly frozen: number;
}

class TimerPart<N> implements SnapshotPart {
  readonly description: StateDescription;
  index = 0;
  readonly #source: TimerSource<N>;
  readonly #write: (timer: Timer<N>, output: DataOutput) => void;
  #live: Iterator<Timer<N>> | null = null;
  #preserved: readonly Timer<N>[] = [];
  #preservedAt = 0;

  constructor(
    description: StateDescription,
    source: TimerSource<N>,
    write: (timer: Timer<N>, output: DataOutput) => void,
  ) {
    this.description = description;
    this.#source = source;
    this.#write = write;
  }

  begin(group: number): void {
    this.#live = this.#source.groups[group]!.values();
    this.#preserved = this.#source.preserved[group]!;
    this.#preservedAt = 0;
  }

  step(sections: SectionWriter, budget: SliceBudget): boolean {
    let begun = false;
    while (!budget.isSpent(sections.output)) {
      const timer = this.#next();
      if (timer === undefined) {
        sections.end();
        return true;
      }
      budget.rows--;
      if (timer === null) continue;
      if (!begun) sections.begin(this.index, 0);
      begun = true;
      this.#write(timer, sections.output);
    }
    sections.end();
    return false;
  }

  /** Null for one that does not belong to the snapshot, undefined at the end. */
  #next(): Timer<N> | null | undefined {
    if (this.#live !== null) {
      const step = this.#live.next();
      if (step.done !== true) {
        const timer = step.value;
        if (timer.epoch >= this.#source.frozen) return null;
        timer.epoch = this.#source.frozen;
        return timer;
      }
      this.#live = null;
    }
    return this.#preserved[this.#preservedAt++];
  }
}
