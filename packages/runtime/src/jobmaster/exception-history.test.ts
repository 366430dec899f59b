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
