import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  fromLevel,
  type LogLine,
  matchingLines,
  matchParts,
  stepMatch,
  lineAt,
  linesText,
  ofPlace,
} from './log-lines.ts';

const line = (seq: number, level: LogLine['level'], text: string): LogLine => ({
  seq,
  t: seq,
  level,
  text,
  vertexId: null,
  subtask: null,
});
const LINES = [
  line(1, 'debug', 'split 1'),
  line(2, 'warn', 'Timeout after 500 ms'),
  line(3, 'info', 'answered'),
  line(4, 'error', 'timeout, given up: TIMEOUT'),
];

test('a level shows itself and what is worse', () => {
  expect(fromLevel(LINES, 'debug')).toBe(LINES);
  expect(fromLevel(LINES, 'warn').map(({ seq }) => seq)).toEqual([2, 4]);
  expect(fromLevel(LINES, 'error').map(({ seq }) => seq)).toEqual([4]);
});

test('a search finds whatever the case, and steps around the ends', () => {
  const found = matchingLines(LINES, ' timeout ');
  expect(found).toEqual([1, 3]);
  expect(matchingLines(LINES, ' ')).toEqual([]);
  expect([stepMatch(found, -1, 1), stepMatch(found, 1, 1), stepMatch(found, 3, 1)]).toEqual([
    1, 3, 1,
  ]);
  expect([stepMatch(found, 3, -1), stepMatch(found, 1, -1)]).toEqual([1, 3]);
  expect(stepMatch([], 0, 1)).toBeNull();
});

test('matches are cut out, and nothing is lost or added', () => {
  expect(matchParts('timeout, given up: TIMEOUT', 'timeout')).toEqual([
    { text: 'timeout', match: true, at: 0 },
    { text: ', given up: ', match: false, at: 7 },
    { text: 'TIMEOUT', match: true, at: 19 },
  ]);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, wanted) => {
      const parts = matchParts(text, wanted);
      expect(parts.map((part) => part.text).join('')).toBe(text);
    }),
  );
});

test('lines of one operator and subtask, and the last one at a time', () => {
  const line = (seq: number, vertexId: string | null, subtask: number | null) =>
    ({ seq, t: seq * 10, level: 'info', text: `${seq}`, vertexId, subtask }) as const;
  const lines = [line(1, 'a', 0), line(2, 'a', 1), line(3, null, null), line(4, 'b', 0)];
  const shown = (place: Parameters<typeof ofPlace>[1]) =>
    ofPlace(lines, place).map(({ seq }) => seq);
  expect(shown({ vertexId: 'a', subtask: null })).toEqual([1, 2]);
  expect(shown({ vertexId: 'a', subtask: 1 })).toEqual([2]);
  expect(shown({ vertexId: null, subtask: 0 })).toEqual([1, 4]);
  expect(ofPlace(lines, { vertexId: null, subtask: null })).toBe(lines);
  expect([lineAt(lines, 5), lineAt(lines, 25), lineAt(lines, 99)]).toEqual([-1, 1, 3]);
  expect(linesText(lines.slice(0, 1), () => 'map')).toBe('1970-01-01T00:00:00.010Z INFO  map#0 1');
});
