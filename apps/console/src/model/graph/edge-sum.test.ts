import type { EdgeTick } from '@weir/console-protocol';
import { expect, test } from 'vitest';
import { type EdgeSource, edgeSum, fullest } from './edge-sum.ts';

function sourceOf(edges: readonly EdgeTick[]): EdgeSource {
  return {
    edgeValue: (index, field) => edges.find((edge) => edge.index === index)?.[field] ?? Number.NaN,
  };
}

const source = sourceOf([
  { index: 0, recordsPerSecond: 10, bytesPerSecond: null, fill: 0.2 },
  { index: 1, recordsPerSecond: null, bytesPerSecond: null, fill: 0 },
  { index: 2, recordsPerSecond: 5, bytesPerSecond: 100, fill: 0.7 },
]);

test('rates add up, the fullest channel counts', () => {
  expect(edgeSum(source, [0, 1, 2])).toEqual({
    recordsPerSecond: 15,
    bytesPerSecond: 100,
    fill: 0.7,
  });
  expect(fullest(source, [0, 1])).toBe(0.2);
});

test('nothing known is not nothing flowing', () => {
  expect(edgeSum(source, [1])).toEqual({ recordsPerSecond: null, bytesPerSecond: null, fill: 0 });
  expect(edgeSum(source, [7])).toEqual({
    recordsPerSecond: null,
    bytesPerSecond: null,
    fill: null,
  });
  expect(fullest(source, [])).toBeNull();
});
