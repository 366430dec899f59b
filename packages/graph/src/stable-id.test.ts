import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stableId } from './stable-id.ts';

describe('stableId', () => {
  it('is MurmurHash3 x64-128, so that a uid has the id it has in Flink', () => {
    expect(stableId('')).toBe('00000000000000000000000000000000');
    expect(stableId('hell')).toBe(littleEndian('629942693e10f867', '92db0b82baeb5347'));
    expect(stableId('hello')).toBe(littleEndian('cbd8a7b341bd9b02', '5b1e906a48ae1d19'));
    expect(stableId('The quick brown fox jumps over the lazy dog')).toBe(
      littleEndian('e34bbc7bbc071b6c', '7a433ca9c49a9347'),
    );
  });

  it('gives 32 hex digits, equal for equal texts and different for different ones', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (left, right) => {
        expect(stableId(left)).toMatch(/^[0-9a-f]{32}$/);
        expect(stableId(left) === stableId(right)).toBe(left === right);
      }),
    );
  });
});

function littleEndian(...words: string[]): string {
  return words.map((word) => word.match(/../g)!.reverse().join('')).join('');
}
