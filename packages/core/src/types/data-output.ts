const INITIAL_BYTES = 256;
/** So many characters take at most 63 bytes of UTF-8, whose doubled length fits one byte. */
const SHORT_TEXT_MAX = 21;
const encoder = new TextEncoder();

/** A growing binary writer, little-endian. Reused by `reset`; `bytes()` is a view until then. */
export class DataOutput {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #position = 0;

  constructor(initialBytes = INITIAL_BYTES) {
    this.#bytes = new Uint8Array(initialBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get position(): number {
    return this.#position;
  }

  reset(): void {
    this.#position = 0;
  }

  /** Takes back what was written from `position` on. */
  truncate(position: number): void {
    this.#position = Math.min(position, this.#position);
  }

  /** A view of what was written; valid until the next write or reset. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#position);
  }

  /** A copy of what was written. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#position);
  }

  writeUint8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#position++] = value;
  }

  writeBoolean(value: boolean): void {
    this.writeUint8(value ? 1 : 0);
  }

  writeInt32(value: number): void {
    this.#reserve(4);
    this.#view.setInt32(this.#position, value, true);
    this.#position += 4;
  }

  writeFloat64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#position, value, true);
    this.#position += 8;
  }

  /** Unsigned LEB128 of a safe non-negative integer. */
  writeVarint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#position++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#position++] = rest;
  }

  writeBigInt64(value: bigint): void {
    this.#reserve(8);
    this.#view.setBigInt64(this.#position, value, true);
    this.#position += 8;
  }

  /**
   * Twice the length in bytes as varint, then UTF-8. A string with lone surrogates, which UTF-8
   * can't hold, is written as UTF-16 and marked by an odd header.
   */
  writeString(text: string): void {
    if (text.length < 64 && this.#writeShortAscii(text)) return;
    if (text.length <= SHORT_TEXT_MAX && this.#writeShortText(text)) return;
    if (!text.isWellFormed()) {
      this.#writeUtf16(text);
      return;
    }
    const encoded = encoder.encode(text);
    this.writeVarint(encoded.length * 2);
    this.writeRaw(encoded);
  }

  /** Writes the text without a header if it is ASCII; otherwise writes nothing: false. */
  writeAscii(text: string): boolean {
    this.#reserve(text.length);
    const start = this.#position;
    let all = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      all |= code;
      this.#bytes[start + i] = code;
    }
    if (all > 0x7f) return false;
    this.#position = start + text.length;
    return true;
  }

  /** Length as varint, then the bytes. */
  writeBytes(bytes: Uint8Array): void {
    this.writeVarint(bytes.length);
    this.writeRaw(bytes);
  }

  writeRaw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#position);
    this.#position += bytes.length;
  }

  /** Overwrites four bytes written before, for lengths known only afterwards. */
  patchInt32(position: number, value: number): void {
    this.#view.setInt32(position, value, true);
  }

  #writeShortAscii(text: string): boolean {
    this.writeUint8(text.length * 2);
    if (this.writeAscii(text)) return true;
    this.#position--;
    return false;
  }

  /** UTF-8 without a call into the runtime; false, and nothing written, for lone surrogates. */
  #writeShortText(text: string): boolean {
    this.#reserve(text.length * 3 + 1);
    const bytes = this.#bytes;
    const start = this.#position + 1;
    let at = start;
    for (let i = 0; i < text.length; i++) {
      let code = text.charCodeAt(i);
      if (code >= 0xd800 && code <= 0xdfff) {
        code = text.codePointAt(i)!;
        if (code < 0x10000) return false;
        i++;
        bytes[at++] = 0xf0 | (code >> 18);
        bytes[at++] = 0x80 | ((code >> 12) & 0x3f);
        bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
        bytes[at++] = 0x80 | (code & 0x3f);
      } else if (code >= 0x800) {
        bytes[at++] = 0xe0 | (code >> 12);
        bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
        bytes[at++] = 0x80 | (code & 0x3f);
      } else if (code >= 0x80) {
        bytes[at++] = 0xc0 | (code >> 6);
        bytes[at++] = 0x80 | (code & 0x3f);
      } else {
        bytes[at++] = code;
      }
    }
    bytes[this.#position] = (at - start) * 2;
    this.#position = at;
    return true;
  }

  #writeUtf16(text: string): void {
    this.writeVarint(text.length * 4 + 1);
    this.#reserve(text.length * 2);
    for (let i = 0; i < text.length; i++) {
      this.#view.setUint16(this.#position, text.charCodeAt(i), true);
      this.#position += 2;
    }
  }

  #reserve(bytes: number): void {
    const needed = this.#position + bytes;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#position));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
