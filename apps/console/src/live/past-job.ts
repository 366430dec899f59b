/**
 * A job at a moment of its past: a store like the live one, cut from whatever knows the moment.
 *
 * That is the live store as far back as it remembers, so that scrubbing waits for nothing, and
 * blocks of the server's history before. Invariants: at most six blocks; a moment that nobody knows
 * yet keeps on screen what was shown before.
 */
import type { JobHistory } from '@weir/console-protocol';
import type { Moment } from '../model/moment.ts';
import { MINUTE_MS } from '../model/tick-step.ts';
import type { JobStore } from './job-store.ts';

export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

const BLOCKS_MAX = 6;
/** A block ends at a multiple of this and reaches back as far as charts do. */
const BLOCK_MS = 5 * MINUTE_MS;
const CHART_MS = 30 * MINUTE_MS;

interface Block extends TimeRange {
  readonly history: JobHistory;
  readonly store: JobStore;
}

export class PastJob {
  readonly store: JobStore;
  readonly #live: JobStore;
  readonly #newStore: () => JobStore;
  #blocks: readonly Block[] = [];

  /** @param newStore makes an empty store of the same job. */
  constructor(live: JobStore, newStore: () => JobStore) {
    this.#live = live;
    this.#newStore = newStore;
    this.store = newStore();
  }

  /** What of the server's history is needed to show a moment; null when it is known. */
  missing(moment: Moment): TimeRange | null {
    if (moment.kind === 'live') return null;
    const range = rangeOf(moment);
    return this.#knowsLive(range) ? null : blockOf(range);
  }

  /** Keeps a block that was read; the same one again changes nothing. */
  add(range: TimeRange, history: JobHistory): void {
    if (this.#blocks.some((block) => block.history === history)) return;
    const store = this.#newStore();
    const { topology, ticks, events, step, resolution } = history;
    const fineness = { step, relative: resolution?.relative ?? 0 };
    store.applySnapshot({ topology, history: ticks, events }, fineness);
    const others = this.#blocks.filter(({ from, to }) => from !== range.from || to !== range.to);
    this.#blocks = [{ ...range, history, store }, ...others].slice(0, BLOCKS_MAX);
  }

  /** Shows a moment, if somebody knows it; answers whether. */
  show(moment: Moment): boolean {
    if (moment.kind === 'live') return true;
    const range = rangeOf(moment);
    const source = this.#sourceOf(range);
    if (source === null) return false;
    this.store.showPast(source, range);
    return true;
  }

  #sourceOf(range: TimeRange): JobStore | null {
    if (this.#knowsLive(range)) return this.#live;
    const wanted = blockOf(range);
    const block = this.#blocks.find(({ from, to }) => from === wanted.from && to === wanted.to);
    return block?.store ?? null;
  }

  #knowsLive({ from, to }: TimeRange): boolean {
    const { ticks } = this.#live;
    return ticks.at(from) !== null && ticks.at(to) !== null;
  }
}

function rangeOf(moment: Exclude<Moment, { kind: 'live' }>): TimeRange {
  return moment.kind === 'instant' ? { from: moment.at, to: moment.at } : moment;
}

/** Ranges are read with some time before them; instants share the block they are in. */
function blockOf({ from, to }: TimeRange): TimeRange {
  if (from !== to) return { from: Math.max(0, Math.min(from, to - CHART_MS)), to: to + 1 };
  const end = (Math.floor(to / BLOCK_MS) + 1) * BLOCK_MS;
  return { from: end - CHART_MS, to: end };
}
