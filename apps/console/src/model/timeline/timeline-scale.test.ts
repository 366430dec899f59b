import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timelineScale } from './timeline-scale.ts';

const MINUTE = 60_000;

test('half an hour, with a line every five minutes', () => {
  const now = 100 * MINUTE;
  const scale = timelineScale(now, 70 * MINUTE, 0, 300);
  expect(scale.from).toBe(70 * MINUTE);
  expect(scale.ticks).toHaveLength(7);
  expect([scale.x(0), scale.x(85 * MINUTE), scale.x(now)]).toEqual([0, 150, 300]);
});

test('a young job fills the strip', () => {
  const now = 100 * MINUTE;
  expect(timelineScale(now, now - 10 * MINUTE, 0, 300).from).toBe(now - 10 * MINUTE);
  expect(timelineScale(now, now, 0, 300).from).toBe(now - 3 * MINUTE);
});

test('what is pointed at is the moment that is shown there, however long the axis', () => {
  const span = fc.integer({ min: 1, max: 30 * 86_400_000 });
  const width = fc.integer({ min: 50, max: 2000 });
  fc.assert(
    fc.property(span, width, fc.nat(), (length, right, pick) => {
      const scale = timelineScale(4e12, 4e12 - length, 10, right + 10);
      const t = scale.from + (pick % (scale.to - scale.from + 1));
      const pixel = (scale.to - scale.from) / right;
      expect(Math.abs(scale.t(scale.x(t)) - t)).toBeLessThanOrEqual(pixel);
      expect(scale.ticks.length).toBeLessThanOrEqual(8);
    }),
  );
});
