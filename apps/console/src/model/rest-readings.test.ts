import { expect, test } from 'vitest';
import { invalidations } from '../rest/job-queries.ts';
import { callSiteParts } from './graph/call-site.ts';
import { exceptionHead } from './timeline/exception-head.ts';
import { LOOKUP, SINK, topology } from './test-story.ts';
import { holdingVertex } from './watermarks/watermark-holder.ts';

test('a call site is taken apart into name and system', () => {
  expect(callSiteParts('airports (PostgreSQL)')).toEqual({
    name: 'airports',
    system: 'PostgreSQL',
  });
  expect(callSiteParts('airports')).toEqual({ name: 'airports', system: '' });
});

test("an exception's head names message, operator and subtask", () => {
  const head = exceptionHead({
    exceptionName: 'org.example.LookupFailed',
    stacktrace: 'org.example.LookupFailed: no route\n\tat x',
    timestamp: 0,
    taskName: 'lookup (3/8) - execution #0',
  });
  expect(head).toEqual({
    name: 'LookupFailed',
    message: 'no route',
    ownMessage: 'no route',
    cause: null,
    operator: 'lookup',
    subtask: 2,
  });
});

test('a wrapped exception says its first cause', () => {
  const stacktrace =
    'JOB_FAILED: no restart left.\n\tat x\nCaused by: A: b\nCaused by: LOOKUP: no route';
  const head = exceptionHead({ exceptionName: 'JOB_FAILED', stacktrace, timestamp: 0 });
  expect(head.message).toBe('no restart left. Cause: no route');
  expect(head.ownMessage).toBe('no restart left.');
  expect(head.cause).toBe('LOOKUP: no route');
});

test('the holder adds most to the lag of its inputs', () => {
  const lags: Record<string, number> = { [LOOKUP]: 9000, [SINK]: 9500 };
  const holder = holdingVertex(topology, { watermarkLag: (id) => lags[id] ?? 100 });
  expect(holder?.vertex.id).toBe(LOOKUP);
  expect(holder?.addsMs).toBe(8900);
  expect(holdingVertex(topology, { watermarkLag: () => null })).toBeNull();
});

test('events put exactly the resources out of date that they name', () => {
  const event = (kind: 'checkpoint' | 'exception') => ({ t: 0, kind, text: '', subject: null });
  expect(invalidations('a', [event('checkpoint')])).toEqual([['job', 'a', 'checkpoints']]);
  expect(invalidations('a', [event('exception')])).toContainEqual(['job', 'a', 'exceptions']);
  expect(invalidations('a', [])).toEqual([]);
});
