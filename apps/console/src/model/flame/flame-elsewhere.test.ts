import type { VertexTimes } from '@weir/console-protocol';
import { expect, it } from 'vitest';
import { elsewhere } from './flame-elsewhere.ts';
import { LOOKUP, topology } from '../test-story.ts';

const idle = { running: 0, queued: 0, external: 0, blocked: 0, starved: 0 };

it.each([
  ['running', 'runs 3.2 of its 4 subtasks’ time', false],
  ['queued', 'for its slot thread', true],
  ['external', 'in the answer', true],
  ['blocked', 'does not take its output', true],
  ['starved', 'has no input', true],
] as const)('mostly %s', (part, words, waits) => {
  const times: VertexTimes[] = [{ vertexId: LOOKUP, subtasks: 4, ...idle, [part]: 3.2 }];
  expect(elsewhere(times, LOOKUP, topology)).toMatchObject({
    name: 'lookup',
    words: expect.stringContaining(words),
    waits,
  });
});

it('says nothing of what it does not know', () => {
  expect(elsewhere([], LOOKUP, topology)).toBeNull();
  expect(elsewhere([{ vertexId: LOOKUP, subtasks: 0, ...idle }], LOOKUP, topology)).toBeNull();
});
