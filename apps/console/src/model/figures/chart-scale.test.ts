import { expect, test } from 'vitest';
import { axisText, scaleTop } from './chart-scale.ts';
import { sparkShape } from './sparkline-path.ts';

test.each([
  [18_900, 'plain', 20_000],
  [1, 'plain', 1],
  [0, 'plain', 1],
  [6800, 'duration', 8000],
  [94_000, 'duration', 120_000],
  [48 * 2 ** 20, 'bytes', 50 * 2 ** 20],
] as const)('%s (%s) ends at %s', (most, unit, end) => {
  expect(scaleTop(most, unit)).toBe(end);
});

test('an axis drops the zero behind the point', () => {
  expect(axisText('4.0\u202fs')).toBe('4\u202fs');
  expect(axisText('4.5\u202fs')).toBe('4.5\u202fs');
  expect(axisText('10\u202fs')).toBe('10\u202fs');
});

test('a sparkline breaks at a gap and has no line without numbers', () => {
  const at = (t: number, value: number) => ({ t, value });
  const shape = sparkShape([at(0, 1), at(1, 2), at(2, Number.NaN), at(3, 1)], 54, 16);
  expect(shape.line.match(/M/g)).toHaveLength(2);
  expect(sparkShape([at(0, Number.NaN)], 54, 16).line).toBe('');
  expect(sparkShape([at(0, 1), at(1, 2)], 54, 16, 1).accent).not.toBe('');
});
