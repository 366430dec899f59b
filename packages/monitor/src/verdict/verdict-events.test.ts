import type { Bottleneck, JobTopology } from '@weir/console-protocol';
import { expect, it } from 'vitest';
import { VerdictEvents } from './verdict-events.ts';

const topology: JobTopology = {
  jobId: 'j',
  name: 'job',
  startedAt: 0,
  attempt: 0,
  vertices: [],
  edges: [],
};
const spoken: Bottleneck = { vertexId: 'map', since: 1000, until: null, cause: 'cpu' };

it('tells an end when it is sure, with when it was', () => {
  const events = new VerdictEvents(topology);
  const [begin] = events.next(6000, spoken);
  expect(begin).toMatchObject({ t: 6000, verdict: { phase: 'begin', since: 1000 } });
  expect(begin?.verdict).not.toHaveProperty('until');
  expect(events.next(15_000, { ...spoken, until: 11_000 })).toEqual([]);
  const [end] = events.next(21_000, null);
  expect(end).toMatchObject({ t: 21_000, verdict: { phase: 'end', since: 1000, until: 11_000 } });
  expect(end?.text).toContain('after 10 s');
});
