import { expect, it } from 'vitest';
import { colourScale } from './colour-mode.ts';
import { type NodeSource, nodeView } from './node-view.ts';
import { LOOKUP, vertexTick } from '../test-story.ts';

const scale = colourScale('busyness', [0, 1]);

function source(current: string | null): NodeSource {
  const tick = vertexTick(LOOKUP, {
    busy: 0.9,
    backpressured: 0.1,
    idle: 0,
    backpressuredMax: 0.8,
  });
  return {
    vertex: () => tick,
    watermarkLag: () => 61_000,
    limiting: current,
  } as unknown as NodeSource;
}

it('hatches who is held up, and never the cause', () => {
  expect(nodeView(source(null), LOOKUP, scale, new Map())).toMatchObject({
    victim: true,
    hatched: true,
    cause: false,
    parts: '90 10 0',
    watermark: expect.stringMatching(/^1.m.1.s$/),
  });
  expect(nodeView(source(LOOKUP), LOOKUP, scale, new Map())).toMatchObject({
    victim: false,
    hatched: false,
    cause: true,
  });
});
