import { expect, test } from 'vitest';
import { stateBands, verdictBands } from './strip-bands.ts';

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

test('a band goes on with whose bottleneck it was, or how long a restart took', () => {
  const spans = [{ vertexId: 'a', from: 20, to: null }];
  const titleOf = (id: string) => (id === 'a' ? 'lookup' : undefined);
  const [verdict] = verdictBands(spans, [], 100, titleOf);
  expect(`${verdict?.text}${verdict?.more}`).toBe('bottleneck: lookup');
  const states = [
    { state: 'CREATED', from: 0 },
    { state: 'RUNNING', from: 1000 },
    { state: 'FAILING', from: 5000 },
    { state: 'RESTARTING', from: 5500 },
    { state: 'RUNNING', from: 16_000 },
  ] as const;
  const told = stateBands(states, 20_000).map(({ text, more }) => text + more);
  expect(told.slice(0, 4)).toEqual(['CREATED', 'RUNNING', 'FAILING', 'RESTARTING']);
  expect(told[4]).toBe('RUNNING · restarted in 11\u202fs');
});
