/**
 * The inputs of an async operator between call and emission, with the watermarks among them.
 * Semantics of Flink's OrderedStreamElementQueue and UnorderedStreamElementQueue.
 *
 * Invariants
 * - ordered: results leave in the order of their inputs;
 * - unordered: results leave as they come, but never across a watermark;
 * - a watermark leaves after every result whose input came before it;
 * - consecutive controls collapse, so that the queue is bounded by the operator's capacity.
 */
import type { EventTimeMs } from '@weir/core';

export interface AsyncEntry {
  readonly row: unknown;
  readonly timestampMs: EventTimeMs;
  /** Monotonic. */
  readonly startedAtMs: number;
  answered: boolean;
  result: unknown;
}

export interface AsyncControl {
  watermarkMs: EventTimeMs | null;
  idle: boolean | null;
}

interface Segment {
  /** Not emitted yet, in the order of arrival. */
  readonly entries: Set<AsyncEntry>;
  /** Answered, in the order of emission. */
  readonly answered: AsyncEntry[];
  /** What follows the segment's results; null in the last segment. */
  control: AsyncControl | null;
}

export class AsyncQueue {
  readonly #ordered: boolean;
  readonly #segments: Segment[] = [newSegment()];
  #size = 0;

  constructor(mode: 'ordered' | 'unordered') {
    this.#ordered = mode === 'ordered';
  }

  /** Inputs called and not emitted. */
  get size(): number {
    return this.#size;
  }

  get isEmpty(): boolean {
    return this.#size === 0 && this.#segments.length === 1;
  }

  add(entry: AsyncEntry): void {
    this.#segments.at(-1)!.entries.add(entry);
    this.#size++;
  }

  addWatermark(watermarkMs: EventTimeMs): void {
    this.#control().watermarkMs = watermarkMs;
  }

  addStatus(idle: boolean): void {
    this.#control().idle = idle;
  }

  /** The entry's call was answered. */
  answered(entry: AsyncEntry): void {
    if (this.#ordered) return;
    for (const segment of this.#segments) {
      if (!segment.entries.has(entry)) continue;
      segment.answered.push(entry);
      return;
    }
  }

  /** The next thing that may leave, removed; null when the next call has no answer yet. */
  take(): AsyncEntry | AsyncControl | null {
    const segment = this.#segments[0]!;
    if (segment.entries.size > 0) return this.#takeEntry(segment);
    if (segment.control === null) return null;
    this.#segments.shift();
    return segment.control;
  }

  /** The call that waits longest, null if none. O(answered but not emitted). */
  oldestPending(): AsyncEntry | null {
    for (const segment of this.#segments) {
      for (const entry of segment.entries) if (!entry.answered) return entry;
    }
    return null;
  }

  /** Everything called and not emitted, and what stands between, in the order of arrival. */
  *elements(): Iterable<AsyncEntry | AsyncControl> {
    for (const { entries, control } of this.#segments) {
      yield* entries;
      if (control !== null) yield control;
    }
  }

  #takeEntry(segment: Segment): AsyncEntry | null {
    const entry = this.#ordered ? firstOf(segment.entries) : segment.answered.shift();
    if (entry === undefined || !entry.answered) return null;
    segment.entries.delete(entry);
    this.#size--;
    return entry;
  }

  /** The control behind all inputs so far. */
  #control(): AsyncControl {
    const last = this.#segments.at(-1)!;
    const before = this.#segments.at(-2);
    if (last.entries.size === 0 && before !== undefined) return before.control!;
    last.control = { watermarkMs: null, idle: null };
    this.#segments.push(newSegment());
    return last.control;
  }
}

export function isControl(taken: object): taken is AsyncControl {
  return 'watermarkMs' in taken;
}

function newSegment(): Segment {
  return { entries: new Set(), answered: [], control: null };
}

function firstOf(entries: Set<AsyncEntry>): AsyncEntry | undefined {
  for (const entry of entries) return entry;
  return undefined;
}
