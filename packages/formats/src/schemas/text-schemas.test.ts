import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ByteArraySchema,
  CsvDeserializationSchema,
  CsvSerializationSchema,
  JsonDeserializationSchema,
  JsonSerializationSchema,
  SimpleStringSchema,
} from './text-schemas.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('text', () => {
  it('is read and written as it is', () => {
    const schema = new SimpleStringSchema();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(schema.deserialize(bytesOf(schema.serialize(text)))).toBe(text);
      }),
    );
  });

  it('that is no UTF-8 is refused with its first bytes', () => {
    const bytes = Uint8Array.from([0xff, 0xfe, 0x41]);
    const schemas = [
      new SimpleStringSchema(),
      new JsonDeserializationSchema(),
      new CsvDeserializationSchema({ user: 'string' }),
    ];
    for (const schema of schemas) {
      expect(() => schema.deserialize(bytes)).toThrow(/fffe41… are not UTF-8/);
      expect(() => schema.deserializeRange(bytes, 1, 3)).toThrow(/fe41… are not UTF-8/);
    }
    // The character that stands for such bytes elsewhere is a character.
    expect(new SimpleStringSchema().deserialize(bytesOf('a\ufffd'))).toBe('a\ufffd');
  });
});

describe('bytes', () => {
  it('are copied, since the buffer that they came in is used again', () => {
    for (const bytes of [Uint8Array.from([1, 2, 3]), Buffer.from([1, 2, 3])]) {
      const schema = new ByteArraySchema();
      const [all, part] = [schema.deserialize(bytes), schema.deserializeRange(bytes, 1, 2)];
      bytes.fill(0);
      expect([...all]).toEqual([1, 2, 3]);
      expect([...part]).toEqual([2]);
    }
  });
});

describe('JSON', () => {
  it('comes back as what was written', () => {
    const [read, write] = [new JsonDeserializationSchema(), new JsonSerializationSchema()];
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = write.serialize(value);
        expect(read.deserialize(bytesOf(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('may be checked, and says what is wrong with it', () => {
    const strict = new JsonDeserializationSchema<number>((value) => {
      if (typeof value === 'number') return value;
      throw new TypeError('a number is expected');
    });
    expect(strict.deserialize(bytesOf('42'))).toBe(42);
    expect(() => strict.deserialize(bytesOf('"x"'))).toThrow('a number is expected');
    expect(() => strict.deserialize(bytesOf('{"a":'))).toThrow(/"\{"a":" is not JSON/);
    expect(strict.deserialize(bytesOf(''))).toBeNull();
  });
});

describe('CSV', () => {
  it('reads the record that it wrote', () => {
    const write = new CsvSerializationSchema<{ user: string; clicks: number }>(['user', 'clicks']);
    const read = new CsvDeserializationSchema({ user: 'string', clicks: 'number' });
    const row = { user: 'ada, "the first"', clicks: 7 };
    expect(read.deserialize(bytesOf(write.serialize(row)))).toEqual(row);
    expect(() => read.deserialize(bytesOf('ada'))).toThrow(/has 1 fields/);
  });
});
