/** UTF-8 out of parts of buffers, strictly: what is no UTF-8 is refused, never replaced. */
import { isUtf8 } from 'node:buffer';
import { WeirError } from '@weir/core';

/** What decoders put where bytes were no UTF-8; somebody may have written it, too. */
export const REPLACEMENT = '\ufffd';

const SHOWN_BYTES = 16;

/** The text of `bytes[start, end)`. @throws WeirError FORMAT_INVALID for bytes that are no UTF-8. */
export function utf8Text(bytes: Uint8Array, start = 0, end = bytes.length): string {
  const text = bufferOf(bytes).toString('utf8', start, end);
  if (!text.includes(REPLACEMENT) || isUtf8(bytes.subarray(start, end))) return text;
  const hex = bufferOf(bytes.subarray(start, Math.min(end, start + SHOWN_BYTES))).toString('hex');
  throw new WeirError('FORMAT_INVALID', `the bytes ${hex}… are not UTF-8 text`);
}

/** The same memory. */
export function bufferOf(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
