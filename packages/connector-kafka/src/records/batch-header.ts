/**
 * The layout of a record batch, version 2 (KIP-98): 61 bytes, then records, possibly compressed.
 *
 * baseOffset 0 i64 · length 8 i32 · leaderEpoch 12 i32 · magic 16 i8 · crc 17 u32 ·
 * attributes 21 i16 · lastOffsetDelta 23 i32 · baseTimestamp 27 i64 · maxTimestamp 35 i64 ·
 * producerId 43 i64 · producerEpoch 51 i16 · baseSequence 53 i32 · count 57 i32
 *
 * `length` counts from behind itself; the checksum covers everything from the attributes on.
 */
export const HEADER_BYTES = 61;
/** Base offset and length: what stands before the bytes that `length` counts. */
export const LENGTH_END = 12;

export const AT = {
  baseOffset: 0,
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  count: 57,
} as const;

export const ATTRIBUTE = {
  compression: 7,
  logAppendTime: 8,
  transactional: 16,
  control: 32,
} as const;

export const MAGIC = 2;
