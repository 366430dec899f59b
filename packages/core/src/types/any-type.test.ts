import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requireData } from './any-data.ts';
import { registerClass } from './class-registry.ts';
import { DataInput } from './data-input.ts';
import { DataOutput } from './data-output.ts';
import { types } from './types.ts';

const any = types.any();

function roundTrip(value: unknown): unknown {
  const output = new DataOutput();
  any.serialize(value, output);
  const input = new DataInput(output.toBytes());
  const back = any.deserialize(input);
  expect(input.remaining).toBe(0);
  return back;
}

const binary = fc.oneof(
  fc.uint8Array(),
  fc.int16Array(),
  fc.float32Array(),
  fc.float64Array(),
  fc.bigInt64Array(),
  fc.uint8ClampedArray(),
  fc.uint8Array().map((bytes) => new Uint8Array(bytes).buffer),
);

const leaf = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.string({ unit: 'grapheme', minLength: 60, maxLength: 300 }),
  fc.integer(),
  fc.double(),
  fc.bigInt(),
  fc.boolean(),
  fc.date(),
  fc.constant(null),
  fc.constant(undefined),
  binary,
);

const { data } = fc.letrec<{ data: unknown }>((tie) => ({
  data: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie('data'), { maxLength: 5 }),
    fc.dictionary(fc.string({ unit: 'binary' }), tie('data'), { maxKeys: 5 }),
    fc.array(fc.tuple(tie('data'), tie('data')), { maxLength: 4 }).map((all) => new Map(all)),
    fc.array(tie('data'), { maxLength: 4 }).map((all) => new Set(all)),
  ),
}));

describe('any()', () => {
  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(data, (value) => {
        const back = roundTrip(value);
        expect(any.equals(value, back)).toBe(true);
        expect(back).toEqual(value);
      }),
    );
  });

  it('copies deeply: equal, and sharing nothing mutable', () => {
    fc.assert(
      fc.property(data, (value) => {
        const copied = any.copy(value);
        expect(any.equals(value, copied)).toBe(true);
        if (typeof value === 'object' && value !== null) expect(copied).not.toBe(value);
      }),
    );
    const nested = { list: [{ at: new Date(1) }], map: new Map([['a', { n: 1 }]]) };
    const copied = any.copy(nested) as typeof nested;
    nested.list[0]!.at.setTime(2);
    nested.map.get('a')!.n = 2;
    expect(copied).toEqual({ list: [{ at: new Date(1) }], map: new Map([['a', { n: 1 }]]) });
  });

  it('finds equal exactly what has the same bytes, where order is fixed', () => {
    const flat = fc.array(fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null)));
    fc.assert(
      fc.property(flat, flat, (left, right) => {
        const bytes = (value: unknown): string => {
          const output = new DataOutput();
          any.serialize(value, output);
          return output.toBytes().join();
        };
        expect(any.equals(left, right)).toBe(bytes(left) === bytes(right));
      }),
    );
  });

  it.each([
    ['\u{feff}text with a byte order mark'],
    ['lone \ud800 surrogate'],
    ['\ud800'],
    ['x'.repeat(127)],
    ['x'.repeat(128)],
    ['ä'.repeat(200)],
    [-0],
    [Number.NaN],
    [2 ** 53],
    [63],
    [64],
    [-1],
    [2n ** 200n],
    [-(2n ** 200n)],
    [new Date(Number.NaN)],
    [JSON.parse('{"__proto__": {"polluted": true}, "a": 1}')],
    [[undefined, null]],
    [Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`field ${i}`, i]))],
  ])('keeps %o', (value) => {
    const back = roundTrip(value);
    expect(any.equals(value, back)).toBe(true);
    expect(back).toEqual(value);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('tells different things apart', () => {
    const pairs: [unknown, unknown][] = [
      [1, '1'],
      [null, undefined],
      [{}, []],
      [{ a: undefined }, {}],
      [new Map([[1, 2]]), new Map([[1, 3]])],
      [new Set([1]), new Set([2])],
      [new Uint8Array([1]), new Int8Array([1])],
      [new Date(1), new Date(2)],
      [new Date(1), {}],
      [{}, new Date(1)],
    ];
    for (const [left, right] of pairs) expect(any.equals(left, right)).toBe(false);
    expect(any.equals(new Map([[{ k: 1 }, 2]]), new Map([[{ k: 1 }, 2]]))).toBe(true);
    expect(any.equals(new Set([{ k: 1 }, 2]), new Set([2, { k: 1 }]))).toBe(true);
  });

  it('writes a Buffer as a Uint8Array', () => {
    expect(roundTrip(Buffer.from('abc'))).toEqual(new Uint8Array([97, 98, 99]));
  });

  it('names class and path of an unregistered instance, on every path', () => {
    class Money {
      cents = 1;
    }
    const value = { orders: [{ price: new Money() }] };
    const error = {
      code: 'CLASS_NOT_REGISTERED',
      message: expect.stringMatching(/orders\[0\]\.price .*class Money.*registerClass\(Money\)/),
    };
    expect(() => roundTrip(value)).toThrow(expect.objectContaining(error));
    expect(() => requireData(value)).toThrow(expect.objectContaining(error));
    expect(() => any.copy(new Money())).toThrow(/class Money/);
  });

  it.each([
    ['a function', () => 1],
    ['symbol', Symbol('s')],
    ['a promise', Promise.resolve(1)],
  ])('refuses %s', (name, value) => {
    const error = { code: 'TYPE_INVALID', message: expect.stringContaining(`field x`) };
    expect(() => roundTrip({ x: value })).toThrow(expect.objectContaining(error));
    expect(() => roundTrip({ x: value })).toThrow(name);
    expect(() => requireData({ x: value })).toThrow(expect.objectContaining(error));
  });

  it('refuses a value that refers to itself', () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    expect(() => roundTrip(cycle)).toThrow(/refers to itself/);
    expect(() => any.copy(cycle)).toThrow(/refers to itself/);
  });

  it('says that damaged data are damaged', () => {
    const damaged = new DataInput(new Uint8Array([33]));
    expect(() => any.deserialize(damaged)).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_FILE_CORRUPT' }),
    );
  });
});

describe('registerClass', () => {
  class Point {
    x: number;
    y: number;
    constructor(x: number, y: number) {
      this.x = x;
      this.y = y;
    }
    get norm(): number {
      return Math.hypot(this.x, this.y);
    }
  }
  registerClass(Point, { name: 'geometry.Point' });

  it('makes instances data, anywhere in a value', () => {
    const back = roundTrip({ at: new Point(3, 4) }) as { at: Point };
    expect(back.at).toBeInstanceOf(Point);
    expect(back.at.norm).toBe(5);
    expect(any.equals(back, { at: new Point(3, 4) })).toBe(true);
    expect(any.equals(back, { at: { x: 3, y: 4 } })).toBe(false);
    expect((any.copy(back) as { at: Point }).at.norm).toBe(5);
  });

  it('does not extend to subclasses', () => {
    class Point3 extends Point {}
    expect(() => roundTrip(new Point3(1, 2))).toThrow(/class Point3/);
  });

  it('uses a custom form, private fields included', () => {
    class Secret {
      readonly #value: string;
      constructor(value: string) {
        this.#value = value;
      }
      reveal(): string {
        return this.#value;
      }
    }
    registerClass(Secret, {
      serialize: (secret, output) => output.writeString(secret.reveal()),
      deserialize: (input) => new Secret(input.readString()),
    });
    expect((roundTrip([new Secret('s')]) as Secret[])[0]?.reveal()).toBe('s');
    expect((any.copy(new Secret('t')) as Secret).reveal()).toBe('t');
    requireData(new Secret('u'));
  });

  it('refuses a name that is taken, and half a custom form', () => {
    class Other {}
    expect(() => registerClass(Other, { name: 'geometry.Point' })).toThrow(/two classes/);
    expect(() => registerClass(Other, { serialize: () => undefined })).toThrow(/neither/);
    expect(() => registerClass(Point, { name: 'geometry.Point' })).not.toThrow();
  });

  it('names the class that the reading job lacks', () => {
    const output = new DataOutput();
    output.writeUint8(16);
    output.writeString('gone.Class');
    expect(() => any.deserialize(new DataInput(output.toBytes()))).toThrow(
      expect.objectContaining({
        code: 'CLASS_NOT_REGISTERED',
        message: expect.stringContaining("'gone.Class'"),
      }),
    );
  });
});
