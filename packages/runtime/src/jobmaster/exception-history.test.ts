import { toWire } from '@weir/core';
import { describe, expect, it } from 'vitest';
import { EXCEPTIONS_MAX, ExceptionHistory } from './exception-history.ts';
import type { ExceptionView } from './job-view.ts';

function exception(message: string): ExceptionView {
  const error = toWire(message);
  return { atMs: 0, error, vertexId: null, taskName: null, subtask: null, taskManagerId: null };
}

describe('ExceptionHistory', () => {
  it('is newest first and bounded', () => {
    const history = new ExceptionHistory();
    for (let i = 0; i < EXCEPTIONS_MAX + 5; i++) history.addRoot(exception(`e${i}`));
    expect(history.entries).toHaveLength(EXCEPTIONS_MAX);
    expect(history.entries[0]!.error.message).toBe(`e${EXCEPTIONS_MAX + 4}`);
  });

  it('records the newest, as far as they fit, and goes on from there', () => {
    const history = new ExceptionHistory();
    history.addRoot(exception('small'));
    history.addConcurrent(exception('beside'));
    expect(history.recorded.map(({ error }) => error.message)).toEqual(['small']);
    expect(history.recorded[0]!.concurrent).toBeUndefined();
    for (let i = 0; i < 5; i++) history.addRoot(exception(`${i}${'x'.repeat(20_000)}`));
    const recorded = history.recorded.map(({ error }) => error.message[0]);
    expect(recorded).toEqual(['4', '3', '2']);
    const next = new ExceptionHistory();
    next.restore(history.recorded);
    expect(next.entries).toEqual(history.recorded);
    expect(next.recorded).toEqual(history.recorded);
  });

  it('groups what failed together under the root cause', () => {
    const history = new ExceptionHistory();
    history.addRoot(exception('old'));
    history.addRoot(exception('root'));
    for (let i = 0; i < 100; i++) history.addConcurrent(exception(`c${i}`));
    const [root, old] = history.entries;
    expect(root!.error.message).toBe('root');
    expect(root!.concurrent!.map((entry) => entry.error.message).slice(0, 2)).toEqual(['c0', 'c1']);
    expect(root!.concurrent!.length).toBeLessThan(100);
    expect(old!.concurrent).toBeUndefined();
  });
});
