import { WeirError } from '../errors.ts';

const decoder = new TextDecoder();

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

  readString(): string {
    const length = this.readVarint();
    const start = this.#advance(length);
    return decoder.decode(this.#bytes.subarray(start, start + length));
  }

  /** A view, not a copy. */
  readBytes(): Uint8Array {
    return this.readRaw(this.readVarint());
  }

  readRaw(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  #advance(length: number): number {
    const start = this.#position;
    if (start + length > this.#bytes.length) this.#pastEnd(start + length);
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
