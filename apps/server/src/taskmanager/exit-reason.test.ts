import { describe, expect, it } from 'vitest';
import { exitOf } from './exit-reason.ts';

const HEAP = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory';

describe('exitOf', () => {
  it.each([
    [null, 'SIGABRT', HEAP, 'ran out of heap'],
    [134, null, HEAP, 'ran out of heap'],
    [null, 'SIGKILL', '', 'killed (SIGKILL), by someone or by the system because memory ran out'],
    [null, 'SIGSEGV', '', 'crashed (SIGSEGV), most likely in native code'],
    [3, null, '', 'ended with exit code 3'],
  ])('says why: code %s, signal %s', (code, signal, stderr, reason) => {
    const exit = exitOf(code, signal, stderr, false);
    expect(exit.reason).toBe(reason);
    expect(exit.error).toMatchObject({ code: 'TASK_MANAGER_LOST', retryable: true });
  });

  it('names the operator in which it was seen last', () => {
    const exit = exitOf(null, 'SIGKILL', '', false, ' in map "parse"');
    expect(exit.error?.message).toMatch(
      /^the TaskManager was killed .*; it was seen in map "parse"/,
    );
  });

  it('is no error when the tasks have ended or the server wanted it', () => {
    expect(exitOf(0, null, '', false).error).toBeNull();
    expect(exitOf(null, 'SIGKILL', '', true)).toMatchObject({
      reason: 'stopped by the server',
      error: null,
    });
  });
});
