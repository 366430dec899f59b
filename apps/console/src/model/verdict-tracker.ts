/**
 * Follows a job's ticks: which operator limits it by the server's finding, since when, the spans of
 * the past, and where the backlog is going. Fed by the job store in time order; pure, bounded.
 */
import type { JobTick } from '@weir/console-protocol';

const TREND_MS = 30_000;
const SPANS_MAX = 200;

export type Trend = 'getting worse' | 'steady' | 'recovering';

export interface Bottleneck {
  readonly vertexId: string;
  /** Epoch ms of the first evidence. */
  readonly since: number;
  /** When it was last seen, once it is no more. */
  readonly until: number | null;
  readonly trend: Trend | null;
}

export interface VerdictSpan {
  readonly vertexId: string;
  readonly from: number;
  /** Null while it lasts. */
  readonly to: number | null;
}

export class VerdictTracker {
  #spoken: { readonly vertexId: string; readonly since: number } | null = null;
  #backlog: { readonly t: number; readonly size: number }[] = [];
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

  apply(tick: JobTick): void {
    const found = tick.bottleneck ?? null;
    this.#adopt(found, tick.t);
    this.#measure(tick);
    const spoken = this.#spoken;
    this.#current =
      spoken === null
        ? null
        : { ...spoken, until: found?.until ?? null, trend: trendOf(this.#backlog) };
  }

  /** The same past under another finding: that of a range, or none where nothing is known. */
  of(found: NonNullable<JobTick['bottleneck']> | null): VerdictTracker {
    const tracker = new VerdictTracker(this.#spans);
    if (found !== null) tracker.#current = { ...found, until: null, trend: null };
    return tracker;
  }

  #adopt(found: NonNullable<JobTick['bottleneck']> | null, t: number): void {
    const spoken = this.#spoken;
    if (spoken?.vertexId === found?.vertexId && spoken?.since === found?.since) return;
    if (spoken !== null) this.#close(found === null ? t : Math.max(spoken.since, found.since));
    this.#spoken = found;
    if (found !== null) this.#open(found.vertexId, found.since);
  }

  #open(vertexId: string, from: number): void {
    this.#spans = [...this.#spans, { vertexId, from, to: null }].slice(-SPANS_MAX);
  }

  #close(to: number): void {
    const last = this.#spans.at(-1);
    if (last === undefined || last.to !== null) return;
    this.#spans = [...this.#spans.slice(0, -1), { ...last, to }];
  }

  #measure(tick: JobTick): void {
    if (tick.pendingRecords === null) return;
    this.#backlog.push({ t: tick.t, size: tick.pendingRecords });
    while (this.#backlog.length > 0 && this.#backlog[0]!.t < tick.t - TREND_MS) {
      this.#backlog.shift();
    }
  }
}

/** Slope of the backlog against its own noise; null without enough of it. */
function trendOf(backlog: readonly { t: number; size: number }[]): Trend | null {
  const slope = slopePerSecond(backlog);
  if (slope === null) return null;
  if (Math.abs(slope.perSecond) <= 2 * slope.error) return 'steady';
  return slope.perSecond > 0 ? 'getting worse' : 'recovering';
}

/** Least-squares slope per second and its standard error; null below ten points. */
export function slopePerSecond(
  points: readonly { t: number; size: number }[],
): { perSecond: number; error: number } | null {
  const n = points.length;
  if (n < 10) return null;
  const meanT = points.reduce((sum, point) => sum + point.t, 0) / n;
  const meanY = points.reduce((sum, point) => sum + point.size, 0) / n;
  let tt = 0;
  let ty = 0;
  for (const { t, size } of points) {
    tt += (t - meanT) ** 2;
    ty += (t - meanT) * (size - meanY);
  }
  if (tt === 0) return null;
  const slope = ty / tt;
  let rest = 0;
  for (const { t, size } of points) rest += (size - meanY - slope * (t - meanT)) ** 2;
  return { perSecond: slope * 1000, error: Math.sqrt(rest / (n - 2) / tt) * 1000 };
}
