import type { JobSubtasks } from '@weir/console-protocol';
import { describe, expect, it } from 'vitest';
import { activityBetween, isKnownUntil } from './subtask-activity.ts';

type Column = readonly [t: number, busy: number | null];

/** One subtask, a column a second; null = not known yet. */
function figures(...columns: readonly Column[]): JobSubtasks {
  const times = columns.map(([t]) => t);
  const row = columns.map(([, busy]) => busy);
  const metrics = { busy: [row], external: [row.map((share) => share && share / 2)] };
  const resolution = { ratio: 0, relative: 0, units: 0 };
  return { vertexId: 'v', from: 0, to: 0, step: 1000, times, subtasks: 1, resolution, metrics };
}

describe('what a subtask did between two moments', () => {
  it('is the mean of the seconds of which some lie within', () => {
    const seen = figures([9000, 0], [10_000, 0.2], [11_000, 0.4], [12_500, 0.6], [14_000, 1]);
    const activity = activityBetween(seen, 0, 9500, 12_000);
    expect(activity.busy).toBeCloseTo(0.4);
    expect(activity.external).toBeCloseTo(0.2);
    expect(activity.backpressured).toBe(0);
  });

  it('is that of the nearest second where none within is known', () => {
    const first = figures([1000, null], [3600, 0.8], [4600, 0.1]);
    expect(activityBetween(first, 0, 500, 2000).busy).toBe(0.8);
    expect(activityBetween(figures([7000, 0.5], [9000, 0.7]), 0, 20_000, 22_000).busy).toBe(0.7);
  });

  it('is not known without figures', () => {
    const unknown = { busy: null, external: null, backpressured: null };
    expect(activityBetween(figures(), 0, 0, 1000)).toEqual(unknown);
    expect(activityBetween(figures([1000, null]), 0, 0, 1000)).toEqual(unknown);
  });
});

it('is known once there are figures of its end', () => {
  expect(isKnownUntil(figures([1000, 0.5], [2000, 0.5]), 2500)).toBe(false);
  expect(isKnownUntil(figures([1000, 0.5], [3000, null]), 2500)).toBe(false);
  expect(isKnownUntil(figures([1000, 0.5], [3000, 0.1]), 2500)).toBe(true);
  expect(isKnownUntil(figures(), 2500)).toBe(false);
});
