import { expect, test } from 'vitest';
import { GROUP_MAX, markedParts, searchPalette } from './palette-search.ts';

const entry = (group: string, label: string, detail = '') => ({ group, label, detail });
const ENTRIES = [
  entry('Jobs', 'clickstream', 'RUNNING 77aa'),
  entry('Jobs', 'flights', 'RUNNING 12ab'),
  entry('Actions', 'Rescale flights'),
  entry('Actions', 'Light theme'),
];

function found(text: string): string[] {
  return searchPalette(ENTRIES, text).flatMap(({ entries }) => entries.map(({ label }) => label));
}

test('nothing typed shows everything, in groups', () => {
  expect(searchPalette(ENTRIES, ' ').map(({ name }) => name)).toEqual(['Jobs', 'Actions']);
  expect(found('')).toHaveLength(4);
});

test('every word must be there, in the label, the detail or the group', () => {
  expect(found('flights')).toEqual(['flights', 'Rescale flights']);
  expect(found('flights resc')).toEqual(['Rescale flights']);
  expect(found('77aa')).toEqual(['clickstream']);
  expect(found('actions')).toEqual(['Rescale flights', 'Light theme']);
  expect(found('nothing')).toEqual([]);
});

test('beginnings of the label come before beginnings of words and the middle', () => {
  const three = [entry('a', 'relight'), entry('a', 'the light'), entry('a', 'light')];
  const labels = searchPalette(three, 'light')[0]!.entries.map(({ label }) => label);
  expect(labels).toEqual(['light', 'the light', 'relight']);
});

test('a group has a bound', () => {
  const many = Array.from({ length: 50 }, (_, at) => entry('Jobs', `job ${at}`));
  expect(searchPalette(many, 'job')[0]!.entries).toHaveLength(GROUP_MAX);
});

test('what was found is marked, each word where it stands first', () => {
  const shown = (label: string, text: string) =>
    markedParts(label, text)
      .map((part) => (part.hit ? `[${part.text}]` : part.text))
      .join('');
  expect(shown('Rescale flights', 'fli resc')).toBe('[Resc]ale [fli]ghts');
  expect(shown('airport look-up', 'LOOK ok')).toBe('airport [look]-up');
  expect(shown('flights', '')).toBe('flights');
  expect(shown('flights', 'flights')).toBe('[flights]');
  expect(shown('Savepoint', 'sa save')).toBe('[sa][ve]point'.replace('sa', 'Sa'));
});
