/**
 * The axis of what was sampled: time in which nobody looked takes no room but a gap of its own, so
 * that a minute is as wide however long ago the one before it was.
 */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly x: number;
  readonly width: number;
}

export interface StripAxis {
  /** Oldest first, apart by `GAP_PX`. */
  readonly stretches: readonly Stretch[];
  /** Of a moment between two stretches: the nearer end of the gap. */
  readonly x: (t: number) => number;
  readonly t: (x: number) => number;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

const GAP_PX = 14;
/** Shorter pauses are drawn as they are. */
const GAP_FROM_MS = 30_000;
/** Less than this is not stretched over the whole width. */
const SPAN_MS_MIN = 120_000;
const STRETCHES_MAX = 12;

/** `spans` oldest first, epoch ms. Of very many stretches the newest are kept. */
export function stripAxis(spans: readonly Span[], width: number): StripAxis {
  const joined = joinedSpans(spans).slice(-STRETCHES_MAX);
  const sampled = joined.reduce((sum, { from, to }) => sum + to - from, 0);
  const room = Math.max(1, width - GAP_PX * Math.max(0, joined.length - 1));
  const scale = room / Math.max(SPAN_MS_MIN, sampled);
  // What is little stands at the right: new comes there.
  let x = room - sampled * scale;
  const stretches = joined.map(({ from, to }): Stretch => {
    const stretch = { from, to, x, width: (to - from) * scale };
    x += stretch.width + GAP_PX;
    return stretch;
  });
  const xOf = (t: number) => {
    const at = stretches.findLast(({ from }) => from <= t) ?? stretches[0];
    return at === undefined ? 0 : at.x + Math.min(at.width, Math.max(0, (t - at.from) * scale));
  };
  const tOf = (place: number) => {
    const at = stretches.findLast((one) => one.x <= place) ?? stretches[0];
    return at === undefined
      ? 0
      : Math.min(at.to, Math.max(at.from, at.from + (place - at.x) / scale));
  };
  return { stretches, x: xOf, t: tOf };
}

function joinedSpans(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const { from, to } of spans) {
    const last = joined.at(-1);
    if (last !== undefined && from - last.to < GAP_FROM_MS) {
      joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    } else joined.push({ from, to });
  }
  return joined;
}
