/** Where a series of figures is going. */

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
