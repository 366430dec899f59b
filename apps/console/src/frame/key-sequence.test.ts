import { expect, test } from 'vitest';
import { KeySequence, type KeyPress } from './key-sequence.ts';

function presses(...keys: (string | Partial<KeyPress>)[]) {
  const sequence = new KeySequence();
  const plain = { ctrlOrMeta: false, alt: false, typing: false };
  return keys.map((key, at) => {
    const press = typeof key === 'string' ? { key } : key;
    const shortcut = sequence.press({ key: '', at, ...plain, ...press });
    if (shortcut === null) return null;
    return shortcut.kind === 'overlay' ? shortcut.overlay : `${shortcut.kind} ${shortcut.key}`;
  });
}

test('g and a letter jump; another letter in between ends it', () => {
  expect(presses('g', 'j')).toEqual([null, 'jump j']);
  expect(presses('g', 'g')).toEqual([null, 'jump g']);
  expect(presses('g', 'x', 'j')).toEqual([null, 'jump x', null]);
  expect(presses('j')).toEqual([null]);
});

test('g waits a moment only', () => {
  expect(presses('g', { key: 'j', at: 1500 })).toEqual([null, 'jump j']);
  expect(presses('g', { key: 'j', at: 1501 })).toEqual([null, null]);
});

test('time is paused, stepped through and left again by single keys', () => {
  expect(presses('p', '[', ']', 'l')).toEqual([
    'time pause',
    'time earlier',
    'time later',
    'time live',
  ]);
  expect(presses('g', 'l')).toEqual([null, 'jump l']);
  expect(presses({ key: '[', ctrlOrMeta: true, alt: true })).toEqual(['time earlier']);
  expect(presses({ key: 'p', ctrlOrMeta: true })).toEqual([null]);
});

test('what is typed into a field is text, except for the palette', () => {
  expect(presses({ key: 'g', typing: true }, 'j')).toEqual([null, null]);
  expect(presses({ key: '[', typing: true })).toEqual([null]);
  expect(presses({ key: '?', typing: true })).toEqual([null]);
  expect(presses({ key: 'k', ctrlOrMeta: true, typing: true })).toEqual(['palette']);
  expect(presses('?', 'k')).toEqual(['shortcuts', null]);
});
