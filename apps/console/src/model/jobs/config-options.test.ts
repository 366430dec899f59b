import type { JobConfigOption } from '@weir/console-protocol';
import { expect, test } from 'vitest';
import {
  checkpointFacts,
  defaultText,
  foundOptions,
  optionGroups,
  restartFacts,
  valueText,
} from './config-options.ts';

const option = (key: string, rest: Partial<JobConfigOption> = {}): JobConfigOption => ({
  key,
  kind: 'string',
  value: '',
  default: '',
  text: null,
  description: '',
  source: 'default',
  hidden: false,
  ...rest,
});
const duration = (key: string, value: number, rest: Partial<JobConfigOption> = {}) =>
  option(key, { kind: 'duration', value, default: 1000, ...rest });

test('values are written with their unit, secrets not at all', () => {
  expect(valueText(duration('a', 600_000))).toBe('10\u202fm');
  expect(valueText(duration('a', 0))).toBe('off');
  expect(valueText(option('a', { kind: 'memory', value: 67_108_864 }))).toBe('64.0\u202fMiB');
  expect(valueText(option('a', { value: Number.MAX_SAFE_INTEGER, kind: 'integer' }))).toBe(
    'unlimited',
  );
  expect(valueText(option('a', { value: '******', hidden: true }))).toBe('hidden');
  expect(defaultText(duration('a', 5, { source: 'job' }))).toBe('1\u202fs');
  expect(defaultText(duration('a', 5))).toBeNull();
});

test('options are found by key, value, description and source; defaults can be left out', () => {
  const options = [
    option('heartbeat.timeout', { source: 'job' }),
    option('other', { description: 'of a heartbeat' }),
    option('third', { value: 'x' }),
  ];
  expect(foundOptions(options, 'Heartbeat', 'all').map(({ key }) => key)).toEqual([
    'heartbeat.timeout',
    'other',
  ]);
  expect(foundOptions(options, '', 'set').map(({ key }) => key)).toEqual(['heartbeat.timeout']);
  expect(optionGroups(options).map(({ title }) => title)).toEqual(['Task managers', 'Others']);
});

test('checkpoints and restarts in words', () => {
  expect(checkpointFacts([])[0]!.text).toContain('loses all state');
  const checkpoints = checkpointFacts([
    duration('execution.checkpointing.interval', 60_000),
    duration('execution.checkpointing.timeout', 600_000),
    option('execution.checkpointing.mode', { value: 'EXACTLY_ONCE' }),
    option('execution.checkpointing.num-retained', { value: 1 }),
  ]);
  expect(checkpoints.map(({ text }) => text)).toEqual([
    'every 1\u202fm',
    'exactly once: barriers align',
    'after 10\u202fm',
    'the last 1, deleted when the job ends',
    'the first one fails the job',
  ]);
  expect(restartFacts([option('execution.checkpointing.interval', { value: 0 })])[0]!.text).toBe(
    'none, by default: the first failure ends the job',
  );
  const fixed = restartFacts([
    option('restart-strategy.type', { value: 'fixed-delay', source: 'job' }),
    option('restart-strategy.fixed-delay.attempts', { value: 3, kind: 'integer' }),
    duration('restart-strategy.fixed-delay.delay', 2000),
  ]);
  expect(fixed.map(({ text }) => text)).toEqual([
    'fixed-delay',
    '3 at most',
    '2\u202fs before each',
  ]);
});
