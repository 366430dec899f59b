import type { SlotThread, TaskManagerEntry } from '@weir/console-protocol';
import { expect, test } from 'vitest';
import { fullestHeap, taskManagersReading, threadParts } from './task-manager-reading.ts';

const task = (vertexId: string, running: number | null) => ({
  vertexId,
  name: vertexId,
  subtask: 0,
  running,
});

function slot(values: Partial<SlotThread> = {}): SlotThread {
  return {
    slot: 0,
    busy: 0.5,
    gc: 0.01,
    heapUsedBytes: 10,
    heapLimitBytes: 100,
    eventLoopDelayMs: 1,
    tasks: [],
    ...values,
  };
}

function entry(values: Partial<TaskManagerEntry> = {}): TaskManagerEntry {
  const figures = { cpuCores: 1.5, gc: 0.01, eventLoopDelayMs: 2, slots: [slot()] };
  return { id: 'tm-1', jobName: 'flights', ...figures, ...values } as TaskManagerEntry;
}

test('nothing to watch is said too', () => {
  const { subject, text } = taskManagersReading([entry(), entry()]);
  expect(subject).toBeNull();
  expect(text).toContain('2 processes run, 3.0 cores in use');
});

test('a heap that grows is named with the time of its end', () => {
  const grows = entry({ heapEnd: { slot: 2, at: 1_795_000_000_000, bytesPerMinute: 1_572_864 } });
  const { subject, text } = taskManagersReading([entry({ id: 'tm-9' }), grows]);
  expect(subject).toBe('tm-1');
  expect(text).toMatch(/slot 2 grows by 1\.5\u202fMiB a minute.* at about \d\d:\d\d\.$/);
});

test('the fullest heap is named before slower troubles', () => {
  const slow = entry({ id: 'tm-2', eventLoopDelayMs: 900 });
  expect(taskManagersReading([entry(), slow])).toMatchObject({ subject: 'tm-2' });
  expect(taskManagersReading([entry(), slow]).text).toContain('900\u202fms late');
  const full = entry({ id: 'tm-3', slots: [slot(), slot({ slot: 1, heapUsedBytes: 92 })] });
  const reading = taskManagersReading([slow, full]);
  expect(reading.subject).toBe('tm-3');
  expect(reading.text).toContain('slot 1 uses 92\u202f% of its heap');
  expect(fullestHeap(full.slots)).toBeCloseTo(0.92);
  expect(taskManagersReading([entry({ gc: 0.2 })]).text).toContain('20\u202f%');
});

test('the parts of a thread are its subtasks and the collector, never more than it', () => {
  const thread = slot({ gc: 0.1, tasks: [task('a', 0.3), task('b', null), task('c', 0.2)] });
  const parts = threadParts(thread, ['c', 'a', 'b']);
  expect(parts.map(({ key, share, colour }) => [key, share.toFixed(2), colour])).toEqual([
    ['a/0', '0.24', 1],
    ['c/0', '0.16', 0],
    ['gc', '0.10', null],
  ]);
  const over = threadParts(slot({ gc: 0, tasks: [task('a', 0.9), task('b', 0.9)] }), ['a', 'b']);
  expect(over.map(({ share }) => share)).toEqual([0.5, 0.5]);
});
