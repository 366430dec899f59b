import type { JobEvent } from '@weir/console-protocol';
import { expect, test } from 'vitest';
import { neighbourMark, timeMarks } from './time-marks.ts';

const event = (t: number, kind: JobEvent['kind'], text: string): JobEvent => ({
  t,
  kind,
  text,
  subject: null,
});

const marks = timeMarks(
  [
    event(10, 'checkpoint', 'Checkpoint 1 in progress'),
    event(20, 'checkpoint', 'Checkpoint 1 completed in 10 ms'),
    event(40, 'exception', 'map: boom'),
    event(41, 'restart', 'RESTARTING'),
  ],
  [
    { vertexId: 'a', from: 15, to: 30 },
    { vertexId: 'b', from: 30, to: null },
  ],
  (id) => id.toUpperCase(),
);

test('a mark is where something happened, a checkpoint where it ended', () => {
  expect(marks.map(({ t, kind }) => `${t} ${kind}`)).toEqual([
    '15 verdict',
    '20 checkpoint',
    '30 verdict',
    '30 verdict',
    '40 exception',
    '41 restart',
  ]);
  expect(marks[0]?.text).toBe('A becomes the bottleneck');
});

test('jumps over what is of another kind, and never stays where it is', () => {
  expect(neighbourMark(marks, 'verdict', 15, 1)?.t).toBe(30);
  expect(neighbourMark(marks, 'verdict', 30, -1)?.t).toBe(15);
  expect(neighbourMark(marks, 'restart', 20, 1)?.t).toBe(41);
  expect(neighbourMark(marks, 'restart', 41, 1)).toBeNull();
  expect(neighbourMark(marks, 'checkpoint', 20, -1)).toBeNull();
});
