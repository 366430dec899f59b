import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AT, ATTRIBUTE } from './batch-header.ts';
import { COMPRESSION_TYPES, type CompressionType, compress, decompress } from './compression.ts';
import { crc32c } from './crc32c.ts';
import { RecordBatchEncoder, type RecordHeader } from './record-batch-encoder.ts';
import { readBatches } from './record-batches.ts';
import { RecordCursor } from './record-cursor.ts';

interface Plain {
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly (readonly [string, Uint8Array | null])[];
}

const SEAL = {
  producerId: -1n,
  epoch: -1,
  baseSequence: -1,
  transactional: false,
  compression: 'none' as CompressionType,
  compressionLevel: null,
};
const OPEN = { readCommitted: false, checkCrc: true, aborted: [] };

const bytes = fc.uint8Array({ maxLength: 300 });
const optional: fc.Arbitrary<Uint8Array | null> = fc.option(bytes);
const record: fc.Arbitrary<Plain> = fc.record({
  timestampMs: fc.integer({ min: 0, max: 2 ** 45 }),
  key: optional,
  value: optional,
  headers: fc.array(fc.tuple(fc.string({ maxLength: 20 }), optional), { maxLength: 3 }),
});

function encode(records: readonly Plain[], seal: Partial<typeof SEAL> = {}): Buffer {
  const encoder = new RecordBatchEncoder();
  for (const { timestampMs, key, value, headers } of records) {
    encoder.add(timestampMs, key, value, headers as readonly RecordHeader[]);
  }
  return encoder.finish({ ...SEAL, ...seal });
}

function decode(set: Buffer, options = OPEN): Array<Plain & { readonly offset: number }> {
  const found: Array<Plain & { readonly offset: number }> = [];
  const cursor = new RecordCursor();
  const copy = (part: Buffer | null): Uint8Array | null =>
    part === null ? null : new Uint8Array(part);
  for (const batch of readBatches(set, options)) {
    cursor.enter(batch);
    while (cursor.next()) {
      const headers = cursor.headers().map(([name, value]) => [name, copy(value)] as const);
      const { offset, timestampMs } = cursor;
      found.push({
        offset,
        timestampMs,
        key: copy(cursor.key()),
        value: copy(cursor.value()),
        headers,
      });
    }
  }
  return found;
}

/** Puts the right checksum over damaged bytes, so that the damage gets through to what is behind. */
function sealed(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32c(batch, AT.attributes), AT.crc);
  return batch;
}

describe('record batches', () => {
  it('have the checksum that everybody knows', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    // RFC 3720, B.4.
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
    expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
    expect(crc32c(Buffer.from(Array.from({ length: 34 }, (_, i) => i - 1)), 1, 33)).toBe(
      0x46dd794e,
    );
  });

  it.each(COMPRESSION_TYPES)('read back what was written, %s', (compression) => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 40 }), (records) => {
        const found = decode(encode(records, { compression }));
        const expected = records.map((one, offset) => ({ ...one, offset }));
        expect(found).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('write text as its UTF-8', () => {
    const encoder = new RecordBatchEncoder();
    encoder.add(1, 'Zürich', '🛫'.repeat(5000), [['from', 'Genève']]);
    const [found] = decode(encoder.finish(SEAL));
    expect(Buffer.from(found!.key!).toString()).toBe('Zürich');
    expect(Buffer.from(found!.value!).toString()).toBe('🛫'.repeat(5000));
    expect(Buffer.from(found!.headers[0]![1]!).toString()).toBe('Genève');
  });

  it('write any text as its UTF-8, be it ASCII or not', () => {
    const text = fc.option(fc.oneof(fc.string(), fc.string({ unit: 'binary' })));
    const records = fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(records, (pairs) => {
        const encoder = new RecordBatchEncoder(128);
        for (const [key, value] of pairs) encoder.add(1, key, value, [['text', value]]);
        const found = decode(encoder.finish(SEAL));
        const bytesOf = (part: string | null): Uint8Array | null =>
          part === null ? null : new Uint8Array(Buffer.from(part));
        expect(found.map(({ key, value }) => [key, value])).toEqual(
          pairs.map((pair) => pair.map(bytesOf)),
        );
        expect(found.map(({ headers }) => headers[0]![1])).toEqual(
          pairs.map(([, value]) => bytesOf(value)),
        );
      }),
    );
  });

  it('give an error for any bytes at all, never a crash or a hang', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        mayRefuse(() => decode(Buffer.from(noise)));
      }),
      { numRuns: 500 },
    );
  });

  it.each(COMPRESSION_TYPES)(
    'give an error for damage behind a right checksum, %s',
    (compression) => {
      const batch = fc
        .tuple(
          fc.array(record, { minLength: 1, maxLength: 5 }),
          fc.nat(),
          fc.integer({ min: 1, max: 255 }),
        )
        .map(([records, place, flip]) => {
          const whole = Buffer.from(encode(records, { compression }));
          const at = AT.attributes + (place % (whole.length - AT.attributes));
          whole[at] = whole[at]! ^ flip;
          return sealed(whole);
        });
      fc.assert(
        fc.property(batch, (damaged) => mayRefuse(() => decode(damaged))),
        { numRuns: 300 },
      );
    },
  );

  it('notice a flipped bit by the checksum, and only then', () => {
    const batch = Buffer.from(
      encode([{ timestampMs: 5, key: null, value: Buffer.from('abc'), headers: [] }]),
    );
    batch[batch.length - 2]! ^= 1;
    expect(() => decode(batch)).toThrow(/batch at offset 0 has checksum/);
    expect(decode(batch, { ...OPEN, checkCrc: false })).toHaveLength(1);
  });

  it('leave out a batch that is cut short', () => {
    const one = encode([{ timestampMs: 5, key: null, value: Buffer.from('abc'), headers: [] }]);
    const cut = Buffer.concat([one, one.subarray(0, one.length - 1)]);
    expect(decode(cut)).toHaveLength(1);
  });

  it('name what is older than Kafka 0.11', () => {
    const old = Buffer.from(encode([{ timestampMs: 5, key: null, value: null, headers: [] }]));
    old[AT.magic] = 1;
    expect(() => decode(old)).toThrow(/format 1; it is older than Kafka 0.11/);
  });

  it('use the time of the broker where the topic says so', () => {
    const batch = Buffer.from(encode([{ timestampMs: 5, key: null, value: null, headers: [] }]));
    batch.writeInt16BE(ATTRIBUTE.logAppendTime, AT.attributes);
    batch.writeBigInt64BE(77n, AT.maxTimestamp);
    expect(decode(sealed(batch))[0]?.timestampMs).toBe(77);
  });
});

describe('compression', () => {
  it.each(COMPRESSION_TYPES.slice(1))('%s refuses bytes that are none of its own', (type) => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (noise) => {
        mayRefuse(() => decompress(type as Exclude<CompressionType, 'none'>, Buffer.from(noise)));
      }),
    );
  });

  it('reads snappy with and without chunks', () => {
    const plain = Buffer.alloc(200_000, 'weir ');
    const chunks = compress('snappy', plain);
    expect(decompress('snappy', chunks).equals(plain)).toBe(true);
    const first = chunks.readInt32BE(16);
    const alone = decompress('snappy', chunks.subarray(20, 20 + first));
    expect(alone.equals(plain.subarray(0, alone.length))).toBe(true);
  });
});

/** A result or a FORMAT_INVALID; anything else fails the test. */
function mayRefuse(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    expect(error).toMatchObject({ code: 'FORMAT_INVALID' });
  }
}
