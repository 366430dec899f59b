/**
 * A block of history as compressed bytes: what it is about, the times of its rows, and its numbers.
 *
 * Numbers lie by column, as differences from the row before, high bytes before low bytes: of a
 * quiet column little is left. Compression is the fast one, since most blocks are never read.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';

export interface UnpackedBlock {
  /** As it was given, JSON. */
  readonly header: unknown;
  readonly times: readonly number[];
  readonly body: Uint8Array;
}

const LEVEL = 1;

/** @param times whole ms, ascending. */
export function packBlock(header: unknown, times: readonly number[], body: Uint8Array): Uint8Array {
  const steps = times.map((t, i) => (i === 0 ? t : t - times[i - 1]!));
  const text = new TextEncoder().encode(JSON.stringify([steps, header]));
  const bytes = new Uint8Array(4 + text.length + body.length);
  new DataView(bytes.buffer).setUint32(0, text.length);
  bytes.set(text, 4);
  bytes.set(body, 4 + text.length);
  return deflateRawSync(bytes, { level: LEVEL });
}

/** The inverse of `packBlock`. @throws what zlib and JSON throw on bytes that are not a block. */
export function unpackBlock(packed: Uint8Array): UnpackedBlock {
  const bytes = inflateRawSync(packed);
  const length = bytes.readUInt32BE(0);
  const text = bytes.toString('utf8', 4, 4 + length);
  const [steps, header] = JSON.parse(text) as [number[], unknown];
  let t = 0;
  const times = steps.map((step) => {
    t += step;
    return t;
  });
  return { header, times, body: bytes.subarray(4 + length) };
}

/** Codes `from` to `from + width` of each row. */
export function packCodes(rows: readonly Int16Array[], from: number, width: number): Uint8Array {
  const count = rows.length * width;
  const bytes = new Uint8Array(2 * count);
  let at = 0;
  for (let column = from; column < from + width; column++) {
    let before = 0;
    for (const row of rows) {
      const code = row[column]!;
      const change = ((code - before) << 16) >> 16;
      before = code;
      const folded = ((change << 1) ^ (change >> 15)) & 0xffff;
      bytes[at] = folded >> 8;
      bytes[count + at] = folded & 0xff;
      at++;
    }
  }
  return bytes;
}

/** The inverse of `packCodes`: rows of `width` codes. */
export function unpackCodes(bytes: Uint8Array, rows: number, width: number): Int16Array[] {
  const count = rows * width;
  const codes = Array.from({ length: rows }, () => new Int16Array(width));
  let at = 0;
  for (let column = 0; column < width; column++) {
    let code = 0;
    for (const row of codes) {
      const folded = (bytes[at]! << 8) | bytes[count + at]!;
      code += (folded >> 1) ^ -(folded & 1);
      row[column] = code;
      code = row[column]!;
      at++;
    }
  }
  return codes;
}
