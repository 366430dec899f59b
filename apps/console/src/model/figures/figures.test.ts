import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ageFigure,
  bytesFigure,
  countFigure,
  durationFigure,
  exact,
  figureText,
  partsOfHundred,
  percentFigure,
} from './figures.ts';

/** Narrow and normal no-break spaces as plain ones, so that cases are readable. */
const plain = (text: string) => text.replace(/[\u202f\u00a0]/g, ' ');

describe('counts', () => {
  test.each([
    [0, '0'],
    [0.2, '0.2'],
    [9.2, '9.2'],
    [107.4, '107'],
    [999.6, '1.0 k'],
    [12_940, '12.9 k'],
    [131_000, '131 k'],
    [1_150_000, '1.15 M'],
    [-6000, '−6.0 k'],
    [null, '—'],
    [Number.NaN, '—'],
  ])('%s is %s', (value, text) => {
    expect(plain(figureText(countFigure(value)))).toBe(text);
  });

  test('the unit follows the magnitude', () => {
    expect(plain(figureText(countFigure(12_900, 'rec/s')))).toBe('12.9 k rec/s');
    expect(plain(figureText(countFigure(12, 'rec/s')))).toBe('12 rec/s');
  });

  test('never more than three figures before and behind the point', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e14, noNaN: true }), (value) => {
        const digits = countFigure(value)[0]!.value.replace('.', '');
        expect(digits.length).toBeLessThanOrEqual(3);
      }),
    );
  });
});

describe('durations', () => {
  test.each([
    [0, '0 s'],
    [0.04, '0 s'],
    [0.42, '0.4 ms'],
    [61, '61 ms'],
    [999.9, '999 ms'],
    [6800, '6.8 s'],
    [9000, '9 s'],
    [9050, '9.0 s'],
    [9999, '9.9 s'],
    [10_000, '10 s'],
    [28_900, '28 s'],
    [60_000, '1 m'],
    [91_000, '1 m 31 s'],
    [22_320_000, '6 h 12 m'],
    [86_400_000 * 12, '12 d'],
    [-1500, '−1.5 s'],
    [null, '—'],
  ])('%s ms is %s', (ms, text) => {
    expect(plain(figureText(durationFigure(ms)))).toBe(text);
  });

  test.each([
    [-3, '0 s'],
    [999, '0 s'],
    [8700, '8 s'],
    [61_500, '1 m 1 s'],
    [null, '—'],
  ])('an age of %s ms is %s', (ms, text) => {
    expect(plain(figureText(ageFigure(ms)))).toBe(text);
  });

  test('two units at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 45 }), (ms) => {
        expect(durationFigure(ms).length).toBeLessThanOrEqual(2);
      }),
    );
  });
});

test('bytes are binary', () => {
  expect(plain(figureText(bytesFigure(48.1 * 2 ** 20)))).toBe('48.1 MiB');
  expect(plain(figureText(bytesFigure(1023)))).toBe('1.0 KiB');
  expect(plain(figureText(bytesFigure(419)))).toBe('419 B');
});

test('per cent and exact numbers', () => {
  expect(plain(figureText(percentFigure(0.914)))).toBe('91 %');
  expect(exact(12_345.678, 'records')).toBe('12,345.678 records');
  expect(exact(null)).toBe('unknown');
});

describe('parts of a hundred', () => {
  test('add up, whatever they are', () => {
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(part, { minLength: 2, maxLength: 5 }), (parts) => {
        const whole = partsOfHundred(parts);
        fc.pre(whole !== null);
        expect(whole!.reduce((a, b) => a + b, 0)).toBe(100);
      }),
    );
  });

  test('the largest remainder gets the rest', () => {
    expect(partsOfHundred([0.333, 0.333, 0.334])).toEqual([33, 33, 34]);
    expect(partsOfHundred([0, null, 0])).toBeNull();
  });
});
