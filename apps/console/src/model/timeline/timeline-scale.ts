/** A time axis: where a moment lies, which moment lies where, and round times to label. */
const SHORTEST_MS = 3 * 60_000;
const STEPS_MS = [
  30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000,
  43_200_000, 86_400_000, 172_800_000, 432_000_000,
];
const TICKS_MAX = 7;

export interface TimelineScale {
  readonly from: number;
  readonly to: number;
  /** x of a moment, kept within the axis. */
  x(t: number): number;
  /** The moment at x, kept within the axis. */
  t(x: number): number;
  readonly ticks: readonly number[];
  /** Between two ticks, ms. */
  readonly step: number;
}

/** From `first`, or from a little before so that the axis is not too short, to `last`. */
export function timelineScale(
  last: number,
  first: number,
  left: number,
  right: number,
): TimelineScale {
  const span = Math.max(SHORTEST_MS, last - first);
  const from = last - span;
  const step = STEPS_MS.find((candidate) => span / candidate <= TICKS_MAX) ?? 864_000_000;
  const ticks: number[] = [];
  for (let t = Math.ceil(from / step) * step; t <= last; t += step) ticks.push(t);
  return {
    from,
    to: last,
    ticks,
    step,
    x: (t) => {
      const ratio = Math.min(1, Math.max(0, (t - from) / span));
      return Math.round((left + ratio * (right - left)) * 10) / 10;
    },
    t: (x) => Math.round(from + Math.min(1, Math.max(0, (x - left) / (right - left))) * span),
  };
}
