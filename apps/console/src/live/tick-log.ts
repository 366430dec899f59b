/**
 * Whole ticks in time order, so that any kept moment can be shown again with all its figures.
 *
 * Invariants: times increase; `vertices × ticks` stays below the bound, so that a wide job is
 * remembered for a shorter time, and at least the newest tick is kept.
 */
import type { JobTick } from '@weir/console-protocol';
import { reachMs, SECOND_MS } from '../model/tick-step.ts';

export const VERTEX_TICKS_MAX = 100_000;

interface Entry {
  readonly tick: JobTick;
  readonly step: number;
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

  get first(): JobTick | null {
    return this.#entries[0]?.tick ?? null;
  }

  get last(): JobTick | null {
    return this.#entries.at(-1)?.tick ?? null;
  }

  /** @param step what the tick stands for, ms. */
  push(tick: JobTick, step = SECOND_MS): void {
    const last = this.last;
    if (last !== null && tick.t <= last.t) return;
    this.#entries.push({ tick, step });
    this.#weight += tick.vertices.length;
    // In large pieces, since taking one from the front moves all others.
    if (this.#weight > this.#limit * 1.1) this.#shorten();
  }

  /** The tick that speaks for `t`; null where none reaches it. */
  at(t: number): { readonly tick: JobTick; readonly step: number } | null {
    const entry = this.#entries[this.#after(t) - 1];
    if (entry === undefined) return null;
    const over = entry.tick.t === this.last?.t && isOver(entry.tick);
    return over || t - entry.tick.t < reachMs(entry.step) ? entry : null;
  }

  /** Ticks with from ≤ t ≤ to, oldest first. */
  range(from: number, to: number): JobTick[] {
    const end = this.#after(to);
    const found: JobTick[] = [];
    for (let i = this.#after(from - 1); i < end; i++) found.push(this.#entries[i]!.tick);
    return found;
  }

  /** The same with how long each speaks for the time after it, ms. */
  entries(from: number, to: number): { readonly tick: JobTick; readonly reach: number }[] {
    const found = this.#entries.slice(this.#after(from - 1), this.#after(to));
    return found.map(({ tick, step }) => ({ tick, reach: reachMs(step) }));
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
    if (this.at(t) !== null) return null;
    const next = this.#after(t);
    return {
      from: this.#entries[next - 1]?.tick.t ?? null,
      to: this.#entries[next]?.tick.t ?? null,
    };
  }

  /** Times without ticks within a range, oldest first. O(n). */
  gaps(from: number, to: number): { readonly from: number; readonly to: number }[] {
    const found: { from: number; to: number }[] = [];
    const end = this.#after(to);
    for (let i = Math.max(1, this.#after(from)); i < end; i++) {
      const { tick, step } = this.#entries[i - 1]!;
      const next = this.#entries[i]!.tick.t;
      if (next - tick.t > reachMs(step)) found.push({ from: tick.t + step, to: next });
    }
    return found;
  }

  /** The time of the tick before or after the one that is shown at `t`; null at the ends. */
  neighbour(t: number, steps: 1 | -1): number | null {
    const shown = this.#after(t) - 1;
    return this.#entries[shown + steps]?.tick.t ?? null;
  }

  /** Index of the first tick after `t`. O(log n). */
  #after(t: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#entries[middle]!.tick.t <= t) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #shorten(): void {
    let drop = 0;
    while (this.#weight > this.#limit && drop < this.#entries.length - 1) {
      this.#weight -= this.#entries[drop]!.tick.vertices.length;
      drop++;
    }
    this.#entries = this.#entries.slice(drop);
  }
}

const OVER = new Set(['FINISHED', 'CANCELED', 'FAILED']);

/** An ended job stays as it ended. */
function isOver({ state }: JobTick): boolean {
  return OVER.has(state);
}
