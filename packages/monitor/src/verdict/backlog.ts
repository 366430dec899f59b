/**
 * Where a backlog goes: its slope since its last turn, half a minute at most, against its own noise;
 * and whether it is a burst that drains by itself.
 */
import {
  type GaugePoint,
  type GaugeSlope,
  recentSlope,
  slopeOf,
  type VerdictTrend,
} from '@weir/console-protocol';

const TREND_MS = 30_000;
const POINTS_MIN = 8;
/** Standard errors that a slope has to be away from zero. */
const ERRORS_MIN = 2;
/** Change over the whole time, of the mean, below which nobody would speak of a trend. */
const CHANGE_MIN = 0.02;
/** How far a burst must have shrunk from its peak to be believed that it goes on. */
const SHRUNK_MIN = 0.05;

export class Backlog {
  #points: GaugePoint[] = [];

  get size(): number | null {
    return this.#points.at(-1)?.size ?? null;
  }

  add(t: number, size: number | null): void {
    if (size === null) {
      this.#points = [];
      return;
    }
    this.#points.push({ t, size });
    while (this.#points[0]!.t < t - TREND_MS) this.#points.shift();
  }

  clear(): void {
    this.#points = [];
  }

  /** Growth since the last turn; null as long as too little is known. */
  get slope(): GaugeSlope | null {
    return recentSlope(this.#points);
  }

  get trend(): VerdictTrend | null {
    return this.#trendOf(this.slope);
  }

  /** Over the whole half minute: ups and downs in between do not end it. */
  get hasBeenGrowing(): boolean {
    const enough = this.#points.length >= POINTS_MIN;
    return enough && this.#trendOf(slopeOf(this.#points)) === 'worse';
  }

  /** Until nothing is left, if it goes on to shrink as it does; null = it does not. */
  get drainMs(): number | null {
    const { slope, size } = this;
    if (slope === null || size === null || this.#trendOf(slope) !== 'recovering') return null;
    return (size / -slope.perSecond) * 1000;
  }

  /** Something waits, and over the last `overMs` it became hardly less. */
  holdsOut(overMs: number): boolean {
    const last = this.#points.at(-1);
    const before = this.#points.find(({ t }) => t >= (last?.t ?? 0) - overMs);
    if (last === undefined || before === undefined || before === last) return false;
    return last.size > 0 && last.size >= before.size * (1 - SHRUNK_MIN);
  }

  /**
   * Time until a burst has drained, by how it shrank from its highest since `since`; null while it
   * does not shrink.
   */
  burstDrainMs(since: number): number | null {
    const points = this.#points.filter(({ t }) => t >= since);
    const last = points.at(-1);
    if (last === undefined) return null;
    let peak = points[0]!;
    for (const point of points) if (point.size >= peak.size) peak = point;
    const shrunk = peak.size - last.size;
    if (shrunk <= 0 || shrunk < SHRUNK_MIN * peak.size) return null;
    return (last.size * (last.t - peak.t)) / shrunk;
  }

  #trendOf(slope: GaugeSlope | null): VerdictTrend | null {
    if (slope === null) return null;
    const mean = this.#points.reduce((sum, { size }) => sum + size, 0) / this.#points.length;
    const seconds = (this.#points.at(-1)!.t - this.#points[0]!.t) / 1000;
    const { perSecond, error } = slope;
    const small = Math.abs(perSecond) * seconds < CHANGE_MIN * mean;
    if (small || Math.abs(perSecond) <= ERRORS_MIN * error) return 'steady';
    return perSecond > 0 ? 'worse' : 'recovering';
  }
}
