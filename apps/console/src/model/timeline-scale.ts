/** The time axis of the strip below a job: half an hour that ends now. */
export const STRIP_MS = 30 * 60_000;
const TICK_MS = 5 * 60_000;

export interface TimelineScale {
  readonly from: number;
  readonly to: number;
  /** x of a moment, kept within the axis. */
  x(t: number): number;
  readonly ticks: readonly number[];
}

export function timelineScale(now: number, left: number, right: number): TimelineScale {
  const from = now - STRIP_MS;
  const ticks: number[] = [];
  for (let t = Math.ceil(from / TICK_MS) * TICK_MS; t <= now; t += TICK_MS) ticks.push(t);
  return {
    from,
    to: now,
    ticks,
    x: (t) => {
      const ratio = Math.min(1, Math.max(0, (t - from) / STRIP_MS));
      return Math.round((left + ratio * (right - left)) * 10) / 10;
    },
  };
}
