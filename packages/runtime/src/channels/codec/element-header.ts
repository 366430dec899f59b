/**
 * The layout of a segment and of the elements in it.
 *
 * Segment: channel id, end of the used bytes, rows, elements (four int32), publish time (f64, ms
 * of the wall clock), 8 bytes reserved; then elements, each 8-aligned.
 * Element: kind, byte length with header, rows, info (four int32); then what its kind says.
 */
import type { Memory } from './memory.ts';

export const SEGMENT_HEADER_BYTES = 32;
export const ELEMENT_HEADER_BYTES = 16;

export const ELEMENT_OBJECTS = 1;
export const ELEMENT_COLUMNS = 2;
export const ELEMENT_WATERMARK = 3;
export const ELEMENT_STATUS = 4;
export const ELEMENT_END_OF_INPUT = 5;
export const ELEMENT_LATENCY_MARKER = 6;
export const ELEMENT_BARRIER = 7;
/** A piece of an element that is larger than a segment; info = bytes of the whole element. */
export const ELEMENT_FRAGMENT = 8;

/** Flags in `info` of batches, above the id of the shape or schema. */
export const HAS_TIMESTAMPS = 1 << 28;
export const HAS_KEY_HASHES = 1 << 29;
export const HAS_ANNOUNCEMENT = 1 << 30;
export const DICTIONARY_ID_MASK = 0xffff;

export function writeElementHeader(
  memory: Memory,
  at: number,
  kind: number,
  bytes: number,
  rows: number,
  info: number,
): void {
  const word = at >> 2;
  memory.words[word] = kind;
  memory.words[word + 1] = bytes;
  memory.words[word + 2] = rows;
  memory.words[word + 3] = info;
}
