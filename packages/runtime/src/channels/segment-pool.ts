/**
 * The segments that one slot's thread owns: a free list, and what the sender remembers of those
 * that are under way.
 *
 * Called by the remote outputs (take, publish) and by `slot-exchange.ts` (give back).
 *
 * Invariants:
 * - A segment is free, being filled, or under way; only its owner moves it between these.
 * - Credits add up to the number of segments, so `take` always finds one.
 * - The free list is last in, first out: the next segment filled is the one still in the cache.
 */
import { invariant } from '@weir/core';
import { Memory } from './codec/memory.ts';
import type { ExchangePlan } from './exchange-plan.ts';

export interface SegmentHolder {
  /** Called when the receiver has read the segment; the arguments are what `publish` was told. */
  segmentReturned(bytes: number, bytesAhead: number, underWayMs: number): void;
}

export class SegmentPool {
  readonly memory: Memory;
  readonly segmentBytes: number;
  readonly #first: number;
  readonly #free: Int32Array;
  #freeCount: number;
  readonly #holders: Array<SegmentHolder | null>;
  readonly #bytes: Int32Array;
  readonly #bytesAhead: Int32Array;
  readonly #publishedAtMs: Float64Array;

  constructor(plan: ExchangePlan, slot: number) {
    const { firstSegment, segmentCount } = plan.owners[slot]!;
    this.memory = new Memory(plan.pool);
    this.segmentBytes = plan.segmentBytes;
    this.#first = firstSegment;
    this.#free = new Int32Array(segmentCount);
    for (let i = 0; i < segmentCount; i++) this.#free[i] = firstSegment + segmentCount - 1 - i;
    this.#freeCount = segmentCount;
    this.#holders = new Array<SegmentHolder | null>(segmentCount).fill(null);
    this.#bytes = new Int32Array(segmentCount);
    this.#bytesAhead = new Int32Array(segmentCount);
    this.#publishedAtMs = new Float64Array(segmentCount);
  }

  /** Segments that are being filled or under way. */
  get used(): number {
    return this.#free.length - this.#freeCount;
  }

  take(): number {
    invariant(this.#freeCount > 0, 'credit without a segment', { owned: this.#free.length });
    return this.#free[--this.#freeCount]!;
  }

  /** Remembers a segment that is about to be published. */
  remember(
    segment: number,
    holder: SegmentHolder,
    bytes: number,
    bytesAhead: number,
    nowMs: number,
  ): void {
    const own = segment - this.#first;
    this.#holders[own] = holder;
    this.#bytes[own] = bytes;
    this.#bytesAhead[own] = bytesAhead;
    this.#publishedAtMs[own] = nowMs;
  }

  /** A segment came back from its receiver. */
  giveBack(segment: number, nowMs: number): void {
    const own = segment - this.#first;
    const holder = this.#holders[own];
    invariant(holder, 'a segment came back that was not under way', { segment });
    this.#holders[own] = null;
    this.#free[this.#freeCount++] = segment;
    const underWayMs = nowMs - this.#publishedAtMs[own]!;
    holder.segmentReturned(this.#bytes[own]!, this.#bytesAhead[own]!, underWayMs);
  }
}
