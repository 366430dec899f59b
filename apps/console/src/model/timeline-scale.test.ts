import { expect, test } from 'vitest';
import { timelineScale } from './timeline-scale.ts';

const MINUTE = 60_000;

test('half an hour that ends now, with a line every five minutes', () => {
  const now = 100 * MINUTE;
  const scale = timelineScale(now, 0, 0, 300);
  expect(scale.from).toBe(70 * MINUTE);
  expect(scale.ticks).toHaveLength(7);
  expect([scale.x(0), scale.x(85 * MINUTE), scale.x(now)]).toEqual([0, 150, 300]);
});

test('a young job fills the strip', () => {
  const now = 100 * MINUTE;
  expect(timelineScale(now, now - 10 * MINUTE, 0, 300).from).toBe(now - 10 * MINUTE);
  expect(timelineScale(now, now, 0, 300).from).toBe(now - 3 * MINUTE);
});
