/** The time axis of the strip below a job: at most half an hour that ends now. */
const STRIP_MS = 30 * 60_000;
const SHORTEST_MS = 3 * 60_000;
const STEPS_MS = [30_000, 60_000, 120_000, 300_000];
const TICKS_MAX = 7;

export interface TimelineScale {
  readonly from: number;
  readonly to: number;
  /** x of a moment, kept within the axis. */
  x(t: number): number;
  readonly ticks: readonly number[];
  /** Between two ticks, ms. */
  readonly step: number;
}

/** `first`: since when there is something to show. */
export function timelineScale(
  now: number,
  first: number,
  left: number,
  right: number,
): TimelineScale {
  const span = Math.min(STRIP_MS, Math.max(SHORTEST_MS, now - first));
  const from = now - span;
  const step = STEPS_MS.find((candidate) => span / candidate <= TICKS_MAX) ?? 300_000;
  const ticks: number[] = [];
  for (let t = Math.ceil(from / step) * step; t <= now; t += step) ticks.push(t);
  return {
    from,
    to: now,
    ticks,
    step,
    x: (t) => {
      const ratio = Math.min(1, Math.max(0, (t - from) / span));
      return Math.round((left + ratio * (right - left)) * 10) / 10;
    },
  };
}
