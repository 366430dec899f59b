/** One row of an open block as bytes: what is new in words, and the codes as they are. */

export function journalRow(note: unknown, codes: Int16Array): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(note));
  const bytes = new Uint8Array(4 + text.length + codes.byteLength);
  new DataView(bytes.buffer).setUint32(0, text.length);
  bytes.set(text, 4);
  bytes.set(new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength), 4 + text.length);
  return bytes;
}

/** The inverse of `journalRow`. */
export function readJournalRow(bytes: Uint8Array): { note: unknown; codes: Int16Array } {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const text = new TextDecoder().decode(bytes.subarray(4, 4 + length));
  // A copy, since codes must begin at an even address.
  const codes = new Uint8Array(bytes.subarray(4 + length));
  return {
    note: JSON.parse(text),
    codes: new Int16Array(codes.buffer, codes.byteOffset, codes.byteLength / 2),
  };
}
