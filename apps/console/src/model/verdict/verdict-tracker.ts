/**
 * Follows a job's ticks: which operator limits it by the server's finding, and the spans of the
 * past. Fed by the job store in time order; pure, bounded.
 */
import type { Bottleneck as Found, JobTick, VerdictTrend } from '@weir/console-protocol';

const SPANS_MAX = 200;

/** A finding in which nothing is left open. */
export interface Bottleneck extends Found {
  readonly until: number | null;
  readonly trend: VerdictTrend | null;
}

export interface VerdictSpan {
  readonly vertexId: string;
  readonly from: number;
  /** When its evidence ended; null while it lasts. */
  readonly to: number | null;
}

export class VerdictTracker {
  #spoken: { readonly vertexId: string; readonly since: number } | null = null;
  #spans: readonly VerdictSpan[];
  #current: Bottleneck | null = null;

  /** @param before spans that are over, from before the first tick. */
  constructor(before: readonly VerdictSpan[] = []) {
    this.#spans = before;
  }

  get current(): Bottleneck | null {
    return this.#current;
  }

  /** Past and present verdicts, oldest first, at most 200. */
  get spans(): readonly VerdictSpan[] {
    return this.#spans;
  }

  apply(tick: Pick<JobTick, 't' | 'bottleneck'>): void {
    const found = tick.bottleneck ?? null;
    this.#adopt(found, tick.t);
    this.#current = found === null ? null : complete(found);
  }

  /** The same past under another finding: that of a range, or none where nothing is known. */
  of(found: Found | null): VerdictTracker {
    const tracker = new VerdictTracker(this.#spans);
    if (found !== null) tracker.#current = { ...complete(found), until: null, trend: null };
    return tracker;
  }

  #adopt(found: Found | null, t: number): void {
    const spoken = this.#spoken;
    if (spoken?.vertexId === found?.vertexId && spoken?.since === found?.since) {
      if (found !== null) this.#end(found.until ?? null);
      return;
    }
    if (spoken !== null) this.#close(found === null ? t : Math.max(spoken.since, found.since));
    this.#spoken = found;
    if (found !== null) this.#open(found);
  }

  #open({ vertexId, since, until = null }: Found): void {
    const last = this.#spans.at(-1);
    // Told of before the first tick, and still told of by it.
    const known = last?.vertexId === vertexId && last.from === since;
    const before = known ? this.#spans.slice(0, -1) : this.#spans;
    this.#spans = [...before, { vertexId, from: since, to: until }].slice(-SPANS_MAX);
  }

  #close(to: number): void {
    if (this.#spans.at(-1)?.to === null) this.#end(to);
  }

  /** Also takes an end back: its evidence came again before the finding was dropped. */
  #end(to: number | null): void {
    const last = this.#spans.at(-1);
    if (last === undefined || last.to === to) return;
    this.#spans = [...this.#spans.slice(0, -1), { ...last, to }];
  }
}

function complete(found: Found): Bottleneck {
  const { until = null, trend = null } = found;
  return { ...found, until, trend };
}
