/** Where a value axis ends, so that its gridlines fall on numbers people read. */
export type ChartUnit = 'plain' | 'bytes' | 'duration';

const FACTORS = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];
const S = 1000;
const M = 60 * S;
const H = 60 * M;
/** Twice a readable time, because the middle line is labelled too. */
const DURATIONS = [
  ...[2, 4, 10, 20, 40, 100, 200, 400].map((ms) => ms),
  ...[1, 2, 4, 6, 8, 10, 20, 30, 40].map((s) => s * S),
  ...[1, 2, 4, 6, 10, 20, 30, 40].map((m) => m * M),
  ...[1, 2, 4, 6, 12, 24, 48, 96].map((h) => h * H),
];

/** The smallest readable end that holds `most`. */
export function scaleTop(most: number, unit: ChartUnit): number {
  if (!Number.isFinite(most) || most <= 0) return 1;
  if (unit === 'duration') return DURATIONS.find((end) => end >= most) ?? most;
  const base = unit === 'bytes' ? 1024 ** Math.max(0, Math.floor(Math.log2(most) / 10)) : 1;
  const scaled = most / base;
  const step = 10 ** Math.floor(Math.log10(scaled));
  const factor = FACTORS.find((candidate) => candidate * step >= scaled) ?? 10;
  return factor * step * base;
}

/** `4.0 s` as `4 s`: on an axis a zero behind the point says nothing. */
export function axisText(text: string): string {
  return text.replace(/\.0(?=\u202f|$)/, '');
}
