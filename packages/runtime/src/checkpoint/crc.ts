import { crc32 } from 'node:zlib';

/** CRC-32 (IEEE) of `bytes`, continuing from `previous`. A pure function; O(bytes). */
export function checksum(bytes: Uint8Array, previous = 0): number {
  return crc32(bytes, previous);
}
