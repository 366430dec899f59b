import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeExact,
  decodeNumber,
  encodeExact,
  encodeNumber,
  RESOLUTION,
  UNKNOWN_CODE,
} from './number-code.ts';

const again = (kind: 'ratio' | 'rate' | 'amount' | 'index', value: number | null) =>
  decodeNumber(kind, encodeNumber(kind, value));

/** Positive numbers of every magnitude alike. */
const magnitude = fc.double({ min: -2, max: 14.7, noNaN: true }).map((exponent) => 10 ** exponent);

describe('number codes', () => {
  it('keep ratios within their step', () => {
    fc.assert(
      fc.property(fc.double({ min: -3, max: 3, noNaN: true }), (value) => {
        expect(Math.abs(again('ratio', value)! - value)).toBeLessThanOrEqual(
          RESOLUTION.ratio * (1 + 1e-9),
        );
      }),
    );
  });

  it('keep every ratio of three decimals exactly, as ticks have them', () => {
    for (let thousandth = 0; thousandth <= 1000; thousandth++) {
      const value = Math.round(thousandth) / 1000;
      expect(again('ratio', value)).toBe(value);
    }
  });

  it('keep rates and amounts of every magnitude within their part, and their sign', () => {
    fc.assert(
      fc.property(magnitude, fc.boolean(), (size, negative) => {
        const value = negative ? -size : size;
        for (const [kind, unit] of [
          ['rate', 0.1],
          ['amount', 1],
        ] as const) {
          const error = Math.abs(again(kind, value)! - value);
          const allowed = Math.max(RESOLUTION.units * unit, size * RESOLUTION.relative);
          expect(error, `${kind} ${value}`).toBeLessThanOrEqual(allowed * (1 + 1e-9));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('keep small rates and amounts exactly, in the units of ticks', () => {
    for (let units = 0; units <= 4096; units++) {
      expect(again('amount', units)).toBe(units);
      expect(again('rate', units / 10)).toBe(units / 10);
    }
  });

  it('are monotonous, so that a larger number never looks smaller', () => {
    fc.assert(
      fc.property(magnitude, magnitude, (one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        expect(encodeNumber('amount', low)).toBeLessThanOrEqual(encodeNumber('amount', high));
      }),
    );
  });

  it('end where their range ends, and know what is unknown', () => {
    expect(again('amount', Number.POSITIVE_INFINITY)).toBeGreaterThan(5e15);
    expect(again('rate', -1e300)).toBeLessThan(-5e14);
    expect(again('ratio', 9)).toBe(3.2767);
    expect(again('index', 40_000)).toBe(32_767);
    for (const kind of ['ratio', 'rate', 'amount', 'index'] as const) {
      expect(encodeNumber(kind, null)).toBe(UNKNOWN_CODE);
      expect(encodeNumber(kind, Number.NaN)).toBe(UNKNOWN_CODE);
      expect(again(kind, null)).toBeNull();
      expect(encodeNumber(kind, -1e300)).not.toBe(UNKNOWN_CODE);
    }
  });

  it('keep event times to the last digit', () => {
    const codes = new Int16Array(6);
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        encodeExact(value, codes, 1);
        expect(Object.is(decodeExact(codes, 1), value)).toBe(true);
      }),
    );
    encodeExact(null, codes, 1);
    expect(decodeExact(codes, 1)).toBeNull();
  });
});
