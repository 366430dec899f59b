/**
 * Numbers of the history as 16-bit codes. One form for all resolutions, in memory and on disk.
 *
 * - `ratio`: steps of 0.0001, from -3.2767 to 3.2767.
 * - `rate` (per second, unit 0.1) and `amount` (counts, bytes, ms; unit 1): each unit up to 4,096
 *   units has a code of its own; above, codes lie a factor of e^(1/1024) apart, up to 5.9e15 units.
 *   So small numbers are exact and large ones have a constant relative error.
 * - `index`: whole numbers from 0 to 32,767.
 * - `exact`: any double, as four codes.
 *
 * Invariants: encoding is monotonous; what lies beyond a range becomes its end, never something
 * else; unknown (null, NaN) stays unknown.
 */
import type { Resolution } from '@weir/console-protocol';

export type NumberKind = 'ratio' | 'rate' | 'amount' | 'index' | 'exact';

export const UNKNOWN_CODE = -32_768;
const CODE_MAX = 32_767;
const RATIO_STEPS = 10_000;
const EXACT_UNITS = 4096;
/** Codes per factor of e. */
const STEPS_PER_E = 1024;

export const RESOLUTION: Resolution = resolutionOf(0);

/**
 * Of numbers whose codes may be off by `codeError`. Half a step more is the code's own error, and
 * above the exact units there is the rounding to whole ones.
 */
export function resolutionOf(codeError: number): Resolution {
  const codes = codeError + 0.5;
  return {
    ratio: codes / RATIO_STEPS,
    relative: Math.expm1(codes / STEPS_PER_E) + 0.5 / EXACT_UNITS,
    units: codes,
  };
}

const UNITS_PER: Readonly<Record<'rate' | 'amount', number>> = { rate: 10, amount: 1 };

/** Units of each code from 0 on. */
const UNITS = Float64Array.from({ length: CODE_MAX + 1 }, (_, code) =>
  code <= EXACT_UNITS
    ? code
    : Math.round(EXACT_UNITS * Math.exp((code - EXACT_UNITS) / STEPS_PER_E)),
);

/** Codes that a number of this kind takes. */
export function codesOf(kind: NumberKind): number {
  return kind === 'exact' ? 4 : 1;
}

/** Not for `exact`. NaN and null are unknown. */
export function encodeNumber(kind: Exclude<NumberKind, 'exact'>, value: number | null): number {
  if (value === null || Number.isNaN(value)) return UNKNOWN_CODE;
  if (kind === 'ratio') return bounded(Math.round(value * RATIO_STEPS));
  if (kind === 'index') return Math.max(0, bounded(Math.round(value)));
  const units = Math.abs(value) * UNITS_PER[kind];
  const code =
    units <= EXACT_UNITS
      ? Math.round(units)
      : Math.min(CODE_MAX, EXACT_UNITS + Math.round(Math.log(units / EXACT_UNITS) * STEPS_PER_E));
  return value < 0 ? -code : code;
}

/** The inverse, within `RESOLUTION`. Null = unknown. */
export function decodeNumber(kind: Exclude<NumberKind, 'exact'>, code: number): number | null {
  if (code === UNKNOWN_CODE) return null;
  if (kind === 'ratio') return code / RATIO_STEPS;
  if (kind === 'index') return code;
  const value = UNITS[Math.abs(code)]! / UNITS_PER[kind];
  return code < 0 ? -value : value;
}

const DOUBLE = new Float64Array(1);
const PARTS = new Int16Array(DOUBLE.buffer);

/** Writes the four codes of a double from `at` on. */
export function encodeExact(value: number | null, codes: Int16Array, at: number): void {
  DOUBLE[0] = value ?? Number.NaN;
  codes.set(PARTS, at);
}

export function decodeExact(codes: Int16Array, at: number): number | null {
  for (let part = 0; part < 4; part++) PARTS[part] = codes[at + part]!;
  const value = DOUBLE[0]!;
  return Number.isNaN(value) ? null : value;
}

function bounded(code: number): number {
  return Math.max(-CODE_MAX, Math.min(CODE_MAX, code));
}
