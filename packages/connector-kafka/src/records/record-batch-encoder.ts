/**
 * Builds one record batch. Records go straight into the batch's buffer; nothing is kept per record.
 *
 * Invariant: what `finish` returns is complete and has its checksum; the encoder is then used up.
 */
import { AT, ATTRIBUTE, HEADER_BYTES, LENGTH_END, MAGIC } from './batch-header.ts';
import { COMPRESSION_TYPES, type CompressionType, compress } from './compression.ts';
import { crc32c } from './crc32c.ts';

/** Bytes; or text, which is written as UTF-8 without a detour; or null (a tombstone, no key). */
export type RecordBytes = Uint8Array | string | null;

export type RecordHeader = readonly [name: string, value: Uint8Array | string | null];

export interface BatchSeal {
  readonly producerId: bigint;
  readonly epoch: number;
  /** Sequence number of the first record; -1 without idempotence. */
  readonly baseSequence: number;
  readonly transactional: boolean;
  readonly compression: CompressionType;
  readonly compressionLevel: number | null;
}

const CAPACITY = 16 * 1024;
/** Length, attributes, deltas and sizes of a record, at their widest. */
const RECORD_OVERHEAD_MAX = 40;
const NO_HEADERS: readonly RecordHeader[] = [];

export class RecordBatchEncoder {
  #bytes: Buffer;
  #position = HEADER_BYTES;
  #count = 0;
  #baseTimestampMs = 0;
  #maxTimestampMs = 0;

  /** `capacity` is what the batch will probably take up; it grows beyond. */
  constructor(capacity = CAPACITY) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
  }

  get count(): number {
    return this.#count;
  }

  /** Before compression. */
  get byteLength(): number {
    return this.#position;
  }

  /** What a record will take up at most. */
  static bytesOf(
    key: RecordBytes,
    value: RecordBytes,
    headers: readonly RecordHeader[] = NO_HEADERS,
  ): number {
    let bytes = RECORD_OVERHEAD_MAX + lengthOf(key) + lengthOf(value);
    for (const [name, content] of headers) {
      bytes += 10 + Buffer.byteLength(name) + lengthOf(content);
    }
    return bytes;
  }

  /** `timestampMs` is an integer of epoch ms. */
  add(
    timestampMs: number,
    key: RecordBytes,
    value: RecordBytes,
    headers: readonly RecordHeader[] = NO_HEADERS,
  ): void {
    if (this.#count === 0) {
      this.#baseTimestampMs = timestampMs;
      this.#maxTimestampMs = timestampMs;
    } else if (timestampMs > this.#maxTimestampMs) {
      this.#maxTimestampMs = timestampMs;
    }
    const keyLength = key === null ? -1 : lengthOf(key);
    const valueLength = value === null ? -1 : lengthOf(value);
    const timestampDelta = timestampMs - this.#baseTimestampMs;
    let length = 1 + varlongSize(timestampDelta) + varintSize(this.#count);
    length += varintSize(keyLength) + Math.max(0, keyLength);
    length += varintSize(valueLength) + Math.max(0, valueLength);
    length += varintSize(headers.length);
    if (headers.length > 0) length += headersSize(headers);

    this.#need(length + 5);
    this.#varint(length);
    this.#bytes[this.#position++] = 0;
    this.#varlong(timestampDelta);
    this.#varint(this.#count);
    this.#sized(key, keyLength);
    this.#sized(value, valueLength);
    this.#varint(headers.length);
    for (const [name, content] of headers) {
      this.#sized(name, Buffer.byteLength(name));
      this.#sized(content, content === null ? -1 : lengthOf(content));
    }
    this.#count++;
  }

  /** The whole batch; the memory is the encoder's own unless it was compressed. */
  finish(seal: BatchSeal): Buffer {
    let bytes = this.#bytes.subarray(0, this.#position);
    const { compression } = seal;
    if (compression !== 'none') {
      const plain = bytes.subarray(HEADER_BYTES);
      const compressed = compress(compression, plain, seal.compressionLevel);
      bytes = Buffer.concat([bytes.subarray(0, HEADER_BYTES), compressed]);
    }
    const transactional = seal.transactional ? ATTRIBUTE.transactional : 0;
    bytes.writeBigInt64BE(0n, AT.baseOffset);
    bytes.writeInt32BE(bytes.length - LENGTH_END, AT.length);
    bytes.writeInt32BE(-1, AT.leaderEpoch);
    bytes[AT.magic] = MAGIC;
    bytes.writeInt16BE(COMPRESSION_TYPES.indexOf(compression) | transactional, AT.attributes);
    bytes.writeInt32BE(this.#count - 1, AT.lastOffsetDelta);
    bytes.writeBigInt64BE(BigInt(this.#baseTimestampMs), AT.baseTimestamp);
    bytes.writeBigInt64BE(BigInt(this.#maxTimestampMs), AT.maxTimestamp);
    bytes.writeBigInt64BE(seal.producerId, AT.producerId);
    bytes.writeInt16BE(seal.epoch, AT.producerEpoch);
    bytes.writeInt32BE(seal.baseSequence, AT.baseSequence);
    bytes.writeInt32BE(this.#count, AT.count);
    bytes.writeUInt32BE(crc32c(bytes, AT.attributes), AT.crc);
    return bytes;
  }

  #sized(content: RecordBytes, length: number): void {
    this.#varint(length);
    if (length <= 0) return;
    if (typeof content === 'string') this.#bytes.write(content, this.#position, length, 'utf8');
    else this.#bytes.set(content!, this.#position);
    this.#position += length;
  }

  #varint(value: number): void {
    let rest = (value << 1) ^ (value >> 31);
    for (; (rest & ~127) !== 0; rest >>>= 7) this.#bytes[this.#position++] = (rest & 127) | 128;
    this.#bytes[this.#position++] = rest;
  }

  #varlong(value: number): void {
    let rest = value >= 0 ? value * 2 : -value * 2 - 1;
    for (; rest > 127; rest = Math.floor(rest / 128)) {
      this.#bytes[this.#position++] = (rest % 128) | 128;
    }
    this.#bytes[this.#position++] = rest;
  }

  #need(count: number): void {
    if (this.#position + count <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#position + count));
    this.#bytes.copy(grown, 0, 0, this.#position);
    this.#bytes = grown;
  }
}

function lengthOf(content: RecordBytes): number {
  if (content === null) return 0;
  return typeof content === 'string' ? Buffer.byteLength(content) : content.length;
}

function headersSize(headers: readonly RecordHeader[]): number {
  let size = 0;
  for (const [name, content] of headers) {
    const nameLength = Buffer.byteLength(name);
    const contentLength = content === null ? -1 : lengthOf(content);
    size += varintSize(nameLength) + nameLength;
    size += varintSize(contentLength) + Math.max(0, contentLength);
  }
  return size;
}

function varintSize(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  if (zigzag < 128) return 1;
  if (zigzag < 16_384) return 2;
  if (zigzag < 2_097_152) return 3;
  return zigzag < 268_435_456 ? 4 : 5;
}

function varlongSize(value: number): number {
  let size = 1;
  for (let rest = value >= 0 ? value * 2 : -value * 2 - 1; rest > 127; size++) {
    rest = Math.floor(rest / 128);
  }
  return size;
}
