/** From the count of late records since the start to how many there are a minute. */
import type { SparkPoint } from '../figures/sparkline-path.ts';

export interface LateRates {
  /** Per second. */
  readonly points: readonly SparkPoint[];
  /** Over the last minute. */
  readonly perMinute: number;
}

const MINUTE_MS = 60_000;

/** `counts` only grow, except where an attempt begins again at 0; unknown is NaN. */
export function lateRates(counts: readonly SparkPoint[]): LateRates {
  const points: SparkPoint[] = [];
  let before: SparkPoint | null = null;
  let perMinute = 0;
  const from = (counts.at(-1)?.t ?? 0) - MINUTE_MS;
  for (const point of counts) {
    if (Number.isNaN(point.value)) {
      points.push(point);
      before = null;
      continue;
    }
    if (before !== null) {
      const grown = point.value < before.value ? point.value : point.value - before.value;
      points.push({ t: point.t, value: (grown / Math.max(1, point.t - before.t)) * 1000 });
      if (before.t >= from) perMinute += grown;
    }
    before = point;
  }
  return { points, perMinute };
}
