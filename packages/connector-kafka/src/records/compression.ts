/**
 * The four compressions of record batches, in the framings that Kafka's own clients use: gzip and
 * zstd streams, LZ4 frames with independent blocks, and snappy in the chunks of snappy-java.
 */
import { createRequire } from 'node:module';
import { gunzipSync, gzipSync, constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { WeirError } from '@weir/core';

export type CompressionType = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** In the order of the codes in a batch's attributes. */
export const COMPRESSION_TYPES: readonly CompressionType[] = [
  'none',
  'gzip',
  'snappy',
  'lz4',
  'zstd',
];

/** More than any broker takes; what claims to be larger is damaged or hostile. */
const PLAIN_BYTES_MAX = 512 * 1024 * 1024;

interface Codec {
  compress(plain: Buffer, level: number | null): Buffer;
  decompress(compressed: Buffer): Buffer;
}

/** Native modules, loaded by whoever meets a batch that needs them. */
const load = createRequire(import.meta.url);
let loadedSnappy: typeof import('snappy') | null = null;
let loadedLz4: typeof import('lz4-napi') | null = null;

function snappy(): typeof import('snappy') {
  loadedSnappy ??= load('snappy') as typeof import('snappy');
  return loadedSnappy;
}

function lz4(): typeof import('lz4-napi') {
  loadedLz4 ??= load('lz4-napi') as typeof import('lz4-napi');
  return loadedLz4;
}

const CODECS: Readonly<Record<Exclude<CompressionType, 'none'>, Codec>> = {
  gzip: {
    compress: (plain, level) => gzipSync(plain, level === null ? {} : { level }),
    decompress: (compressed) => gunzipSync(compressed, { maxOutputLength: PLAIN_BYTES_MAX }),
  },
  snappy: {
    compress: (plain) => snappyChunks(plain),
    decompress: (compressed) => unsnappy(compressed),
  },
  lz4: {
    compress: (plain) => lz4().compressFrameSync(plain),
    decompress: (compressed) => lz4().decompressFrameSync(compressed),
  },
  zstd: {
    compress: (plain, level) =>
      zstdCompressSync(
        plain,
        level === null ? {} : { params: { [constants.ZSTD_c_compressionLevel]: level } },
      ),
    decompress: (compressed) =>
      zstdDecompressSync(compressed, { maxOutputLength: PLAIN_BYTES_MAX }),
  },
};

/** `level` is the codec's own scale; null = its default. Snappy and LZ4 have none. */
export function compress(
  type: Exclude<CompressionType, 'none'>,
  plain: Buffer,
  level: number | null = null,
): Buffer {
  return CODECS[type].compress(plain, level);
}

/** @throws WeirError FORMAT_INVALID when the bytes are not what `type` says. */
export function decompress(type: Exclude<CompressionType, 'none'>, compressed: Buffer): Buffer {
  try {
    return CODECS[type].decompress(compressed);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new WeirError('FORMAT_INVALID', `a ${type} batch can't be decompressed: ${why}`, {
      cause,
    });
  }
}

/** `\x82SNAPPY\0`, then the version and the oldest compatible one. */
const SNAPPY_HEADER = Buffer.from([
  0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1,
]);
const SNAPPY_MAGIC_BYTES = 8;
const SNAPPY_CHUNK_BYTES = 64 * 1024;

function snappyChunks(plain: Buffer): Buffer {
  const parts: Buffer[] = [SNAPPY_HEADER];
  for (let at = 0; at < plain.length; at += SNAPPY_CHUNK_BYTES) {
    const chunk = snappy().compressSync(plain.subarray(at, at + SNAPPY_CHUNK_BYTES));
    const length = Buffer.allocUnsafe(4);
    length.writeInt32BE(chunk.length);
    parts.push(length, chunk);
  }
  return Buffer.concat(parts);
}

function unsnappy(compressed: Buffer): Buffer {
  const magic = SNAPPY_HEADER.subarray(0, SNAPPY_MAGIC_BYTES);
  if (!compressed.subarray(0, SNAPPY_MAGIC_BYTES).equals(magic)) return unsnappyChunk(compressed);
  const parts: Buffer[] = [];
  let left = PLAIN_BYTES_MAX;
  for (let at = SNAPPY_HEADER.length; at < compressed.length; ) {
    const length = compressed.readInt32BE(at);
    at += 4;
    if (length < 0 || at + length > compressed.length) {
      throw new WeirError('FORMAT_INVALID', `a chunk of ${length} bytes reaches beyond the end`);
    }
    const part = unsnappyChunk(compressed.subarray(at, at + length));
    left -= part.length;
    if (left < 0) throw new WeirError('FORMAT_INVALID', 'it is too large');
    parts.push(part);
    at += length;
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

function unsnappyChunk(chunk: Buffer): Buffer {
  // The plain size stands first; memory for it is taken before anything is checked.
  let size = 0;
  for (let i = 0; i < 5; i++) {
    const byte = chunk[i] ?? 0;
    size += (byte & 127) * 128 ** i;
    if (byte < 128) break;
  }
  // Snappy shrinks by at most about 1 : 22.
  if (size > chunk.length * 32 + 64) throw new WeirError('FORMAT_INVALID', `${size} bytes`);
  return snappy().uncompressSync(chunk, { asBuffer: true }) as Buffer;
}
