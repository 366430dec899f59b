import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataInput } from './data-input.ts';
import { DataOutput } from './data-output.ts';

describe('DataOutput and DataInput', () => {
  it('keep every string, lone surrogates and byte order marks included', () => {
    const unit = fc.oneof(fc.constantFrom('binary' as const, 'grapheme' as const));
    const text = unit.chain((of) =>
      fc.oneof(fc.string({ unit: of, maxLength: 30 }), fc.string({ unit: of, maxLength: 200 })),
    );
    const codeUnits = fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 80 })
      .map((codes) => String.fromCharCode(...codes));
    fc.assert(
      fc.property(fc.array(fc.oneof(text, codeUnits)), (all) => {
        const output = new DataOutput(1);
        for (const each of all) output.writeString(each);
        const input = new DataInput(output.toBytes());
        for (const each of all) expect(input.readString()).toBe(each);
        expect(input.remaining).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('write UTF-8 where it can be', () => {
    const output = new DataOutput();
    output.writeString('aé€😀');
    expect([...output.bytes().subarray(1)]).toEqual([...Buffer.from('aé€😀')]);
  });

  it('keep numbers, bytes and positions', () => {
    const numbers = fc.record({
      varint: fc.maxSafeNat(),
      int32: fc.integer(),
      float64: fc.double(),
      big: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      bytes: fc.uint8Array(),
    });
    fc.assert(
      fc.property(numbers, ({ varint, int32, float64, big, bytes }) => {
        const output = new DataOutput(1);
        output.writeInt32(0);
        output.writeVarint(varint);
        output.writeFloat64(float64);
        output.writeBigInt64(big);
        output.writeBytes(bytes);
        output.writeBoolean(true);
        output.patchInt32(0, int32);
        const mark = output.position;
        output.writeString('taken back');
        output.truncate(mark);
        const input = new DataInput(output.bytes());
        expect(input.readInt32()).toBe(int32);
        expect(input.readVarint()).toBe(varint);
        expect(input.readFloat64()).toBe(float64);
        expect(input.readBigInt64()).toBe(big);
        expect(input.readBytes()).toEqual(bytes);
        expect(input.readBoolean()).toBe(true);
        expect(input.remaining).toBe(0);
      }),
    );
  });

  it('never read past the end', () => {
    const input = new DataInput(new Uint8Array([4, 1]));
    const corrupt = expect.objectContaining({ code: 'CHECKPOINT_FILE_CORRUPT' });
    expect(() => input.readBytes()).toThrow(corrupt);
    expect(() => input.readRaw(-1)).toThrow(corrupt);
    expect(() => input.seek(3)).toThrow(corrupt);
    input.seek(0);
    expect(input.readUint8()).toBe(4);
  });
});
