/**
 * Reads the primitive types of Kafka's protocol. Whatever the bytes are, a read ends: with a value,
 * or with FORMAT_INVALID when it would reach beyond the end.
 */
import { WeirError } from '@weir/core';

export class ByteReader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int8(): number {
    return this.#bytes.readInt8(this.#take(1));
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#take(2));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#take(4));
  }

  /** As a double: offsets, timestamps and sizes are far below 2^53. */
  int64(): number {
    const at = this.#take(8);
    return this.#bytes.readInt32BE(at) * 4_294_967_296 + this.#bytes.readUInt32BE(at + 4);
  }

  bigint64(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8));
  }

  unsignedVarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes[this.#take(1)]!;
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
    return malformed('a varint has more than 5 bytes');
  }

  raw(length: number): Buffer {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  nullableString(): string | null {
    const length = this.int16();
    return length < 0 ? null : this.raw(length).toString();
  }

  string(): string {
    return this.nullableString() ?? malformed('a string is null');
  }

  compactString(): string {
    return this.raw(this.unsignedVarint() - 1).toString();
  }

  /** Null where there are none. */
  nullableBytes(): Buffer | null {
    const length = this.int32();
    return length < 0 ? null : this.raw(length);
  }

  /** A null array reads as an empty one. */
  array<T>(read: () => T): T[] {
    return this.#elements(this.int32(), read);
  }

  compactArray<T>(read: () => T): T[] {
    return this.#elements(this.unsignedVarint() - 1, read);
  }

  /** The tagged fields that end structures of flexible versions. */
  skipTags(): void {
    for (let left = this.unsignedVarint(); left > 0; left--) {
      this.unsignedVarint();
      this.raw(this.unsignedVarint());
    }
  }

  #elements<T>(count: number, read: () => T): T[] {
    // An element has a byte at least; what claims more than there are is no array.
    if (count > this.#bytes.length - this.#position) malformed(`an array of ${count} elements`);
    const values: T[] = [];
    for (let i = 0; i < count; i++) values.push(read());
    return values;
  }

  #take(count: number): number {
    const at = this.#position;
    if (count < 0 || at + count > this.#bytes.length) {
      malformed(`${count} bytes are needed where ${this.#bytes.length - at} are left`);
    }
    this.#position = at + count;
    return at;
  }
}

function malformed(why: string): never {
  throw new WeirError('FORMAT_INVALID', `Kafka's answer can't be read: ${why}`);
}
