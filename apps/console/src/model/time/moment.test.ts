import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Moment, momentOf, momentSearch, untilNow } from './moment.ts';

const time = fc.integer({ min: 1, max: 4e12 });
const moments: fc.Arbitrary<Moment> = fc.oneof(
  fc.constant<Moment>({ kind: 'live' }),
  time.map((at): Moment => ({ kind: 'instant', at })),
  fc
    .tuple(time, time)
    .filter(([a, b]) => a !== b)
    .map(([a, b]): Moment => ({ kind: 'range', from: Math.min(a, b), to: Math.max(a, b) })),
);

test('an address carries any moment', () => {
  fc.assert(
    fc.property(moments, (moment) => {
      expect(momentOf({ ...momentSearch(moment) })).toEqual(moment);
    }),
  );
});

test('going to a moment names every part of the one before, so that none of it stays', () => {
  fc.assert(
    fc.property(moments, moments, (before, after) => {
      expect(momentOf({ ...momentSearch(before), ...momentSearch(after) })).toEqual(after);
    }),
  );
});

test('what makes no sense is the present; a range the wrong way round is turned', () => {
  const senseless = [{ at: 'soon' }, { at: -1 }, { at: 1.5 }, { from: 5 }, { from: 5, to: 5 }];
  for (const search of senseless) expect(momentOf(search)).toEqual({ kind: 'live' });
  expect(momentOf({ at: '5' })).toEqual({ kind: 'instant', at: 5 });
  expect(momentOf({ from: 9, to: 5 })).toEqual({ kind: 'range', from: 5, to: 9 });
});

test('what is still to come is the present, and a range ends there', () => {
  fc.assert(
    fc.property(moments, time, (moment, now) => {
      const shown = untilNow(moment, now);
      if (shown.kind === 'instant') expect(shown.at).toBeLessThanOrEqual(now);
      if (shown.kind === 'range') expect(shown.to).toBeLessThanOrEqual(now);
      if (shown.kind !== 'live') expect(shown).toEqual({ ...moment, ...shown });
    }),
  );
  const range: Moment = { kind: 'range', from: 5, to: 9 };
  expect(untilNow(range, 7)).toEqual({ kind: 'range', from: 5, to: 7 });
  expect(untilNow(range, 5)).toEqual({ kind: 'live' });
  expect(untilNow({ kind: 'instant', at: 8 }, 7)).toEqual({ kind: 'live' });
});
