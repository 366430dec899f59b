import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gapVerdict, rangeShares, rangeVerdict } from './range-verdict.ts';
import { jobTick, LOOKUP, topology } from '../test-story.ts';

const SECOND = 1000;
const bottleneck = { vertexId: LOOKUP, since: 0, until: null, cause: 'external' as const };
const entry = (t: number, values: Parameters<typeof jobTick>[2] = {}) => ({
  tick: jobTick(t, false, values),
  reach: 3500,
});
const text = (parts: readonly { readonly text: string }[]) =>
  parts.map((part) => part.text).join('');

test('says how the minutes were spent, the worst first', () => {
  const entries = Array.from({ length: 60 }, (_, i) =>
    entry(i * SECOND, i < 30 ? { bottleneck } : i < 45 ? {} : { state: 'RESTARTING' }),
  );
  const shares = rangeShares(entries, 0, 60 * SECOND);
  expect(shares.map(({ kind, ms }) => `${kind} ${ms}`)).toEqual([
    'bottleneck 30000',
    'state 15000',
    'healthy 15000',
  ]);
  const { sentence, vertexId, tone } = rangeVerdict(topology, shares);
  expect(vertexId).toBe(LOOKUP);
  expect(tone).toBe('bottleneck');
  expect(text(sentence)).toBe(
    'lookup was the bottleneck for 30\u202fs (50\u202f%), waiting outside; ' +
      'RESTARTING for 15\u202fs (25\u202f%); healthy for 15\u202fs (25\u202f%).',
  );
});

test('an operator counts once, under the cause that it had longest', () => {
  const entries = Array.from({ length: 1000 }, (_, i) => {
    const cause = i < 300 ? 'cpu' : i < 302 ? 'skew' : 'external';
    return entry(i * SECOND, i < 700 ? { bottleneck: { ...bottleneck, cause } } : {});
  });
  expect(rangeShares(entries, 0, 1000 * SECOND)).toEqual([
    { kind: 'bottleneck', subject: LOOKUP, cause: 'external', ms: 700_000 },
    { kind: 'healthy', subject: '', cause: null, ms: 300_000 },
  ]);
  const brief = Array.from({ length: 1000 }, (_, i) =>
    entry(i * SECOND, i < 3 ? { bottleneck } : {}),
  );
  expect(rangeShares(brief, 0, 1000 * SECOND).map(({ kind }) => kind)).toEqual(['healthy']);
});

test('the parts add up to the range, whatever is missing of it', () => {
  const seconds = fc.uniqueArray(fc.integer({ min: 0, max: 299 }), { maxLength: 120 });
  fc.assert(
    fc.property(seconds, (times) => {
      const entries = times.sort((a, b) => a - b).map((second) => entry(second * SECOND));
      const shares = rangeShares(entries, 0, 300 * SECOND);
      const sum = shares.reduce((all, { ms }) => all + ms, 0);
      expect(Math.abs(sum - 300 * SECOND)).toBeLessThanOrEqual(2000);
    }),
  );
});

test('a time of which nothing is kept is said', () => {
  const shares = rangeShares([entry(0), entry(SECOND)], 0, 100 * SECOND);
  expect(text(rangeVerdict(topology, shares).sentence)).toBe(
    'Nothing is kept of 1\u202fm\u00a035\u202fs (96\u202f%); healthy for 4\u202fs (4\u202f%).',
  );
  const at = (t: number) => `${t}`;
  const between = gapVerdict(7, { from: 5, to: 9000 }, 0, at).sentence;
  expect(text(between)).toContain('from 5 until 9000');
  const nothing = { from: null, to: null };
  const submitted = 'The job was submitted at 500; there is nothing before.';
  expect(text(gapVerdict(600, { from: null, to: 1000 }, 500, at).sentence)).toBe(submitted);
  expect(text(gapVerdict(400, nothing, 500, at).sentence)).toBe(submitted);
  expect(text(gapVerdict(600, nothing, 500, at).sentence)).toMatch(
    /^Nothing is kept of this time:/,
  );
});
