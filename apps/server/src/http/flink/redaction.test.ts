import { expect, it, test } from 'vitest';
import { stackText } from './exception-text.ts';
import { redacted, withoutSecrets } from './redaction.ts';

test.each([
  ['cannot reach postgres://me:hunter2@db:5432/x', 'cannot reach postgres://me:******@db:5432/x'],
  ['GET https://api/x?token=abc&page=2 failed', 'GET https://api/x?token=******&page=2 failed'],
  ['login with password=hunter2, user=me', 'login with password=******, user=me'],
  ['config {"api_key":"abc","n":1}', 'config {"api_key":"******","n":1}'],
  ["connect(host='h', secret = 'abc')", "connect(host='h', secret = '******')"],
  ['\u001b[31mpassword\u001b[0m=hunter2 is \u001b[1mwrong\u001b[22m', 'password=****** is wrong'],
])('%s', (text, hidden) => {
  expect(withoutSecrets(text)).toBe(hidden);
});

test.each([
  'Unexpected token } in JSON at position 3',
  'the secret of joy',
  'at http://localhost:8081/jobs, line 3:14',
  'password: must not be empty',
])('stays as it is: %s', (text) => {
  expect(withoutSecrets(text)).toBe(text);
});

it('hides secrets of configurations and of stacks with their causes', () => {
  expect(redacted({ 'sasl.jaas.config': 'x', url: 'kafka://u:p@h', n: '1' })).toEqual({
    'sasl.jaas.config': '******',
    url: 'kafka://u:******@h',
    n: '1',
  });
  const base = { name: 'Error', code: null, retryable: false, context: {}, cause: null };
  const cause = { ...base, message: 'mysql://u:pw@h', stack: 'Error: mysql://u:pw@h\n  at a:1' };
  const text = stackText({ ...base, message: 'failed', stack: 'Error: failed\n  at b:2', cause });
  expect(text).toContain('mysql://u:******@h');
  expect(text).not.toContain('pw');
});
