/** The time axis of the timeline: which range it shows, and where a moment stands in it. */
import type { Moment } from '../time/moment.ts';

export const SPANS = {
  '10 min': 600_000,
  '30 min': 1_800_000,
  '3 h': 10_800_000,
  '12 h': 43_200_000,
  '7 d': 604_800_000,
} as const;
export type SpanName = keyof typeof SPANS;
export const SPAN_NAMES = Object.keys(SPANS) as readonly SpanName[];
export const SPAN_DEFAULT: SpanName = '30 min';

export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

const SHORTEST_MS = 60_000;
const STEPS_MS = [
  10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000,
  43_200_000, 86_400_000,
];
const TICKS_MAX = 7;

/**
 * What the axis shows: the range itself, or the last `spanMs` before the job's end or now. An
 * instant outside of that is put into the middle. A job younger than the span fills the axis.
 */
export function timelineRange(
  moment: Moment,
  spanMs: number,
  started: number,
  end: number,
): TimeRange {
  if (moment.kind === 'range') return { from: moment.from, to: moment.to };
  const lived = Math.max(SHORTEST_MS, (end - started) * 1.04);
  const span = Math.min(spanMs, lived);
  const to = end + Math.min(span, end - started) * 0.01;
  const from = to - span;
  if (moment.kind === 'live' || (moment.at >= from && moment.at <= to)) return { from, to };
  return { from: moment.at - span / 2, to: moment.at + span / 2 };
}

export interface TimeAxis extends TimeRange {
  /** Pixels; kept within the axis. */
  x(t: number): number;
  t(x: number): number;
  readonly ticks: readonly number[];
  /** Between two ticks, ms. */
  readonly step: number;
  readonly left: number;
  readonly right: number;
}

export function timeAxis({ from, to }: TimeRange, left: number, right: number): TimeAxis {
  const span = Math.max(1, to - from);
  const step = STEPS_MS.find((candidate) => span / candidate <= TICKS_MAX) ?? STEPS_MS.at(-1)!;
  const ticks: number[] = [];
  for (let t = Math.ceil(from / step) * step; t <= to; t += step) ticks.push(t);
  const width = Math.max(1, right - left);
  const within = (share: number) => Math.min(1, Math.max(0, share));
  return {
    from,
    to,
    ticks,
    step,
    left,
    right,
    x: (t) => Math.round((left + within((t - from) / span) * width) * 10) / 10,
    t: (x) => Math.round(from + within((x - left) / width) * span),
  };
}
