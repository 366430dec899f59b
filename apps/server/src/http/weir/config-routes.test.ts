import { describe, expect, test } from 'vitest';
import { redactedArguments, restoredArguments } from '../flink/redaction.ts';
import type { SubmissionRecord } from '../job-service.ts';
import { optionsOf } from './config-routes.ts';

const submission: SubmissionRecord = {
  entry: 'job.ts',
  args: [],
  parallelism: 4,
  configuration: { 'heartbeat.timeout': '20 s', 's3.access-key': 'AKIA' },
  restorePath: null,
  name: null,
  submittedAtMs: 0,
};
const server = { 'task.cancellation.timeout': '10 s' };
const configuration = {
  ...server,
  'execution.checkpointing.interval': '2 s',
  'parallelism.default': '4',
  'heartbeat.timeout': '20 s',
  's3.access-key': 'AKIA',
  'jdbc.url': 'postgres://me:hunter2@db/x?token=abc',
};

describe('options of a job', () => {
  const options = optionsOf(configuration, submission, server);
  const of = (key: string) => options.find((option) => option.key === key);

  test('say where each comes from, and what it would be by default', () => {
    expect(of('execution.checkpointing.timeout')).toMatchObject({
      source: 'default',
      value: 600_000,
      text: null,
      kind: 'duration',
    });
    expect(of('task.cancellation.timeout')).toMatchObject({ source: 'server', value: 10_000 });
    expect(of('execution.checkpointing.interval')).toMatchObject({
      source: 'job',
      value: 2000,
      default: 0,
      text: '2 s',
    });
    expect(of('heartbeat.timeout')).toMatchObject({ source: 'command line', value: 20_000 });
    expect(of('parallelism.default')).toMatchObject({ source: 'command line', value: 4 });
    expect(options.map(({ key }) => key)).toEqual(options.map(({ key }) => key).sort());
  });

  test('hide what is secret, in keys and in addresses', () => {
    expect(of('s3.access-key')).toMatchObject({ hidden: true, value: '******', text: '******' });
    expect(of('jdbc.url')?.value).toBe('postgres://me:******@db/x?token=******');
    expect(JSON.stringify(options)).not.toMatch(/AKIA|hunter2|abc/);
  });
});

describe('arguments', () => {
  const args = ['--db-password', 'hunter2', '--token=abc', '--url', 'pg://me:pw@db', '--n', '4'];

  test('are shown without secrets', () => {
    expect(redactedArguments(args)).toEqual([
      '--db-password',
      '******',
      '--token=******',
      '--url',
      'pg://me:******@db',
      '--n',
      '4',
    ]);
  });

  test('come back with them, wherever they stand now, and with what was changed', () => {
    const sent = ['--n', '8', ...redactedArguments(args).slice(0, 5)];
    expect(restoredArguments(sent, args)).toEqual(['--n', '8', ...args.slice(0, 5)]);
    expect(restoredArguments(['--token=new'], args)).toEqual(['--token=new']);
  });
});
