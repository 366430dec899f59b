import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timeOfText, typedTime } from './time-text.ts';

const NOW = new Date(2026, 10, 25, 14, 30, 0).getTime();

test('reads clock times as the last ones before now', () => {
  expect(timeOfText('14:29', NOW)).toBe(NOW - 60_000);
  expect(timeOfText(' 14:29:30 ', NOW)).toBe(NOW - 30_000);
  expect(timeOfText('14:31', NOW)).toBe(new Date(2026, 10, 24, 14, 31).getTime());
  expect(timeOfText('2026-11-20 03:05', NOW)).toBe(new Date(2026, 10, 20, 3, 5).getTime());
});

test('reads how long ago', () => {
  expect(timeOfText('90s', NOW)).toBe(NOW - 90_000);
  expect(timeOfText('7 m ago', NOW)).toBe(NOW - 420_000);
  expect(timeOfText('-2h', NOW)).toBe(NOW - 7_200_000);
  expect(timeOfText('now', NOW)).toBe(NOW);
});

test('knows what is no time', () => {
  for (const text of ['', 'soon', '25:00', '12:60', '2026-02-30 10:00', '5', '5y']) {
    expect(timeOfText(text, NOW)).toBeNull();
  }
});

test('writes what it reads', () => {
  // Days in which no clock is set, so that every clock time exists once.
  const seconds = fc.integer({ min: 0, max: 20 * 86_400 });
  fc.assert(
    fc.property(seconds, (ago) => {
      const t = NOW - ago * 1000;
      expect(timeOfText(typedTime(t, NOW), NOW)).toBe(t);
    }),
  );
});
