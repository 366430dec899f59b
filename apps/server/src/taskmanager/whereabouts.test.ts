import { expect, it } from 'vitest';
import { mostSeen } from './whereabouts.ts';

it('names where a thread mostly was, not where it was for a moment', () => {
  const [map, source] = [' in map "grower"', ' in source "numbers"'];
  expect(mostSeen([source])).toBe(source);
  expect(mostSeen([map, map, map, source])).toBe(map);
  expect(mostSeen([source, map]), 'the newest of equals').toBe(map);
});
