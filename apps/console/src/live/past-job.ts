/**
 * A job at a moment of its past: a store like the live one, cut from whatever knows the moment.
 *
 * That is the live store as far back as it remembers, so that scrubbing waits for nothing, and
 * blocks of the server's history before. Invariants: at most six blocks; a moment that nobody knows
 * yet keeps on screen what was shown before.
 */
import type { JobHistory } from '@weir/console-protocol';
import type { Moment } from '../model/time/moment.ts';
import { MINUTE_MS, SECOND_MS } from '../model/time/tick-step.ts';
import type { JobStore } from './job-store.ts';
import { RING_LIMIT } from './series-ring.ts';

export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

const BLOCKS_MAX = 6;
/** What charts show, if a block of it is not too large: as a snapshot, it is bounded. */
const CHART_MS = 30 * MINUTE_MS;
const BLOCK_MS_MIN = MINUTE_MS;
const BLOCK_VERTEX_TICKS = 9000;
/** Blocks begin at multiples of this part of them, so that each has some time before a moment. */
const BLOCK_PARTS = 6;

interface Block extends TimeRange {
  readonly history: JobHistory;
  readonly store: JobStore;
}

export class PastJob {
  readonly store: JobStore;
  readonly #live: JobStore;
  readonly #newStore: (rows: number) => JobStore;
  #blocks: readonly Block[] = [];

  /** @param newStore makes an empty store of the same job, with room for so many ticks. */
  constructor(live: JobStore, newStore: (rows: number) => JobStore) {
    this.#live = live;
    this.#newStore = newStore;
    this.store = newStore(RING_LIMIT);
  }

  /** What of the server's history is needed to show a moment; null when it is known. */
  missing(moment: Moment): TimeRange | null {
    if (moment.kind === 'live') return null;
    const range = rangeOf(moment);
    return this.#knowsLive(range) ? null : this.#blockOf(range);
  }

  /** Keeps a block that was read; the same one again changes nothing. */
  add(range: TimeRange, history: JobHistory): void {
    if (this.#blocks.some((block) => block.history === history)) return;
    // A gap takes a row as well.
    const store = this.#newStore(Math.max(RING_LIMIT, 2 * history.ticks.length));
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

  /** Whether the moment is what the store shows. */
  shows(moment: Moment): boolean {
    if (moment.kind === 'live') return false;
    const { from, to } = rangeOf(moment);
    return this.store.past?.from === from && this.store.past.to === to;
  }

  #sourceOf(range: TimeRange): JobStore | null {
    if (this.#knowsLive(range)) return this.#live;
    const wanted = this.#blockOf(range);
    const block = this.#blocks.find(({ from, to }) => from === wanted.from && to === wanted.to);
    return block?.store ?? null;
  }

  #blockOf(range: TimeRange): TimeRange {
    return blockOf(range, this.#live.topology?.vertices.length ?? 1);
  }

  #knowsLive({ from, to }: TimeRange): boolean {
    const { ticks } = this.#live;
    return ticks.reaches(from) && ticks.reaches(to);
  }
}

function rangeOf(moment: Exclude<Moment, { kind: 'live' }>): TimeRange {
  return moment.kind === 'instant' ? { from: moment.at, to: moment.at } : moment;
}

/** Ranges are read with some time before them; instants share the block they are in. */
function blockOf({ from, to }: TimeRange, vertices: number): TimeRange {
  if (from !== to) return { from: Math.max(0, Math.min(from, to - CHART_MS)), to: to + 1 };
  const ticks = Math.floor(BLOCK_VERTEX_TICKS / Math.max(1, vertices));
  const length = Math.min(CHART_MS, Math.max(BLOCK_MS_MIN, ticks * SECOND_MS));
  const part = Math.floor(length / BLOCK_PARTS);
  const end = (Math.floor(to / part) + 1) * part;
  return { from: Math.max(0, end - part * BLOCK_PARTS), to: end };
}
