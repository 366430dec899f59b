/**
 * Keys, key groups and subtasks exactly as Flink computes them
 * (KeyGroupRangeAssignment, MathUtils.murmurHash, Java's hashCode).
 */
import { invariant } from './errors.ts';

export const MAX_PARALLELISM_LIMIT = 32_768;

/** Flink's default: 1.5 times the parallelism, rounded up to a power of two, 128 at least. */
export function defaultMaxParallelism(parallelism: number): number {
  let power = 1;
  const wanted = parallelism + (parallelism >> 1);
  while (power < wanted) power *= 2;
  return Math.min(Math.max(power, 128), MAX_PARALLELISM_LIMIT);
}

/** MathUtils.murmurHash: a non-negative spread of a 32-bit hash code. */
export function murmurHash(code: number): number {
  let h = Math.imul(code | 0, 0xcc9e2d51);
  h = (h << 15) | (h >>> 17);
  h = Math.imul(h, 0x1b873593);
  h = (h << 13) | (h >>> 19);
  h = (Math.imul(h, 5) + 0xe6546b64) | 0;
  h ^= 4;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  h ^= h >>> 16;
  if (h >= 0) return h;
  return h === -0x80000000 ? 0 : -h;
}

export function keyGroupOf(keyHash: number, maxParallelism: number): number {
  return murmurHash(keyHash) % maxParallelism;
}

export function subtaskOf(keyGroup: number, parallelism: number, maxParallelism: number): number {
  return Math.floor((keyGroup * parallelism) / maxParallelism);
}

/** Both ends included. */
export interface KeyGroupRange {
  readonly start: number;
  readonly end: number;
}

export function keyGroupRangeOf(
  subtask: number,
  parallelism: number,
  maxParallelism: number,
): KeyGroupRange {
  invariant(subtask < parallelism && parallelism <= maxParallelism, 'subtask out of range', {
    subtask,
    parallelism,
    maxParallelism,
  });
  const start = Math.floor((subtask * maxParallelism + parallelism - 1) / parallelism);
  const end = Math.floor(((subtask + 1) * maxParallelism - 1) / parallelism);
  return { start, end };
}

/** Java's String.hashCode. */
export function hashString(text: string): number {
  let h = 0;
  for (let i = 0; i < text.length; i++) h = (Math.imul(h, 31) + text.charCodeAt(i)) | 0;
  return h;
}

const scratch = new DataView(new ArrayBuffer(8));

/** Integer.hashCode for 32-bit integers, Long.hashCode for wider ones, else Double.hashCode. */
export function hashNumber(value: number): number {
  if ((value | 0) === value) return value | 0;
  if (Number.isSafeInteger(value)) {
    const high = Math.floor(value / 4_294_967_296);
    return (high ^ (value >>> 0)) | 0;
  }
  scratch.setFloat64(0, value);
  return scratch.getInt32(0) ^ scratch.getInt32(4);
}

/**
 * The hash of any key: string, number, boolean, bigint, null, Date, and arrays or plain objects
 * of these (field order does not matter). O(size of the key).
 */
export function hashKey(key: unknown): number {
  switch (typeof key) {
    case 'string':
      return hashString(key);
    case 'number':
      return hashNumber(key);
    case 'boolean':
      return key ? 1231 : 1237;
    case 'bigint':
      return hashBigInt(key);
    case 'undefined':
      return 0;
    case 'object':
      return key === null ? 0 : hashObject(key);
    default:
      return invariantKey(key);
  }
}

function hashBigInt(value: bigint): number {
  const low = Number(BigInt.asIntN(32, value));
  const high = Number(BigInt.asIntN(32, value >> 32n));
  return low ^ high;
}

function hashObject(key: object): number {
  if (key instanceof Date) return hashNumber(key.getTime());
  if (Array.isArray(key)) {
    let h = 1;
    for (const item of key) h = (Math.imul(h, 31) + hashKey(item)) | 0;
    return h;
  }
  let h = 0;
  for (const [name, value] of Object.entries(key)) {
    h = (h + (hashString(name) ^ Math.imul(31, hashKey(value)))) | 0;
  }
  return h;
}

function invariantKey(key: unknown): never {
  invariant(false, 'a key must be data', { type: typeof key });
}
