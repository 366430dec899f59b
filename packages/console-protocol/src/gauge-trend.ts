/**
 * Where a gauge such as a backlog is going. The monitor and the console read it in the same way, so
 * that a verdict and a figure beside it say the same.
 *
 * A gauge that has turned is read from its turn on: a burst that drains is not told as growing for
 * as long as its rise is remembered. A turn is where two straight lines fit so much better than one
 * that noise does not explain it (the statistic of Chow's test); of several the last one counts.
 */
export interface GaugePoint {
  /** Epoch ms, ascending. */
  readonly t: number;
  readonly size: number;
}

export interface GaugeSlope {
  readonly perSecond: number;
  /** Standard error of it. */
  readonly error: number;
}

/** Fewer points without a turn are not read. */
const POINTS_MIN = 8;
const BEFORE_TURN_MIN = 2;
const AFTER_TURN_MIN = 4;
const TURN_MIN = 12;
/** Few points fit two lines by chance. */
const TURN_MIN_OF_FEW = 60;
/** Of the mean: ups and downs below it are nobody's concern. */
const NOISE = 0.005;
/** Of the highest: so much in two steps is a turn that has not lasted long enough to be read. */
const TURNING_MIN = 0.03;

/** Growth since the last turn; null while too little is known, and while it is just turning. */
export function recentSlope(points: readonly GaugePoint[]): GaugeSlope | null {
  const from = lastTurn(points);
  const piece = from === 0 ? points : points.slice(from);
  if (from === 0 && piece.length < POINTS_MIN) return null;
  const slope = slopeOf(piece);
  return slope !== null && isTurning(piece, slope) ? null : slope;
}

/** Least squares over all points; null below three, or where all are of one moment. */
export function slopeOf(points: readonly GaugePoint[]): GaugeSlope | null {
  const n = points.length;
  if (n < 3) return null;
  const { slope, rest, tt } = new Sums(points).line(0, n);
  if (tt === 0) return null;
  return { perSecond: slope, error: Math.sqrt(Math.max(0, rest) / (n - 2) / tt) };
}

/** Position of the first point after the last turn; 0 = there is none. O(points × turns). */
export function lastTurn(points: readonly GaugePoint[]): number {
  if (points.length < BEFORE_TURN_MIN + AFTER_TURN_MIN) return 0;
  const sums = new Sums(points);
  let from = 0;
  for (let at = turnAfter(sums, 0); at !== null; at = turnAfter(sums, from)) from = at;
  return from;
}

function turnAfter(sums: Sums, from: number): number | null {
  const n = sums.length - from;
  const freedom = n - 4;
  if (n < BEFORE_TURN_MIN + AFTER_TURN_MIN) return null;
  let least = Number.POSITIVE_INFINITY;
  let found = from;
  for (let at = from + BEFORE_TURN_MIN; at <= sums.length - AFTER_TURN_MIN; at++) {
    const rest = sums.line(from, at).rest + sums.line(at, sums.length).rest;
    if (rest < least) [least, found] = [rest, at];
  }
  const { rest: whole, mean } = sums.line(from, sums.length);
  const within = least + n * (NOISE * mean) ** 2;
  if (!(within > 0)) return null;
  const gained = (whole - least) / 2 / (within / freedom);
  return gained > TURN_MIN + TURN_MIN_OF_FEW / freedom ? found : null;
}

/** Its last two steps both go the other way, and far. */
function isTurning(points: readonly GaugePoint[], { perSecond }: GaugeSlope): boolean {
  const [first, middle, last] = points.slice(-3).map(({ size }) => size * Math.sign(perSecond));
  if (first === undefined || middle === undefined || last === undefined) return false;
  const highest = Math.max(...points.map(({ size }) => Math.abs(size)));
  return middle < first && last < middle && first - last >= TURNING_MIN * highest;
}

/** Lines through any part of the points in constant time. */
class Sums {
  readonly length: number;
  readonly #sums: Float64Array;

  constructor(points: readonly GaugePoint[]) {
    const n = points.length;
    this.length = n;
    this.#sums = new Float64Array((n + 1) * PARTS);
    // From the first point on, so that nothing is lost of large numbers.
    const { t: t0 = 0, size: y0 = 0 } = points[0] ?? {};
    const sums = this.#sums;
    for (let i = 0, at = 0; i < n; i++, at += PARTS) {
      const { t, size } = points[i]!;
      const x = (t - t0) / 1000;
      const y = size - y0;
      sums[at + PARTS] = sums[at]! + x;
      sums[at + PARTS + 1] = sums[at + 1]! + y;
      sums[at + PARTS + 2] = sums[at + 2]! + x * x;
      sums[at + PARTS + 3] = sums[at + 3]! + x * y;
      sums[at + PARTS + 4] = sums[at + 4]! + y * y;
      sums[at + PARTS + 5] = sums[at + 5]! + size;
    }
  }

  /** Through the points from ≤ position < to; `rest` = what is left of their squares. */
  line(from: number, to: number) {
    const n = to - from;
    const sum = (part: number) => this.#sums[to * PARTS + part]! - this.#sums[from * PARTS + part]!;
    const [x, y] = [sum(0), sum(1)];
    const tt = sum(2) - (x * x) / n;
    const ty = sum(3) - (x * y) / n;
    const yy = sum(4) - (y * y) / n;
    const slope = tt > 0 ? ty / tt : 0;
    return { slope, rest: Math.max(0, yy - slope * ty), tt, mean: sum(5) / n };
  }
}

const PARTS = 6;
