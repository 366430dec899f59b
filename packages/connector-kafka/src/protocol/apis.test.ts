import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Api } from './api.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { FETCH } from './fetch-api.ts';
import { OFFSET_COMMIT, OFFSET_FETCH } from './group-apis.ts';
import { FIND_COORDINATOR, LIST_OFFSETS, METADATA } from './metadata-apis.ts';
import { PRODUCE } from './produce-api.ts';
import {
  ADD_OFFSETS_TO_TXN,
  ADD_PARTITIONS_TO_TXN,
  DESCRIBE_TRANSACTIONS,
  END_TXN,
  INIT_PRODUCER_ID,
  LIST_TRANSACTIONS,
  TXN_OFFSET_COMMIT,
} from './transaction-apis.ts';

const APIS: ReadonlyArray<Pick<Api<never, unknown>, 'name' | 'key' | 'version' | 'read'>> = [
  ADD_OFFSETS_TO_TXN,
  ADD_PARTITIONS_TO_TXN,
  DESCRIBE_TRANSACTIONS,
  END_TXN,
  FETCH,
  FIND_COORDINATOR,
  INIT_PRODUCER_ID,
  LIST_OFFSETS,
  LIST_TRANSACTIONS,
  METADATA,
  OFFSET_COMMIT,
  OFFSET_FETCH,
  PRODUCE,
  TXN_OFFSET_COMMIT,
];

describe('requests', () => {
  it('never come in the versions that leave a transactional id stuck', () => {
    expect(END_TXN.version).toBeLessThan(5);
    expect(PRODUCE.version).toBeLessThan(12);
  });

  it('have one key each', () => {
    expect(new Set(APIS.map(({ key }) => key)).size).toBe(APIS.length);
  });

  it.each(APIS.map((api) => [api.name, api] as const))(
    '%s gives an answer or an error for any bytes, and ends',
    (_name, api) => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
          try {
            api.read(new ByteReader(Buffer.from(noise)));
          } catch (error) {
            expect(error).toMatchObject({ code: 'FORMAT_INVALID' });
          }
        }),
        { numRuns: 300 },
      );
    },
  );
});

describe('primitive types', () => {
  it('read back what was written, and grow', () => {
    const { buffer } = new ByteWriter(1)
      .int8(-1)
      .int16(-2)
      .int32(-3)
      .int64(2 ** 52)
      .int64(-5n)
      .unsignedVarint(300)
      .string('ü')
      .string(null)
      .compactString('kurz')
      .bytes(Buffer.from([1, 2]));
    const reader = new ByteReader(buffer);
    expect([reader.int8(), reader.int16(), reader.int32()]).toEqual([-1, -2, -3]);
    expect([reader.int64(), reader.bigint64()]).toEqual([2 ** 52, -5n]);
    expect(reader.unsignedVarint()).toBe(300);
    expect([reader.nullableString(), reader.nullableString()]).toEqual(['ü', null]);
    expect(reader.compactString()).toBe('kurz');
    expect(reader.nullableBytes()).toEqual(Buffer.from([1, 2]));
    expect(() => reader.int8()).toThrow(/1 bytes are needed where 0 are left/);
  });
});
