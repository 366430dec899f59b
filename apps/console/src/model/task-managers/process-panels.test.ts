import type { TaskManagerEntry, ThreadStack } from '@weir/console-protocol';
import { expect, test } from 'vitest';
import { memoryParts } from './memory-parts.ts';
import { stacksText, threadLine } from './thread-lines.ts';

test('parts of the memory add up to the process', () => {
  const process = {
    rssBytes: 1000,
    heapUsedBytes: 600,
    channelBytes: 400,
    channelBytesUsed: 100,
    slots: [{}, {}],
  } as unknown as TaskManagerEntry;
  const parts = memoryParts(process);
  expect(parts.map(({ bytes }) => bytes)).toEqual([600, 100, 300]);
  expect(parts[1]!.note).toBe('25\u202f% in use');
  expect(memoryParts({ ...process, heapUsedBytes: 5000 }).map(({ bytes }) => bytes)).toEqual([
    1000, 0, 0,
  ]);
  expect(memoryParts({ ...process, rssBytes: null })).toEqual([]);
});

test('a thread is told by the innermost frame that is the user’s', () => {
  const frame = (name: string, kind: 'user' | 'engine') =>
    ({ function: name, file: 'src/job.ts', line: 12, kind }) as const;
  const thread: ThreadStack = {
    slot: 0,
    name: 'slot 0',
    state: 'running',
    operator: { vertexId: 'v', subtask: 1, name: 'map', inside: true },
    stack: [frame('now', 'engine'), frame('parse', 'user')],
  };
  expect(threadLine(thread)).toEqual({ frame: 'parse job.ts:12', place: 'src/job.ts:12' });
  expect(threadLine({ ...thread, stack: [] }).frame).toBe('');
  expect(stacksText({ t: 0, threads: [thread] })).toContain(
    '"slot 0" running in map#1\n    at now (src/job.ts:12)\n    at parse (src/job.ts:12)',
  );
});
