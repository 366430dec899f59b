import { expect, it } from 'vitest';
import { SeriesRing } from '../../live/series-ring.ts';
import { backlogText } from './figure-notes.ts';

/** One tick a second. */
function after(...backlog: readonly number[]): string {
  const ring = new SeriesRing(1);
  backlog.forEach((size, at) => {
    ring.push(1_000_000 + at * 1000, [size]);
  });
  return backlogText(ring, 0).replaceAll(/[\u00a0\u202f]/g, ' ');
}

const quiet = Array.from({ length: 40 }, () => 0);
const draining = Array.from({ length: 12 }, (_, at) => 20_000 - at * 1000);

it('says of a burst how long it lasts as soon as that can be seen, and no nonsense before', () => {
  expect(after(...quiet, ...draining.slice(0, 3))).toBe('measuring where it goes');
  expect(after(...quiet, ...draining.slice(0, 4))).toMatch(/drained in 17.* s$/);
  expect(after(...quiet, ...draining)).toMatch(/drained in 9.* s$/);
});

it('says that a backlog grows, keeps as it is, is read, or is not known', () => {
  expect(after(...quiet, ...draining.map((size) => 40_000 - size))).toMatch(/^\+.* growing$/);
  expect(after(...quiet.map(() => 500))).toBe('steady');
  expect(after(500, 0)).toBe('everything is read');
  expect(after(Number.NaN)).toBe('the sources do not say');
  expect(after(500, 700)).toBe('measuring where it goes');
});
