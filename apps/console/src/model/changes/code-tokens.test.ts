import fc from 'fast-check';
import { expect, it } from 'vitest';
import { codeTokens } from './code-tokens.ts';

it.each([
  [
    "const at = 12.5; // it's late",
    'job.ts',
    ['keyword const', 'plain  at = ', 'number 12.5', 'plain ; ', "comment // it's late"],
  ],
  [
    "import { retry } from './http.ts';",
    'job.ts',
    [
      'keyword import',
      'plain  { retry } ',
      'keyword from',
      'plain  ',
      "string './http.ts'",
      'plain ;',
    ],
  ],
  [' * What it is for.', 'job.ts', ['comment  * What it is for.']],
  ['i-- / 2', 'job.ts', ['plain i-- / ', 'number 2']],
  [
    "SELECT 'x' FROM t -- all",
    'sinks.sql',
    [
      'keyword SELECT',
      'plain  ',
      "string 'x'",
      'plain  ',
      'keyword FROM',
      'plain  t ',
      'comment -- all',
    ],
  ],
])('%s', (line, file, parts) => {
  expect(codeTokens(line, file).map(({ kind, text }) => `${kind} ${text}`)).toEqual(parts);
});

it('loses nothing of a line', () => {
  const line = fc.string().map((text) => text.replaceAll(/[\n\r\u2028\u2029]/g, ' '));
  fc.assert(
    fc.property(line, fc.constantFrom('a.ts', 'a.sql'), (text, file) => {
      expect(
        codeTokens(text, file)
          .map((token) => token.text)
          .join(''),
      ).toBe(text);
    }),
  );
});
