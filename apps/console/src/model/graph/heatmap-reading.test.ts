import { describe, expect, test } from 'vitest';
import { hottestRow, readHeat, readingWords } from './heatmap-reading.ts';
import { skewSentence } from './subtask-skew.ts';

const matrix = (rows: number, columns: number, at: (row: number, column: number) => number) =>
  Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (__, column) => at(row, column)),
  );

describe('a heatmap reads', () => {
  test('one hot subtask as a stripe across', () => {
    const heat = matrix(128, 60, (row, column) => (row === 77 && column >= 30 ? 1 : 0.38));
    expect(readHeat(heat, 1)).toEqual({ kind: 'across', subtask: 77 });
    expect(hottestRow(heat)).toBe(77);
  });

  test('a moment in which all were hot as a stripe down', () => {
    const heat = matrix(8, 60, (_, column) => (column >= 20 && column < 24 ? 0.95 : 0.2));
    expect(readHeat(heat, 1)).toEqual({ kind: 'down', column: 23 });
  });

  test('all of them, lasting, as all at once', () => {
    const heat = matrix(8, 60, (_, column) => (column >= 30 ? 0.97 : 0.4));
    expect(readHeat(heat, 1)).toEqual({ kind: 'all' });
    expect(readingWords({ kind: 'all' }, true)).toContain('the service');
    expect(readingWords({ kind: 'all' }, false)).toContain('the work itself');
  });

  test('calm, unknown and empty ones as nothing', () => {
    expect(
      readHeat(
        matrix(8, 60, () => 0.3),
        1,
      ),
    ).toEqual({ kind: 'even' });
    expect(readHeat([[null, null]], 1)).toEqual({ kind: 'even' });
    expect(readHeat([], 1)).toEqual({ kind: 'even' });
    expect(readHeat([[], []], 0)).toEqual({ kind: 'even' });
  });
});

test('skew is said in times of a fair share', () => {
  expect(skewSentence([100, 100, 100, 700])).toContain('Subtask 3 takes 2.8 times its share');
  expect(skewSentence([100, 110, null, 90])).toContain('evenly');
  expect(skewSentence([5])).toBeNull();
  expect(skewSentence([0, 0])).toBeNull();
});
