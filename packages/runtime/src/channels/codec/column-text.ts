/**
 * Strings in columns: one byte per UTF-16 unit while all of a column's units are below 256, else
 * two, so that every string survives, lone surrogates included.
 */
import type { Memory } from './memory.ts';

/** From here on one native call is cheaper than a loop. */
const NATIVE_LENGTH = 48;
/**
 * V8 keeps the whole parent alive for a substring of 13 units and more, and a row that ends in
 * state would keep a whole column: such strings are decoded on their own.
 */
export const SUBSTRING_COPIES_BELOW = 13;

const NOT_ONE_BYTE = /[^\0-\xff]/;

/** Writes one byte per unit; the position after it, or −1 if a unit is too large. */
export function putNarrow(memory: Memory, at: number, value: string): number {
  const length = value.length;
  if (length >= NATIVE_LENGTH) {
    if (NOT_ONE_BYTE.test(value)) return -1;
    memory.text.write(value, at, 'latin1');
    return at + length;
  }
  const bytes = memory.bytes;
  for (let i = 0; i < length; i++) {
    const unit = value.charCodeAt(i);
    if (unit > 0xff) return -1;
    bytes[at + i] = unit;
  }
  return at + length;
}

/** Writes two bytes per unit at an even position; the position after it. */
export function putWide(memory: Memory, at: number, value: string): number {
  const length = value.length;
  if (length >= NATIVE_LENGTH) {
    memory.text.write(value, at, 'utf16le');
    return at + length * 2;
  }
  const units = memory.units;
  const first = at >> 1;
  for (let i = 0; i < length; i++) units[first + i] = value.charCodeAt(i);
  return at + length * 2;
}

/** All strings of a column as one, or null when most are too long for substrings. */
export function textOf(
  memory: Memory,
  at: number,
  units: number,
  wide: number,
  rows: number,
): string | null {
  if (units >= rows * SUBSTRING_COPIES_BELOW) return null;
  return memory.text.toString(wide === 1 ? 'utf16le' : 'latin1', at, at + (units << wide));
}

/** One string of a column that starts at `at`; `from` and `to` in units. */
export function cut(
  text: string | null,
  memory: Memory,
  at: number,
  wide: number,
  from: number,
  to: number,
): string {
  if (text !== null && to - from < SUBSTRING_COPIES_BELOW) return text.substring(from, to);
  const start = at + (from << wide);
  const end = at + (to << wide);
  return memory.text.toString(wide === 1 ? 'utf16le' : 'latin1', start, end);
}
