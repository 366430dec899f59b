/** How an edge shows its throughput and its pressure. */
export const FULL_FROM = 0.8;

/** Line width in px for records per second, logarithmic. */
export function edgeWidth(recordsPerSecond: number | null): number {
  const rate = Math.max(0, recordsPerSecond ?? 0);
  return Math.round((1.2 + 1.25 * Math.log10(rate + 1)) * 10) / 10;
}

/** Seconds for a dash to go one period; null where nothing flows or the channel stands still. */
export function flowSeconds(recordsPerSecond: number | null, fill: number | null): number | null {
  if (recordsPerSecond === null || recordsPerSecond <= 0) return null;
  if (fill !== null && fill >= FULL_FROM) return null;
  const speed = Math.min(1, Math.log10(recordsPerSecond + 1) / 4);
  return Math.round((3 - 1.8 * speed) * 10) / 10;
}
