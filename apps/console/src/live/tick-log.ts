/**
 * Whole ticks in time order, so that any kept moment can be shown again with all its figures.
 *
 * Invariants: times increase; `vertices × ticks` stays below the bound, so that a wide job is
 * remembered for a shorter time, and at least the newest tick is kept.
 *
 * A tick that came packed stays so until it is asked for: as objects, thousands of numbers a second
 * would be moved from one generation of the heap to the next.
 */
import { type JobTick, type PackedTick, readTick } from '@weir/console-protocol';
import { reachMs, SECOND_MS } from '../model/time/tick-step.ts';

export const VERTEX_TICKS_MAX = 100_000;

/** What of a tick is known without reading it as a whole. */
export type TickHead = Pick<JobTick, 't' | 'state' | 'bottleneck'>;

interface Entry {
  readonly head: TickHead;
  readonly step: number;
  readonly vertices: number;
  readonly whole: JobTick | PackedTick;
}

/** A time of which nothing is known; null = without an end on that side. */
export interface Gap {
  readonly from: number | null;
  readonly to: number | null;
}

export class TickLog {
  readonly #limit: number;
  #entries: Entry[] = [];
  #weight = 0;

  constructor(limit = VERTEX_TICKS_MAX) {
    this.#limit = limit;
  }

  get first(): TickHead | null {
    return this.#entries[0]?.head ?? null;
  }

  get last(): TickHead | null {
    return this.#entries.at(-1)?.head ?? null;
  }

  /** @param step what the tick stands for, ms. @param packed the same tick, if it came so. */
  push(tick: JobTick, step = SECOND_MS, packed: PackedTick | null = null): void {
    const last = this.last;
    if (last !== null && tick.t <= last.t) return;
    const { t, state, bottleneck } = tick;
    const vertices = packed?.shape.vertexIds.length ?? tick.vertices.length;
    this.#entries.push({ head: { t, state, bottleneck }, step, vertices, whole: packed ?? tick });
    this.#weight += vertices;
    // In large pieces, since taking one from the front moves all others.
    if (this.#weight > this.#limit * 1.1) this.#shorten();
  }

  /** The tick that speaks for `t`; null where none reaches it. */
  at(t: number): { readonly tick: JobTick; readonly step: number } | null {
    const entry = this.#speaking(t);
    if (entry === null) return null;
    return { tick: wholeOf(entry), step: entry.step };
  }

  /** Whether a tick speaks for `t`. */
  reaches(t: number): boolean {
    return this.#speaking(t) !== null;
  }

  /** Ticks with from ≤ t ≤ to, oldest first. */
  range(from: number, to: number): JobTick[] {
    const end = this.#after(to);
    const found: JobTick[] = [];
    for (let i = this.#after(from - 1); i < end; i++) found.push(wholeOf(this.#entries[i]!));
    return found;
  }

  /** The same without numbers, and with how long each speaks for the time after it, ms. */
  heads(from: number, to: number): { readonly tick: TickHead; readonly reach: number }[] {
    const found = this.#entries.slice(this.#after(from - 1), this.#after(to));
    return found.map(({ head, step }) => ({ tick: head, reach: reachMs(step) }));
  }

  /** The coarsest resolution within a range, ms; null without a tick. */
  step(from: number, to: number): number | null {
    const end = this.#after(to);
    let step: number | null = null;
    for (let i = Math.max(0, this.#after(from) - 1); i < end; i++) {
      step = Math.max(step ?? 0, this.#entries[i]!.step);
    }
    return step;
  }

  /** The time without ticks around `t`; null where a tick reaches it. */
  gap(t: number): Gap | null {
    if (this.reaches(t)) return null;
    const next = this.#after(t);
    return {
      from: this.#entries[next - 1]?.head.t ?? null,
      to: this.#entries[next]?.head.t ?? null,
    };
  }

  /** Times without ticks within a range, oldest first. O(n). */
  gaps(from: number, to: number): { readonly from: number; readonly to: number }[] {
    const found: { from: number; to: number }[] = [];
    const end = this.#after(to);
    for (let i = Math.max(1, this.#after(from)); i < end; i++) {
      const { head, step } = this.#entries[i - 1]!;
      const next = this.#entries[i]!.head.t;
      if (next - head.t > reachMs(step)) found.push({ from: head.t + step, to: next });
    }
    return found;
  }

  /** The time of the tick before or after the one that is shown at `t`; null at the ends. */
  neighbour(t: number, steps: 1 | -1): number | null {
    const shown = this.#after(t) - 1;
    return this.#entries[shown + steps]?.head.t ?? null;
  }

  #speaking(t: number): Entry | null {
    const entry = this.#entries[this.#after(t) - 1];
    if (entry === undefined) return null;
    const over = entry.head.t === this.last?.t && isOver(entry.head);
    return over || t - entry.head.t < reachMs(entry.step) ? entry : null;
  }

  /** Index of the first tick after `t`. O(log n). */
  #after(t: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#entries[middle]!.head.t <= t) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #shorten(): void {
    let drop = 0;
    while (this.#weight > this.#limit && drop < this.#entries.length - 1) {
      this.#weight -= this.#entries[drop]!.vertices;
      drop++;
    }
    this.#entries = this.#entries.slice(drop);
  }
}

const OVER = new Set(['FINISHED', 'CANCELED', 'FAILED']);

/** An ended job stays as it ended. */
function isOver({ state }: TickHead): boolean {
  return OVER.has(state);
}

function wholeOf({ whole }: Entry): JobTick {
  return 'shape' in whole ? readTick(whole) : whole;
}
