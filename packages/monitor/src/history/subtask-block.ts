/**
 * Subtasks of one vertex in the form of the history. Fine blocks have all 16 bits of each code;
 * heat has one byte: the codes between the lowest and the highest of a column and block, evenly. A
 * column whose codes lie within 253 of each other loses nothing by it.
 */
import { packBlock, packCodes, unpackBlock, unpackCodes } from './block-bytes.ts';
import { UNKNOWN_CODE } from './number-code.ts';
import { SUBTASK_COLUMNS } from './subtask-columns.ts';

export interface SubtaskRows {
  readonly parallelism: number;
  readonly times: readonly number[];
  /** Per time the codes of all columns, subtask by subtask. */
  readonly rows: readonly Int16Array[];
  /** How far codes may be from what they were, by column. */
  readonly codeErrors: readonly number[];
}

interface Header {
  readonly parallelism: number;
  /** Columns that something is known of. */
  readonly columns: readonly number[];
  /** Lowest and highest code by column in `columns`; null = all bits. */
  readonly ranges: readonly (readonly [number, number])[] | null;
}

const BYTE_UNKNOWN = 255;
/** Bytes 0 to 253. */
const BYTE_STEPS = 253;

/** Null when nothing is known of the vertex. */
export function packSubtasks(
  { parallelism, times, rows }: Omit<SubtaskRows, 'codeErrors'>,
  form: 'codes' | 'heat',
): Uint8Array | null {
  const known: number[] = [];
  const ranges: [number, number][] = [];
  for (let column = 0; column < SUBTASK_COLUMNS.length; column++) {
    const range = rangeOf(rows, column * parallelism, parallelism);
    if (range === null) continue;
    known.push(column);
    ranges.push(range);
  }
  if (known.length === 0) return null;
  const header: Header = { parallelism, columns: known, ranges: form === 'heat' ? ranges : null };
  const parts = known.map((column, i) =>
    form === 'heat'
      ? heatOf(rows, column * parallelism, parallelism, ranges[i]!)
      : packCodes(rows, column * parallelism, parallelism),
  );
  return packBlock(header, times, joined(parts));
}

/** The inverse of `packSubtasks`, within `codeErrors`. */
export function unpackSubtasks(bytes: Uint8Array): SubtaskRows {
  const { header, times, body } = unpackBlock(bytes);
  const { parallelism, columns, ranges } = header as Header;
  const width = SUBTASK_COLUMNS.length * parallelism;
  const rows = times.map(() => new Int16Array(width).fill(UNKNOWN_CODE));
  const codeErrors = SUBTASK_COLUMNS.map(() => 0);
  const partBytes = times.length * parallelism * (ranges === null ? 2 : 1);
  columns.forEach((column, i) => {
    const part = body.subarray(i * partBytes, (i + 1) * partBytes);
    if (ranges === null) {
      const codes = unpackCodes(part, times.length, parallelism);
      codes.forEach((row, time) => {
        rows[time]!.set(row, column * parallelism);
      });
      return;
    }
    const range = ranges[i]!;
    codeErrors[column] = heatError(range);
    readHeat(part, rows, column * parallelism, parallelism, range);
  });
  return { parallelism, times, rows, codeErrors };
}

function rangeOf(
  rows: readonly Int16Array[],
  from: number,
  width: number,
): [number, number] | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    for (let i = from; i < from + width; i++) {
      const code = row[i]!;
      if (code === UNKNOWN_CODE) continue;
      if (code < low) low = code;
      if (code > high) high = code;
    }
  }
  return low > high ? null : [low, high];
}

/** Half a byte's step, and the rounding to whole codes. */
function heatError([low, high]: readonly [number, number]): number {
  return high - low <= BYTE_STEPS ? 0 : Math.ceil((high - low) / BYTE_STEPS / 2 + 0.5);
}

/** By subtask, each byte as its difference from the one before. */
function heatOf(
  rows: readonly Int16Array[],
  from: number,
  width: number,
  [low, high]: readonly [number, number],
): Uint8Array {
  const bytes = new Uint8Array(rows.length * width);
  const scale = high - low <= BYTE_STEPS ? 1 : BYTE_STEPS / (high - low);
  let at = 0;
  for (let i = from; i < from + width; i++) {
    let before = 0;
    for (const row of rows) {
      const code = row[i]!;
      const byte = code === UNKNOWN_CODE ? BYTE_UNKNOWN : Math.round((code - low) * scale);
      bytes[at++] = byte - before;
      before = byte;
    }
  }
  return bytes;
}

function readHeat(
  bytes: Uint8Array,
  rows: readonly Int16Array[],
  from: number,
  width: number,
  [low, high]: readonly [number, number],
): void {
  const scale = high - low <= BYTE_STEPS ? 1 : (high - low) / BYTE_STEPS;
  let at = 0;
  for (let i = from; i < from + width; i++) {
    let byte = 0;
    for (const row of rows) {
      byte = (byte + bytes[at++]!) & 0xff;
      row[i] = byte === BYTE_UNKNOWN ? UNKNOWN_CODE : Math.round(low + byte * scale);
    }
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
