import { expect, test } from 'vitest';
import { bytesOfText, typedBytes } from './byte-text.ts';

test('reads sizes with a unit, and only those', () => {
  expect(bytesOfText('512 MiB')).toBe(512 * 2 ** 20);
  expect(bytesOfText(' 1.5g ')).toBe(1.5 * 2 ** 30);
  expect(bytesOfText('0,5 GB')).toBe(2 ** 29);
  for (const text of ['', '512', 'much', '-1 GiB', '5 KiB']) expect(bytesOfText(text)).toBeNull();
});

test('writes what it reads', () => {
  for (const bytes of [16 * 2 ** 20, 2 ** 30, 2.25 * 2 ** 30]) {
    expect(bytesOfText(typedBytes(bytes))).toBe(bytes);
  }
});
