import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AvroDeserializationSchema, AvroSerializationSchema } from './avro-schemas.ts';

const PAYMENT = {
  type: 'record',
  name: 'Payment',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'cents', type: 'long' },
    { name: 'rate', type: 'double' },
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'tags', type: { type: 'array', items: 'string' } },
    { name: 'counts', type: { type: 'map', values: 'int' } },
    { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['CARD', 'CASH'] } },
  ],
} as const;

const payment = fc.record({
  id: fc.string(),
  cents: fc.oneof(fc.maxSafeInteger(), fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n)),
  rate: fc.double({ noNaN: true }),
  note: fc.option(fc.string()),
  at: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  tags: fc.array(fc.string()),
  // The library leaves a key named `__proto__` out.
  counts: fc.dictionary(fc.stringMatching(/^[a-z]*$/), fc.integer(), { noNullPrototype: true }),
  kind: fc.constantFrom('CARD', 'CASH'),
});

describe('Avro with a given schema', () => {
  const write = AvroSerializationSchema.forGeneric<object>(PAYMENT);
  const read = AvroDeserializationSchema.forGeneric<object>(PAYMENT);

  it('reads what it wrote', () => {
    fc.assert(
      fc.property(payment, (value) => {
        expect({ ...read.deserialize(write.serialize(value)) }).toEqual(value);
      }),
    );
  });

  it('names the field that does not fit', () => {
    const value = { id: 'a', cents: 'ten', rate: 1, note: null, at: 0, tags: [], counts: {} };
    expect(() => write.serialize({ ...value, kind: 'CARD' })).toThrow(
      /not a shop\.Payment: cents is "ten", expected "?long/,
    );
  });

  it('refuses bytes of something else, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        let value: unknown = null;
        try {
          value = read.deserialize(bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: 'FORMAT_INVALID' });
          return;
        }
        expect(value).toHaveProperty('id');
      }),
    );
  });

  it('reads records of an older schema with the defaults of the newer one', () => {
    const older = { type: 'record', name: 'P', fields: [{ name: 'id', type: 'string' }] };
    const newer = {
      ...older,
      fields: [...older.fields, { name: 'country', type: 'string', default: 'unknown' }],
    };
    const bytes = AvroSerializationSchema.forGeneric<object>(older).serialize({ id: 'a' });
    const evolved = AvroDeserializationSchema.forGeneric<object>(newer, older);
    expect({ ...evolved.deserialize(bytes) }).toEqual({ id: 'a', country: 'unknown' });
    const other = { type: 'record', name: 'P', fields: [{ name: 'n', type: 'int' }] };
    expect(() => AvroDeserializationSchema.forGeneric(other, older)).toThrow(/can't be read as P/);
  });

  it('keeps every digit of a decimal', () => {
    const schema = { type: 'bytes', logicalType: 'decimal', precision: 30, scale: 4 };
    const decimals = {
      write: AvroSerializationSchema.forGeneric<string>(schema),
      read: AvroDeserializationSchema.forGeneric<string>(schema),
    };
    const digits = fc.bigInt({ min: -(10n ** 29n), max: 10n ** 29n });
    fc.assert(
      fc.property(digits, (unscaled) => {
        const magnitude = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(5, '0');
        const sign = unscaled < 0n ? '-' : '';
        const text = `${sign}${magnitude.slice(0, -4)}.${magnitude.slice(-4)}`;
        expect(decimals.read.deserialize(decimals.write.serialize(text))).toBe(text);
      }),
    );
    expect(() => decimals.write.serialize('1.23456')).toThrow(/FORMAT_INVALID|expected/);
  });

  it('says what is wrong with a schema', () => {
    expect(() => AvroDeserializationSchema.forGeneric('{"type":"recrd"}')).toThrow(
      /the Avro schema is not valid/,
    );
    expect(() => AvroDeserializationSchema.forGeneric('{"type":')).toThrow(/not valid/);
  });
});
