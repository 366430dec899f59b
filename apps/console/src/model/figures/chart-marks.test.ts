import { expect, test } from 'vitest';
import { chartMarks } from './chart-marks.ts';

test('verdicts by their begin, restarts until the job runs again, in order of time', () => {
  const spans = [{ vertexId: 'a', from: 40, to: 50 }];
  const states = [
    { state: 'RUNNING', from: 0 },
    { state: 'RESTARTING', from: 10 },
    { state: 'CREATED', from: 12 },
    { state: 'RUNNING', from: 15 },
    { state: 'RESTARTING', from: 60 },
  ] as const;
  expect(chartMarks(spans, states)).toEqual([
    { t: 10, kind: 'restart', to: 15 },
    { t: 40, kind: 'begin' },
    { t: 60, kind: 'restart' },
  ]);
});
