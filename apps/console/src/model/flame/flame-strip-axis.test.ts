import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stripAxis } from './flame-strip-axis.ts';

const MINUTE = 60_000;

test('what nobody looked at takes no room but a gap', () => {
  const spans = [
    { from: 0, to: MINUTE },
    { from: MINUTE + 1000, to: 2 * MINUTE },
    { from: 60 * MINUTE, to: 62 * MINUTE },
  ];
  const { stretches } = stripAxis(spans, 1014);
  expect(stretches).toEqual([
    { from: 0, to: 2 * MINUTE, x: 0, width: 500 },
    { from: 60 * MINUTE, to: 62 * MINUTE, x: 514, width: 500 },
  ]);
});

test('little stands at the right, and is not stretched', () => {
  const { stretches } = stripAxis([{ from: 0, to: MINUTE / 2 }], 1000);
  expect(stretches).toEqual([{ from: 0, to: MINUTE / 2, x: 750, width: 250 }]);
  expect(stripAxis([], 1000).stretches).toEqual([]);
});

test('a place leads to its moment and back; between stretches to the nearer end', () => {
  const span = fc.record({
    pause: fc.integer({ min: 0, max: 10 * MINUTE }),
    long: fc.integer({ min: 1000, max: MINUTE }),
  });
  fc.assert(
    fc.property(
      fc.array(span, { minLength: 1, maxLength: 20 }),
      fc.nat({ max: 1000 }),
      (some, x) => {
        let end = 0;
        const spans = some.map(({ pause, long }) => {
          const from = end + pause;
          end = from + long;
          return { from, to: end };
        });
        const axis = stripAxis(spans, 1000);
        const at = axis.t(x);
        expect(axis.stretches.some(({ from, to }) => from <= at && at <= to)).toBe(true);
        expect(axis.t(axis.x(at))).toBeCloseTo(at, 0);
      },
    ),
  );
});
