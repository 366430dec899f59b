import type { WireError } from '@weir/core';
import { expect, test } from 'vitest';
import { jobEventOf } from './job-events.ts';

function wire(message: string, values: Partial<WireError> = {}): WireError {
  const base = { name: 'Error', code: null, stack: '', retryable: true, context: {}, cause: null };
  return { ...base, message, ...values };
}

function eventOf(error: WireError) {
  const where = { vertexId: 'v', taskName: 'a -> b (1/1)', subtask: 0, taskManagerId: null };
  const exception = { atMs: 5, error, ...where };
  return jobEventOf({ type: 'exception', exception, follows: false });
}

const stack = 'Error: …\n    at deep (/jobs/deep.ts:4:86)';

test('an exception names the operator of the chain in which it began', () => {
  const cause = wire('no such airport', { context: { operator: 'Source: flights' } });
  const gaveUp = wire('the restart strategy is none', { code: 'JOB_FAILED', cause });
  expect(eventOf(gaveUp)).toMatchObject({
    operator: 'flights',
    subject: 'JOB_FAILED',
    text: 'a -> b (1/1): the restart strategy is none. Cause: no such airport',
  });
  expect(eventOf(wire('lost'))).not.toHaveProperty('operator');
});

test('a long message leaves room for the frames', () => {
  const long = wire(`bad record ${'x'.repeat(9000)}`, { stack });
  const event = eventOf(wire('failed', { cause: long }));
  expect(event?.stack).toContain('at deep (/jobs/deep.ts:4:86)');
  expect(event?.stack?.length).toBeLessThan(2000);
});
