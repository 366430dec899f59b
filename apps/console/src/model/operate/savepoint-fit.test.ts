import type { SavepointEntry } from '@weir/console-protocol';
import { expect, test } from 'vitest';
import { nameOfPath, savepointFit } from './savepoint-fit.ts';

function words(more: Partial<SavepointEntry>): string {
  const base = { type: 'savepoint', misfit: null, jobState: 'RUNNING', neededBy: [] };
  const { tone, text, detail } = savepointFit({ ...base, ...more } as SavepointEntry);
  return `${tone} ${text}: ${detail}`;
}

test('a savepoint fits, or why not', () => {
  expect(words({})).toBe('ok fits its job: ');
  expect(words({ misfit: 'it holds state of "x"' })).toBe(
    'warn does not fit its job: it holds state of "x"',
  );
  expect(words({ type: 'drain' })).toMatch(/^warn event time has ended/);
  expect(words({ neededBy: [{ jobId: 'a', name: 'flights' }] })).toBe(
    'ok fits, and is needed: flights has no checkpoint of its own yet',
  );
  expect(words({ jobState: null })).toBe('plain not known: its job is forgotten');
  expect(nameOfPath('/data/savepoints/savepoint-1')).toBe('savepoint-1');
});
