import { WeirError } from '../errors.ts';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const utf16 = new TextDecoder('utf-16le', { ignoreBOM: true });
/** Shorter strings are decoded without a call into the runtime. */
const SHORT_STRING = 32;
/** One array per length, so that no array is made per string. */
const units: number[][] = Array.from({ length: SHORT_STRING }, (_, length) =>
  new Array<number>(length).fill(0),
);

/** A bounds-checked reader of what `DataOutput` wrote; reading past the end is a corrupt file. */
export class DataInput {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  get remaining(): number {
    return this.#bytes.length - this.#position;
  }

  seek(position: number): void {
    if (position < 0 || position > this.#bytes.length) this.#pastEnd(position);
    this.#position = position;
  }

  readUint8(): number {
    return this.#bytes[this.#advance(1)] as number;
  }

  readBoolean(): boolean {
    return this.readUint8() !== 0;
  }

  readInt32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  readFloat64(): number {
    return this.#view.getFloat64(this.#advance(8), true);
  }

  readVarint(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.readUint8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 0x80;
    }
  }

  readBigInt64(): bigint {
    return this.#view.getBigInt64(this.#advance(8), true);
  }

  /** What `writeString` wrote. */
  readString(): string {
    const header = this.readVarint();
    if (header % 2 === 0) return this.readText(header / 2);
    return this.#readUtf16((header - 1) / 2);
  }

  /** `length` bytes of UTF-8 without a header. */
  readText(length: number): string {
    const start = this.#advance(length);
    if (length < SHORT_STRING) {
      const codes = units[length] as number[];
      let all = 0;
      for (let i = 0; i < length; i++) {
        const code = this.#bytes[start + i] as number;
        all |= code;
        codes[i] = code;
      }
      if (all < 0x80) return String.fromCharCode.apply(null, codes);
    }
    return utf8.decode(this.#bytes.subarray(start, start + length));
  }

  /** A view, not a copy. */
  readBytes(): Uint8Array {
    return this.readRaw(this.readVarint());
  }

  readRaw(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** Not by TextDecoder alone: it replaces the lone surrogates that this form exists for. */
  #readUtf16(length: number): string {
    const start = this.#advance(length);
    const text = utf16.decode(this.#bytes.subarray(start, start + length));
    if (!text.includes('\ufffd')) return text;
    let exact = '';
    for (let i = 0; i < length; i += 2) {
      exact += String.fromCharCode(this.#view.getUint16(start + i, true));
    }
    return exact;
  }

  #advance(length: number): number {
    const start = this.#position;
    if (length < 0 || start + length > this.#bytes.length) this.#pastEnd(start + length);
    this.#position = start + length;
    return start;
  }

  #pastEnd(position: number): never {
    throw new WeirError(
      'CHECKPOINT_FILE_CORRUPT',
      `the data end at byte ${this.#bytes.length}, but byte ${position} was asked for; ` +
        'the file is cut short or damaged, restore from another checkpoint',
    );
  }
}
