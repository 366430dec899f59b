import { expect, test } from 'vitest';
import { verdictBands } from './strip-bands.ts';

const shown = (bands: ReturnType<typeof verdictBands>) =>
  bands.map(({ text, from, to }) => [text, from, to] as const).sort(([, a], [, b]) => a - b);

test('a job is healthy between verdicts while it runs, and only then', () => {
  const states = [
    { state: 'CREATED', from: 0 },
    { state: 'RUNNING', from: 10 },
    { state: 'RESTARTING', from: 50 },
    { state: 'RUNNING', from: 60 },
    { state: 'SUSPENDED', from: 90 },
  ] as const;
  const spans = [
    { vertexId: 'a', from: 20, to: 30 },
    { vertexId: 'a', from: 45, to: 62 },
    { vertexId: 'b', from: 70, to: null },
  ];
  expect(shown(verdictBands(spans.slice(0, 2), states, 100))).toEqual([
    ['healthy', 10, 20],
    ['bottleneck', 20, 30],
    ['healthy', 30, 45],
    ['bottleneck', 45, 62],
    ['healthy', 62, 90],
  ]);
  expect(shown(verdictBands(spans.slice(2), states.slice(0, 4), 100))).toEqual([
    ['healthy', 10, 50],
    ['healthy', 60, 70],
    ['bottleneck', 70, 100],
  ]);
});
