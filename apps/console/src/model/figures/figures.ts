/**
 * Numbers as the console writes them: three significant figures, the unit after a narrow no-break
 * space, true minus, `—` for what is missing. A figure is pairs of value and unit, so that a view
 * can set the unit smaller.
 */
export interface FigurePart {
  readonly value: string;
  readonly unit: string;
}

export type Figure = readonly FigurePart[];

const NARROW = '\u202f';
const NO_BREAK = '\u00a0';
const MISSING: Figure = [{ value: '—', unit: '' }];

const COUNT_UNITS = ['', 'k', 'M', 'G', 'T'];
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** A count or a rate; `unit` follows the magnitude (`12.9 k rec/s`). */
export function countFigure(value: number | null, unit = ''): Figure {
  if (value === null || !Number.isFinite(value)) return MISSING;
  const { text, step } = scaled(Math.abs(value), 1000, COUNT_UNITS.length);
  const magnitude = COUNT_UNITS[step]!;
  const both =
    magnitude !== '' && unit !== '' ? `${magnitude}${NO_BREAK}${unit}` : magnitude + unit;
  return [{ value: sign(value, text) + text, unit: both }];
}

/** Bytes in binary units. */
export function bytesFigure(value: number | null): Figure {
  if (value === null || !Number.isFinite(value)) return MISSING;
  const { text, step } = scaled(Math.abs(value), 1024, BYTE_UNITS.length);
  return [{ value: sign(value, text) + text, unit: BYTE_UNITS[step]! }];
}

/** A duration in ms, two units at most, rounded down. */
export function durationFigure(ms: number | null): Figure {
  if (ms === null || !Number.isFinite(ms)) return MISSING;
  const size = Math.abs(ms);
  const minus = ms < 0 ? '−' : '';
  if (size < 0.05) return [{ value: '0', unit: 's' }];
  if (size < 1) return [{ value: minus + size.toFixed(1), unit: 'ms' }];
  if (size < 1000) return [{ value: `${minus}${Math.floor(size)}`, unit: 'ms' }];
  // What was counted in whole seconds, an age above all, has no tenths.
  if (size < 10_000 && size % 1000 !== 0)
    return [{ value: minus + (Math.floor(size / 100) / 10).toFixed(1), unit: 's' }];
  if (size < 60_000) return [{ value: `${minus}${Math.floor(size / 1000)}`, unit: 's' }];
  const seconds = Math.floor(size / 1000);
  if (seconds < 3600) return pair(minus, Math.floor(seconds / 60), 'm', seconds % 60, 's');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1440) return pair(minus, Math.floor(minutes / 60), 'h', minutes % 60, 'm');
  const hours = Math.floor(minutes / 60);
  return pair(minus, Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** When something is gone, `ms` from now; parts of a second are not worth a number. */
export function drainedText(ms: number): string {
  return ms < 1000 ? 'drained within a second' : `drained in ${figureText(durationFigure(ms))}`;
}

/** How long ago something was, or for how long it is so: whole seconds, rounded down, never negative. */
export function ageFigure(ms: number | null): Figure {
  if (ms === null || !Number.isFinite(ms)) return MISSING;
  return durationFigure(Math.floor(Math.max(0, ms) / 1000) * 1000);
}

/** A ratio 0…1 as whole per cent. */
export function percentFigure(ratio: number | null): Figure {
  if (ratio === null || !Number.isFinite(ratio)) return MISSING;
  return [{ value: `${Math.round(ratio * 100)}`.replace('-', '−'), unit: '%' }];
}

/** A figure in one string, as it stands in sentences, labels and tooltips. */
export function figureText(figure: Figure): string {
  return figure
    .map(({ value, unit }) => (unit === '' ? value : `${value}${NARROW}${unit}`))
    .join(NO_BREAK);
}

/** Made once: that takes many times what formatting does. */
const digits = new Intl.NumberFormat('en', { maximumFractionDigits: 3 });

/** The same number with every digit, for hovering. */
export function exact(value: number | null, unit = ''): string {
  if (value === null || !Number.isFinite(value)) return 'unknown';
  const text = digits.format(value);
  return unit === '' ? text : `${text} ${unit}`;
}

/** Ratios as whole numbers that add up to 100, by largest remainder; null if nothing is known. */
export function partsOfHundred(parts: readonly (number | null)[]): number[] | null {
  const sizes = parts.map((part) => Math.max(0, part ?? 0));
  const sum = sizes.reduce((a, b) => a + b, 0);
  if (sum <= 0) return null;
  const exactParts = sizes.map((size) => (size / sum) * 100);
  const whole = exactParts.map(Math.floor);
  const order = exactParts
    .map((part, index) => ({ index, rest: part - Math.floor(part) }))
    .sort((a, b) => b.rest - a.rest || a.index - b.index);
  let missing = 100 - whole.reduce((a, b) => a + b, 0);
  for (const { index } of order) {
    if (missing-- <= 0) break;
    whole[index] = whole[index]! + 1;
  }
  return whole;
}

function scaled(size: number, base: number, units: number): { text: string; step: number } {
  let step = 0;
  let rest = size;
  while (step < units - 1 && rounded(rest, step) >= 1000) {
    rest /= base;
    step++;
  }
  return { text: threeFigures(rest, step), step };
}

function rounded(value: number, step: number): number {
  return Number(threeFigures(value, step));
}

/** Below the first magnitude a tenth is the finest that is shown. */
function threeFigures(value: number, step: number): string {
  if (step === 0) {
    if (value >= 10 || Number.isInteger(value)) return `${Math.round(value)}`;
    return trimZero(value.toFixed(1));
  }
  if (value >= 99.95) return `${Math.round(value)}`;
  if (value >= 9.995) return value.toFixed(1);
  return value.toFixed(2).replace(/(\.\d)0$/, '$1');
}

function trimZero(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}

function sign(value: number, text: string): string {
  return value < 0 && Number(text) !== 0 ? '−' : '';
}

function pair(minus: string, high: number, highUnit: string, low: number, lowUnit: string): Figure {
  const first = { value: `${minus}${high}`, unit: highUnit };
  if (low === 0) return [first];
  return [first, { value: `${low}`, unit: lowUnit }];
}
