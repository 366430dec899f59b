import { expect, test } from 'vitest';
import { KeySequence, type KeyPress } from './key-sequence.ts';

function presses(...keys: (string | Partial<KeyPress>)[]) {
  const sequence = new KeySequence();
  const plain = { ctrlOrMeta: false, alt: false, typing: false };
  return keys.map((key, at) => {
    const press = typeof key === 'string' ? { key } : key;
    return sequence.press({ key: '', at, ...plain, ...press });
  });
}

test('g and a letter jump; another letter in between ends it', () => {
  expect(presses('g', 'j')).toEqual([null, 'jobs']);
  expect(presses('g', 'o')).toEqual([null, 'overview']);
  expect(presses('g', 'x', 'j')).toEqual([null, null, null]);
  expect(presses('j')).toEqual([null]);
});

test('g waits a moment only', () => {
  expect(presses('g', { key: 'j', at: 1500 })).toEqual([null, 'jobs']);
  expect(presses('g', { key: 'j', at: 1501 })).toEqual([null, null]);
});

test('what is typed into a field is text, except for the palette', () => {
  expect(presses({ key: 'g', typing: true }, 'j')).toEqual([null, null]);
  expect(presses({ key: '?', typing: true })).toEqual([null]);
  expect(presses({ key: 'k', ctrlOrMeta: true, typing: true })).toEqual(['palette']);
  expect(presses('?', 'k')).toEqual(['shortcuts', null]);
});
