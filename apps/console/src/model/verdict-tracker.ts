/**
 * Follows a job's ticks and says which operator limits it, since when and where it is going.
 *
 * The server's own finding is taken as it is. Without one, hysteresis: a verdict is spoken after
 * 5 s of evidence and ends after 10 s without; it begins at its first second of evidence. Fed by
 * the job store in time order; pure, bounded.
 */
import type { JobTick, JobTopology } from '@weir/console-protocol';
import { limitingVertex } from './limiting-vertex.ts';

const BEGIN_AFTER_MS = 5000;
const END_AFTER_MS = 10_000;
const TREND_MS = 30_000;
const SPANS_MAX = 200;

export type Trend = 'getting worse' | 'steady' | 'recovering';

export interface Bottleneck {
  readonly vertexId: string;
  /** Epoch ms of the first evidence. */
  readonly since: number;
  readonly trend: Trend | null;
}

export interface VerdictSpan {
  readonly vertexId: string;
  readonly from: number;
  /** Null while it lasts. */
  readonly to: number | null;
}

interface Evidence {
  readonly vertexId: string;
  readonly first: number;
  last: number;
}

export class VerdictTracker {
  #candidate: Evidence | null = null;
  #spoken: Evidence | null = null;
  #backlog: { readonly t: number; readonly size: number }[] = [];
  #spans: readonly VerdictSpan[] = [];
  #current: Bottleneck | null = null;

  get current(): Bottleneck | null {
    return this.#current;
  }

  /** Past and present verdicts, oldest first, at most 200. */
  get spans(): readonly VerdictSpan[] {
    return this.#spans;
  }

  apply(topology: JobTopology, tick: JobTick): void {
    const { t } = tick;
    if (tick.bottleneck !== undefined) this.#adopt(tick.bottleneck, t);
    else {
      this.#follow(tick.state === 'RUNNING' ? limitingVertex(topology, tick) : null, t);
      this.#speak(t);
    }
    this.#measure(tick);
    const spoken = this.#spoken;
    this.#current =
      spoken === null
        ? null
        : { vertexId: spoken.vertexId, since: spoken.first, trend: trendOf(this.#backlog) };
  }

  /** What the server found; its hysteresis is its own. */
  #adopt(found: JobTick['bottleneck'], t: number): void {
    const next = found ?? null;
    const spoken = this.#spoken;
    if (spoken !== null && spoken.vertexId === next?.vertexId && spoken.first === next.since) {
      spoken.last = t;
      return;
    }
    if (spoken !== null) this.#close(next === null ? t : Math.max(spoken.first, next.since));
    this.#spoken = null;
    if (next === null) return;
    this.#spoken = { vertexId: next.vertexId, first: next.since, last: t };
    this.#open(next.vertexId, next.since);
  }

  #follow(limiting: string | null, t: number): void {
    if (limiting !== null && limiting === this.#spoken?.vertexId) this.#spoken.last = t;
    if (limiting === null || limiting === this.#spoken?.vertexId) {
      const candidate = this.#candidate;
      if (candidate !== null && t - candidate.last > END_AFTER_MS) this.#candidate = null;
      return;
    }
    if (this.#candidate?.vertexId === limiting) this.#candidate.last = t;
    else this.#candidate = { vertexId: limiting, first: t, last: t };
  }

  #speak(t: number): void {
    const spoken = this.#spoken;
    if (spoken !== null && t - spoken.last >= END_AFTER_MS) {
      this.#close(spoken.last);
      this.#spoken = null;
    }
    const candidate = this.#candidate;
    if (candidate === null || candidate.last - candidate.first < BEGIN_AFTER_MS) return;
    if (this.#spoken !== null) this.#close(candidate.first);
    this.#spoken = candidate;
    this.#candidate = null;
    this.#open(candidate.vertexId, candidate.first);
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
