import { expect, it } from 'vitest';
import { ReadableMetrics } from '../fakes/connector-context.ts';
import { ThrottleTimes } from './throttle-times.ts';

it('gives the average and the most of the last half minute to minute, as Kafka’s clients do', () => {
  let nowMs = 1000;
  const throttle = new ThrottleTimes({ nowMs: () => nowMs, monotonicMs: () => nowMs });
  const metrics = new ReadableMetrics();
  throttle.register(metrics, 'Fetch');
  throttle.register(metrics, 'Produce');
  const shown = (api: string) =>
    ['avg', 'max'].map((kind) => metrics.gauges.get(`${api}-throttle-time-${kind}`)!());
  expect(shown('fetch')).toEqual([Number.NaN, Number.NaN]);
  for (const ms of [0, 100, 200]) throttle.heard('Fetch', ms);
  expect(shown('fetch')).toEqual([100, 200]);
  expect(shown('produce')).toEqual([Number.NaN, Number.NaN]);
  nowMs += 30_000;
  throttle.heard('Fetch', 20);
  expect(shown('fetch')).toEqual([80, 200]);
  nowMs += 30_000;
  expect(shown('fetch')).toEqual([20, 20]);
  throttle.heard('Fetch', 0);
  expect(shown('fetch')).toEqual([10, 20]);
  nowMs += 60_000;
  expect(shown('fetch')).toEqual([Number.NaN, Number.NaN]);
});
