import type { LogEntry } from '@weir/runtime';
import { describe, expect, it } from 'vitest';
import { boundedForward } from './console-forwarding.ts';

describe('what a job prints', () => {
  it('is forwarded up to a bound of lines a second, and the rest is counted', () => {
    const sent: LogEntry[] = [];
    let nowMs = 5000;
    const forward = boundedForward(
      (entry) => sent.push(entry),
      () => nowMs,
    );
    for (let line = 0; line < 1500; line++) forward('info', `line ${line}`);
    expect(sent).toHaveLength(1000);
    expect(sent.at(-1)?.text).toBe('line 999');
    nowMs = 6000;
    forward('info', 'next');
    expect(sent.slice(1000).map(({ level, text }) => `${level} ${text}`)).toEqual([
      'warn 500 more lines were printed and dropped',
      'info next',
    ]);
  });

  it('is cut where a line is very long, and says so', () => {
    const sent: LogEntry[] = [];
    const forward = boundedForward(
      (entry) => sent.push(entry),
      () => 5000,
    );
    forward('info', `${'x'.repeat(9000)} end`);
    expect(sent[0]?.text.slice(7990)).toBe(`${'x'.repeat(10)}… (1004 more characters)`);
    forward('info', 'short');
    expect(sent[1]?.text).toBe('short');
  });
});
