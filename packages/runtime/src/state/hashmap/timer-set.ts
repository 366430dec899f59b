/**
 * The timers of one time, namespace and key group, one per key. All keys of a window share a set
 * per key group; a user's timer mostly has one to itself, so the first key needs no map.
 *
 * Used by the timer queue, which keeps sets in order and drops those without timers.
 */
import type { CanonicalKey } from './canonical-key.ts';

/** The key that a timer belongs to; a key context is one. */
export interface TimerPlace {
  readonly key: unknown;
  readonly canonical: CanonicalKey;
  /** Relative to the backend's range. */
  readonly group: number;
}

/** What `epochOf` gives where there is no timer. */
export const NO_TIMER = -1;

/** For keys that a Map does not compare by themselves. */
class MarkedKey {
  readonly key: unknown;
  readonly epoch: number;

  constructor(key: unknown, epoch: number) {
    this.key = key;
    this.epoch = epoch;
  }
}

/** The epoch in which a timer came to be; with the key where it differs from the canonical one. */
type Mark = number | MarkedKey;

function markOf(place: TimerPlace, epoch: number): Mark {
  return place.key === place.canonical ? epoch : new MarkedKey(place.key, epoch);
}

class ManyTimers {
  readonly marks: Map<CanonicalKey, Mark>;
  #firing: Iterator<CanonicalKey>;

  constructor(canonical: CanonicalKey, mark: Mark) {
    this.marks = new Map([[canonical, mark]]);
    this.#firing = this.marks.keys();
  }

  /**
   * One walk serves all calls, because each new one would have to pass over everything that was
   * deleted before. It has come to its end where keys were deleted and others came.
   */
  first(): CanonicalKey {
    let step = this.#firing.next();
    if (step.done === true) {
      this.#firing = this.marks.keys();
      step = this.#firing.next();
    }
    return step.value;
  }
}

export class TimerSet<N> {
  readonly timestampMs: number;
  readonly namespace: N;
  readonly space: CanonicalKey;
  /** Relative to the backend's range. */
  readonly group: number;
  heapIndex = -1;
  nextInBucket: TimerSet<N> | null = null;
  /** Of the only key, while there are not many. */
  #canonical: CanonicalKey;
  #mark: Mark;
  #many: ManyTimers | null = null;

  constructor(
    timestampMs: number,
    place: TimerPlace,
    namespace: N,
    space: CanonicalKey,
    epoch: number,
  ) {
    this.timestampMs = timestampMs;
    this.namespace = namespace;
    this.space = space;
    this.group = place.group;
    this.#canonical = place.canonical;
    this.#mark = markOf(place, epoch);
  }

  get isEmpty(): boolean {
    return this.#many === null ? this.#mark === NO_TIMER : this.#many.marks.size === 0;
  }

  /** False when the key has its timer already. */
  add(place: TimerPlace, epoch: number): boolean {
    const { canonical } = place;
    if (this.has(canonical)) return false;
    this.#many ??= new ManyTimers(this.#canonical, this.#mark);
    this.#many.marks.set(canonical, markOf(place, epoch));
    return true;
  }

  has(canonical: CanonicalKey): boolean {
    return this.#markOf(canonical) !== undefined;
  }

  epochOf(canonical: CanonicalKey): number {
    const mark = this.#markOf(canonical);
    if (mark === undefined) return NO_TIMER;
    return typeof mark === 'number' ? mark : mark.epoch;
  }

  /** Of a key that has a timer. */
  keyOf(canonical: CanonicalKey): unknown {
    const mark = this.#markOf(canonical);
    return mark instanceof MarkedKey ? mark.key : canonical;
  }

  /** Of a key that has a timer. */
  setEpoch(canonical: CanonicalKey, epoch: number): void {
    const mark = this.#markOf(canonical);
    const changed = mark instanceof MarkedKey ? new MarkedKey(mark.key, epoch) : epoch;
    if (this.#many === null) this.#mark = changed;
    else this.#many.marks.set(canonical, changed);
  }

  /** Of a key that has a timer. */
  delete(canonical: CanonicalKey): void {
    if (this.#many === null) this.#mark = NO_TIMER;
    else this.#many.marks.delete(canonical);
  }

  /** The key whose timer is to fire next, and to be deleted before the next call. */
  first(): CanonicalKey {
    return this.#many === null ? this.#canonical : this.#many.first();
  }

  /** For snapshots; timers may come and go meanwhile. */
  canonicals(): Iterator<CanonicalKey> {
    return this.#many === null ? [this.#canonical].values() : this.#many.marks.keys();
  }

  #markOf(canonical: CanonicalKey): Mark | undefined {
    if (this.#many !== null) return this.#many.marks.get(canonical);
    const isThere = this.#canonical === canonical && this.#mark !== NO_TIMER;
    return isThere ? this.#mark : undefined;
  }
}
