import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GaugePoint, lastTurn, recentSlope, slopeOf } from './gauge-trend.ts';

const T0 = 1_790_000_000_000;

/** One point a second. */
function gauge(...sizes: readonly number[]): GaugePoint[] {
  return sizes.map((size, at) => ({ t: T0 + at * 1000, size }));
}

function steps(count: number, first: number, step: number): number[] {
  return Array.from({ length: count }, (_, at) => first + at * step);
}

const quiet = steps(20, 0, 0);

describe('the slope of a gauge', () => {
  it('is that of the line through all points where they lie on one', () => {
    expect(recentSlope(gauge(...steps(30, 500, 40)))?.perSecond).toBeCloseTo(40);
    expect(recentSlope(gauge(...steps(30, 9e6, -25)))).toEqual({
      perSecond: expect.closeTo(-25, 6),
      error: expect.closeTo(0, 3),
    });
  });

  it('is not known of a few points', () => {
    expect(recentSlope(gauge(...steps(7, 0, 10)))).toBeNull();
    expect(slopeOf(gauge(1, 2))).toBeNull();
    expect(recentSlope([])).toBeNull();
  });

  it('of a burst is that of its draining, four seconds after its peak', () => {
    const burst = gauge(...quiet, ...steps(4, 20_000, -800));
    expect(lastTurn(burst)).toBe(20);
    expect(recentSlope(burst)?.perSecond).toBeCloseTo(-800);
  });

  it('of a burst right after the start as well', () => {
    expect(recentSlope(gauge(0, 0, ...steps(8, 20_000, -800)))?.perSecond).toBeCloseTo(-800);
  });

  it('is not told while it just turns', () => {
    expect(recentSlope(gauge(...quiet, ...steps(3, 20_000, -800)))).toBeNull();
  });

  it('of a rise that became a fall is that of the fall', () => {
    const rise = steps(6, 0, 2000);
    const burst = gauge(...quiet, ...rise, ...steps(6, 10_000, -500));
    expect(recentSlope(burst)?.perSecond).toBeCloseTo(-500, 0);
  });

  it('of a fall that became a rise is that of the rise', () => {
    const fall = steps(15, 30_000, -1000);
    expect(recentSlope(gauge(...fall, ...steps(5, 15_700, 700)))?.perSecond).toBeCloseTo(700, 0);
  });
});

describe('noise is no turn', () => {
  const noise = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
    minLength: 30,
    maxLength: 60,
  });

  it('below a hundredth of what waits', () => {
    fc.assert(
      fc.property(noise, fc.integer({ min: -50, max: 50 }), (all, step) => {
        const points = gauge(...all.map((one, at) => 10_000 + step * at + one * 40));
        expect(lastTurn(points)).toBe(0);
      }),
    );
  });

  it('and hardly ever a larger one', () => {
    // The same numbers each time: a generator of Park and Miller.
    let state = 7;
    const random = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647 - 0.5;
    };
    const runs = 2000;
    let turns = 0;
    for (let run = 0; run < runs; run++) {
      const points = gauge(
        ...Array.from({ length: 30 }, (_, at) => 1000 + at * 5 + random() * 600),
      );
      if (lastTurn(points) !== 0) turns++;
    }
    expect(turns / runs).toBeLessThan(0.01);
  });
});
