/** Which partition a record goes to. */
import type { RecordBytes } from '../records/record-batch-encoder.ts';

/** Flink's KafkaPartitioner. */
export interface KafkaPartitioner<T> {
  /** Before the first record, with the subtask that it works for. */
  open?(subtaskIndex: number, parallelism: number): void;
  /** Pure; 0 ≤ result < partitions. */
  partition(record: T, key: RecordBytes, topic: string, partitions: number): number;
}

/** As Kafka's own producers do it, so that a key lies where other producers put it. */
export function partitionOfKey(key: Uint8Array | string, partitions: number): number {
  const bytes = typeof key === 'string' ? Buffer.from(key) : key;
  return (murmur2(bytes) & 0x7f_ff_ff_ff) % partitions;
}

const SEED = 0x97_47_b2_8c;
const MIX = 0x5b_d1_e9_95;

function murmur2(bytes: Uint8Array): number {
  const length = bytes.length;
  let hash = SEED ^ length;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    let word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    word = Math.imul(word, MIX);
    word = Math.imul(word ^ (word >>> 24), MIX);
    hash = Math.imul(hash, MIX) ^ word;
  }
  if (i < length) {
    for (let shift = 0; i < length; i++, shift += 8) hash ^= bytes[i]! << shift;
    hash = Math.imul(hash, MIX);
  }
  hash = Math.imul(hash ^ (hash >>> 13), MIX);
  return hash ^ (hash >>> 15);
}
