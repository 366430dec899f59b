/** Writes the primitive types of Kafka's protocol, big-endian, into a buffer that grows. */

export class ByteWriter {
  #bytes: Buffer;
  #position = 0;

  constructor(capacity = 256) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  /** What kafkajs's transport asks an encoder for: its memory … */
  get buf(): Buffer {
    return this.#bytes;
  }

  /** … and the written part of it. */
  get buffer(): Buffer {
    return this.#bytes.subarray(0, this.#position);
  }

  int8(value: number): this {
    this.#need(1);
    this.#bytes.writeInt8(value, this.#position);
    this.#position += 1;
    return this;
  }

  int16(value: number): this {
    this.#need(2);
    this.#bytes.writeInt16BE(value, this.#position);
    this.#position += 2;
    return this;
  }

  int32(value: number): this {
    this.#need(4);
    this.#bytes.writeInt32BE(value, this.#position);
    this.#position += 4;
    return this;
  }

  int64(value: number | bigint): this {
    this.#need(8);
    this.#bytes.writeBigInt64BE(BigInt(value), this.#position);
    this.#position += 8;
    return this;
  }

  unsignedVarint(value: number): this {
    let rest = value;
    for (; rest > 127; rest >>>= 7) this.#byte((rest & 127) | 128);
    return this.#byte(rest);
  }

  raw(bytes: Uint8Array): this {
    this.#need(bytes.length);
    this.#bytes.set(bytes, this.#position);
    this.#position += bytes.length;
    return this;
  }

  string(text: string | null): this {
    if (text === null) return this.int16(-1);
    const bytes = Buffer.from(text);
    return this.int16(bytes.length).raw(bytes);
  }

  /** As flexible versions write strings. */
  compactString(text: string): this {
    const bytes = Buffer.from(text);
    return this.unsignedVarint(bytes.length + 1).raw(bytes);
  }

  bytes(bytes: Uint8Array): this {
    return this.int32(bytes.length).raw(bytes);
  }

  array<T>(values: readonly T[], write: (value: T) => void): this {
    this.int32(values.length);
    for (const value of values) write(value);
    return this;
  }

  compactArray<T>(values: readonly T[], write: (value: T) => void): this {
    this.unsignedVarint(values.length + 1);
    for (const value of values) write(value);
    return this;
  }

  #byte(value: number): this {
    this.#need(1);
    this.#bytes[this.#position++] = value;
    return this;
  }

  #need(count: number): void {
    if (this.#position + count <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#position + count));
    this.#bytes.copy(grown, 0, 0, this.#position);
    this.#bytes = grown;
  }
}
