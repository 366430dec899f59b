/**
 * Cuts what a fetch answered into batches, checks them, and says which of them a reader may see.
 *
 * read_committed is Java's CompletedFetch, batch by batch: aborted transactions are taken in the
 * order of their first offsets and become active once a batch reaches them; a transactional batch
 * of an active producer is not seen; an abort marker ends the producer's aborted range; control
 * batches are never seen. Whoever reads goes on behind a batch's last offset in any case: batches
 * may be empty or have gaps (compaction), and control batches may be the last ones.
 */
import { WeirError } from '@weir/core';
import type { AbortedTransaction } from '../protocol/fetch-api.ts';
import { AT, ATTRIBUTE, HEADER_BYTES, LENGTH_END, MAGIC } from './batch-header.ts';
import { COMPRESSION_TYPES, type CompressionType } from './compression.ts';
import { crc32c } from './crc32c.ts';

export interface RecordBatch {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly baseTimestampMs: number;
  readonly maxTimestampMs: number;
  /** True: all records have `maxTimestampMs`, the time at which the broker took them. */
  readonly logAppendTime: boolean;
  readonly compression: CompressionType;
  /** 0 for what a reader must not see: control batches, aborted ones. */
  readonly count: number;
  /** The records, as they were fetched. */
  readonly body: Buffer;
}

export interface ReadOptions {
  readonly readCommitted: boolean;
  readonly checkCrc: boolean;
  readonly aborted: readonly AbortedTransaction[];
}

const ABORT_MARKER = 0;
/** What the shortest batch says of itself: everything behind its length. */
const LENGTH_LEAST = HEADER_BYTES - LENGTH_END;

/**
 * All whole batches of a record set; one that is cut short at its end is left out.
 * @throws WeirError FORMAT_INVALID naming what is wrong with a batch, and its offset.
 */
export function readBatches(records: Buffer, options: ReadOptions): RecordBatch[] {
  const filter = options.readCommitted ? new AbortedFilter(options.aborted) : null;
  const batches: RecordBatch[] = [];
  for (let at = 0; records.length - at >= HEADER_BYTES; ) {
    const length = records.readInt32BE(at + AT.length);
    if (length < LENGTH_LEAST) damaged(records, at, `has a length of ${length}`);
    const end = at + LENGTH_END + length;
    if (end > records.length) break;
    if (records[at + AT.magic] !== MAGIC) {
      damaged(records, at, `has format ${records[at + AT.magic]}; it is older than Kafka 0.11`);
    }
    if (options.checkCrc) checkCrc(records, at, end);
    batches.push(batchAt(records, at, end, filter));
    at = end;
  }
  return batches;
}

function batchAt(
  records: Buffer,
  at: number,
  end: number,
  filter: AbortedFilter | null,
): RecordBatch {
  const attributes = records.readInt16BE(at + AT.attributes);
  const baseOffset = int64(records, at + AT.baseOffset);
  const lastOffsetDelta = records.readInt32BE(at + AT.lastOffsetDelta);
  const count = records.readInt32BE(at + AT.count);
  if (lastOffsetDelta < 0 || count < 0) {
    damaged(records, at, `has ${count} records up to ${lastOffsetDelta}`);
  }
  const compression = COMPRESSION_TYPES[attributes & ATTRIBUTE.compression];
  if (compression === undefined) damaged(records, at, 'has an unknown compression');
  const lastOffset = baseOffset + lastOffsetDelta;
  const body = records.subarray(at + HEADER_BYTES, end);
  const producerId = records.readBigInt64BE(at + AT.producerId);
  let visible = (attributes & ATTRIBUTE.control) === 0;
  if (filter !== null) {
    filter.reach(lastOffset);
    if (!visible) {
      if (count > 0 && markerOf(body) === ABORT_MARKER) filter.ended(producerId);
    } else if ((attributes & ATTRIBUTE.transactional) !== 0) {
      visible = !filter.isAborted(producerId);
    }
  }
  return {
    baseOffset,
    lastOffset,
    baseTimestampMs: int64(records, at + AT.baseTimestamp),
    maxTimestampMs: int64(records, at + AT.maxTimestamp),
    logAppendTime: (attributes & ATTRIBUTE.logAppendTime) !== 0,
    compression,
    count: visible ? count : 0,
    body,
  };
}

/** Which producers' records are aborted at the place that was reached. */
class AbortedFilter {
  readonly #waiting: readonly AbortedTransaction[];
  #next = 0;
  readonly #active = new Set<bigint>();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#waiting = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  }

  reach(lastOffset: number): void {
    for (; this.#next < this.#waiting.length; this.#next++) {
      const { firstOffset, producerId } = this.#waiting[this.#next]!;
      if (firstOffset > lastOffset) return;
      this.#active.add(producerId);
    }
  }

  ended(producerId: bigint): void {
    this.#active.delete(producerId);
  }

  isAborted(producerId: bigint): boolean {
    return this.#active.has(producerId);
  }
}

/**
 * The type in a control record's key: int16 version, int16 type. Control batches hold one record
 * and are not compressed; its length, deltas and key length stand before.
 */
function markerOf(body: Buffer): number {
  let at = 0;
  const skip = (): void => {
    while ((body[at] ?? 0) > 127) at++;
    at++;
  };
  skip();
  at++;
  for (let varint = 0; varint < 3; varint++) skip();
  return at + 4 <= body.length ? body.readInt16BE(at + 2) : -1;
}

function checkCrc(records: Buffer, at: number, end: number): void {
  const expected = records.readUInt32BE(at + AT.crc);
  const actual = crc32c(records, at + AT.attributes, end);
  if (actual !== expected) {
    damaged(records, at, `has checksum ${actual} where ${expected} was written`);
  }
}

function int64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 4_294_967_296 + bytes.readUInt32BE(at + 4);
}

function damaged(records: Buffer, at: number, why: string): never {
  const offset = int64(records, at);
  throw new WeirError('FORMAT_INVALID', `the batch at offset ${offset} ${why}`, {
    context: { offset },
  });
}
