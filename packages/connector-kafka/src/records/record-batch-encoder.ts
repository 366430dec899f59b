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

  /** What a record will take up at most; of text only a bound, which costs nothing. */
  static bytesAtMost(
    key: RecordBytes,
    value: RecordBytes,
    headers: readonly RecordHeader[] = NO_HEADERS,
  ): number {
    let bytes = RECORD_OVERHEAD_MAX + boundOf(key) + boundOf(value);
    for (const [name, content] of headers) bytes += 10 + boundOf(name) + boundOf(content);
    return bytes;
  }

  /** The same, counted. */
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
    const timestampDelta = timestampMs - this.#baseTimestampMs;
    this.#need(RecordBatchEncoder.bytesAtMost(key, value, headers));
    // Most text is ASCII: it is counted only where writing it shows that it is not.
    const start = this.#position;
    if (!this.#record(timestampDelta, key, unitsOf(key), value, unitsOf(value), headers)) {
      this.#position = start;
      this.#record(timestampDelta, key, sizeOf(key), value, sizeOf(value), headers);
    }
    this.#count++;
  }

  /** False when a text took up other than the length that was given for it. */
  #record(
    timestampDelta: number,
    key: RecordBytes,
    keyLength: number,
    value: RecordBytes,
    valueLength: number,
    headers: readonly RecordHeader[],
  ): boolean {
    let length = 1 + varlongSize(timestampDelta) + varintSize(this.#count);
    length += varintSize(keyLength) + Math.max(0, keyLength);
    length += varintSize(valueLength) + Math.max(0, valueLength);
    length += varintSize(headers.length);
    if (headers.length > 0) length += headersSize(headers);
    this.#varint(length);
    this.#bytes[this.#position++] = 0;
    this.#varlong(timestampDelta);
    this.#varint(this.#count);
    if (!this.#sized(key, keyLength) || !this.#sized(value, valueLength)) return false;
    this.#varint(headers.length);
    for (const [name, content] of headers) {
      this.#sized(name, Buffer.byteLength(name));
      this.#sized(content, sizeOf(content));
    }
    return true;
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

  /** False when the text took up other than `length`. */
  #sized(content: RecordBytes, length: number): boolean {
    this.#varint(length);
    if (length <= 0) return true;
    if (typeof content === 'string') {
      const written = this.#bytes.write(content, this.#position, 'utf8');
      this.#position += written;
      return written === length;
    }
    this.#bytes.set(content!, this.#position);
    this.#position += length;
    return true;
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

/** Bytes if it is ASCII; -1 = null. */
function unitsOf(content: RecordBytes): number {
  return content === null ? -1 : content.length;
}

/** Bytes; -1 = null. */
function sizeOf(content: RecordBytes): number {
  return content === null ? -1 : lengthOf(content);
}

/** A unit of text becomes at most three bytes. */
function boundOf(content: RecordBytes): number {
  if (content === null) return 0;
  return typeof content === 'string' ? content.length * 3 : content.length;
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
