import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { DataInput } from './data-input.ts';
import { DataOutput } from './data-output.ts';
import { parseFingerprint, fingerprintOf } from './schema.ts';
import type { TypeInformation } from './type-information.ts';
import { type TypeOf, types } from './types.ts';

function bytesOf<T>(type: TypeInformation<T>, value: T): Uint8Array {
  const output = new DataOutput();
  type.serialize(value, output);
  return output.toBytes();
}

function roundTrip<T>(type: TypeInformation<T>, value: T): T {
  const input = new DataInput(bytesOf(type, value));
  const back = type.deserialize(input);
  expect(input.remaining).toBe(0);
  return back;
}

/** Writes with one type, reads with another as restore does. */
function evolve<A, B>(from: TypeInformation<A>, to: TypeInformation<B>, value: A): B {
  const compatibility = to.compatibleWith(from.fingerprint);
  if (compatibility.kind === 'incompatible') expect.fail(compatibility.reason);
  const reader = compatibility.kind === 'migrate' ? compatibility.reader : to;
  const input = new DataInput(bytesOf(from, value));
  const back = reader.deserialize(input);
  expect(input.remaining).toBe(0);
  return back;
}

function reasonAgainst<B>(from: TypeInformation<unknown>, to: TypeInformation<B>): string {
  const compatibility = to.compatibleWith(from.fingerprint);
  return compatibility.kind === 'incompatible' ? compatibility.reason : compatibility.kind;
}

type Sample = { type: TypeInformation<unknown>; values: fc.Arbitrary<unknown> };

function sample<T>(type: TypeInformation<T>, values: fc.Arbitrary<T>): Sample {
  return { type: type as TypeInformation<unknown>, values };
}

const leaves: Sample[] = [
  sample(types.string(), fc.string({ unit: 'binary' })),
  sample(types.f64(), fc.double()),
  sample(types.i32(), fc.integer()),
  sample(types.i64(), fc.maxSafeInteger()),
  sample(types.boolean(), fc.boolean()),
  sample(types.bigint(), fc.bigInt()),
  sample(types.date(), fc.date()),
  sample(types.bytes(), fc.uint8Array()),
  sample(types.literal('on'), fc.constant('on')),
  sample(types.any(), fc.anything({ withDate: true, withMap: true, withSet: true })),
];

/** A random type together with random values of it. */
const { tree } = fc.letrec<{ tree: Sample }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(...leaves),
    tie('tree').map(({ type, values }) => sample(types.array(type), fc.array(values))),
    tie('tree').map(({ type, values }) => sample(types.nullable(type), fc.option(values))),
    tie('tree').map(({ type, values }) =>
      sample(types.optional(type), fc.option(values, { nil: undefined })),
    ),
    tie('tree').map(({ type, values }) =>
      sample(
        types.set(type),
        fc.array(values).map((all) => new Set(all)),
      ),
    ),
    fc.tuple(tie('tree'), tie('tree')).map(([key, value]) =>
      sample(
        types.map(key.type, value.type),
        fc.array(fc.tuple(key.values, value.values)).map((all) => new Map(all)),
      ),
    ),
    fc
      .tuple(tie('tree'), tie('tree'))
      .map(([a, b]) =>
        sample(
          types.tuple(a.type, b.type) as TypeInformation<unknown>,
          fc.tuple(a.values, b.values),
        ),
      ),
    fc
      .dictionary(
        fc.string({ minLength: 1 }).filter((name) => name !== '__proto__'),
        tie('tree'),
        {
          maxKeys: 4,
        },
      )
      .map((fields) => {
        const named = Object.entries(fields);
        const of = <R>(pick: (sample: Sample) => R): Record<string, R> =>
          Object.fromEntries(named.map(([name, field]) => [name, pick(field)]));
        return sample(
          types.object(of(({ type }) => type)) as TypeInformation<unknown>,
          fc.record(of(({ values }) => values)),
        );
      }),
  ),
}));

const typed = tree.chain(({ type, values }) => fc.tuple(fc.constant(type), values));

describe('built types', () => {
  it('read back what they wrote, copy and compare deeply', () => {
    fc.assert(
      fc.property(typed, ([type, value]) => {
        const back = roundTrip(type, value);
        const copied = type.copy(value);
        expect(type.equals(value, back)).toBe(true);
        expect(type.equals(copied, back)).toBe(true);
        expect(type.equals(value, value)).toBe(true);
        if (!type.immutable && typeof value === 'object' && value !== null) {
          expect(copied).not.toBe(value);
        }
      }),
    );
  });

  it('tell values apart that differ in their bytes', () => {
    const two = fc.tuple(fc.record({ a: fc.integer(), b: fc.string() }), fc.integer());
    const type = types.object({ a: types.i32(), b: types.string() });
    fc.assert(
      fc.property(two, ([value, other]) => {
        expect(type.equals(value, { ...value, a: other })).toBe(value.a === other);
        expect(type.equals(value, { ...value, b: `${value.b}!` })).toBe(false);
      }),
    );
  });

  it('have a fingerprint that survives parsing, and that reads as-is', () => {
    fc.assert(
      fc.property(typed, ([type]) => {
        expect(fingerprintOf(parseFingerprint(type.fingerprint))).toBe(type.fingerprint);
        expect(type.compatibleWith(type.fingerprint)).toEqual({ kind: 'as-is' });
      }),
    );
  });

  it('keep their fingerprints from release to release', () => {
    const type = types.object({
      id: types.string(),
      'odd "name"': types.nullable(types.array(types.i32())),
      by: types.map(types.i64(), types.tuple(types.f64(), types.literal('x)'))),
    });
    expect(type.fingerprint).toBe(
      'object{"id":string,"odd \\"name\\"":nullable<array<i32>>,' +
        '"by":map<i64,tuple<f64,literal("x)")>>}',
    );
    expect(fingerprintOf(parseFingerprint(type.fingerprint))).toBe(type.fingerprint);
  });

  it('name the path of a misfit', () => {
    const type = types.object({ legs: types.array(types.object({ km: types.f64() })) });
    expect(() => bytesOf(type, { legs: [{ km: 1 }, { km: 'far' as never }] })).toThrow(
      expect.objectContaining({
        code: 'TYPE_INVALID',
        message: 'the field legs[1].km must be a number, but is the string "far"',
      }),
    );
    expect(() => bytesOf(types.i64(), 2 ** 53)).toThrow(/use bigint/);
    expect(() => bytesOf(types.i32(), 1.5)).toThrow(/32-bit integer/);
    expect(() => bytesOf(types.string(), null as never)).toThrow(/must be a string, but is null/);
    expect(() => bytesOf(types.tuple(types.string()), [] as never)).toThrow(/tuple of 1/);
    expect(() => bytesOf(types.literal(7), 8 as never)).toThrow(/must be 7/);
    expect(() => types.object(JSON.parse('{"__proto__": 1}'))).toThrow(/__proto__/);
  });

  it('infer the TypeScript type', () => {
    const order = types.object({
      id: types.string(),
      amount: types.nullable(types.f64()),
      note: types.optional(types.string()),
      kind: types.literal('order'),
      pair: types.tuple(types.i32(), types.date()),
    });
    type Order = TypeOf<typeof order>;
    expectTypeOf<Order>().toEqualTypeOf<{
      id: string;
      amount: number | null;
      note?: string | undefined;
      kind: 'order';
      pair: [number, Date];
    }>();
    const value: Order = { id: 'a', amount: null, kind: 'order', pair: [1, new Date(0)] };
    expect(order.equals(roundTrip(order, value), value)).toBe(true);
  });

  it('revive instances without calling the constructor', () => {
    class Account {
      owner: string;
      balance = 0;
      constructor(owner: string) {
        if (owner === '') expect.fail('constructor called');
        this.owner = owner;
      }
      get label(): string {
        return `${this.owner}: ${this.balance}`;
      }
    }
    const type = types.instance(Account, {
      name: 'bank.Account',
      fields: { owner: types.string(), balance: types.f64() },
    });
    const back = roundTrip(type, new Account('a'));
    expect(back).toBeInstanceOf(Account);
    expect(back.label).toBe('a: 0');
    expect(type.copy(back).label).toBe('a: 0');
    expect(() => bytesOf(type, { owner: 'x', balance: 1 } as Account)).toThrow(/bank.Account/);
  });
});

describe('evolution', () => {
  it('widens numbers', () => {
    expect(evolve(types.i32(), types.i64(), -5)).toBe(-5);
    expect(evolve(types.i32(), types.f64(), -5)).toBe(-5);
    expect(evolve(types.i64(), types.f64(), 2 ** 40)).toBe(2 ** 40);
    expect(reasonAgainst(types.f64() as never, types.i64())).toBe("f64 can't become i64");
  });

  it('adds, drops and reorders fields', () => {
    const before = types.object({
      id: types.string(),
      legs: types.array(types.map(types.string(), types.any())),
      count: types.i32(),
    });
    const after = types.object({
      count: types.f64(),
      label: types.nullable(types.string()),
      note: types.optional(types.string()),
      retries: types.withDefault(types.i32(), 3),
      id: types.string(),
    });
    const value = { id: 'x', legs: [new Map([['a', { deep: [1] }]])], count: 7 };
    expect(evolve(before, after, value)).toEqual({
      count: 7,
      label: null,
      note: undefined,
      retries: 3,
      id: 'x',
    });
  });

  it('works inside arrays, maps, tuples, sets and nullable values', () => {
    const old = types.object({ a: types.i32() });
    const now = types.object({ a: types.i64(), b: types.nullable(types.i32()) });
    expect(evolve(types.array(old), types.array(now), [{ a: 1 }])).toEqual([{ a: 1, b: null }]);
    expect(
      evolve(types.map(types.i32(), old), types.map(types.f64(), now), new Map([[1, { a: 2 }]])),
    ).toEqual(new Map([[1, { a: 2, b: null }]]));
    expect(evolve(types.tuple(old), types.tuple(now), [{ a: 1 }])).toEqual([{ a: 1, b: null }]);
    expect(evolve(types.set(types.i32()), types.set(types.f64()), new Set([1]))).toEqual(
      new Set([1]),
    );
    expect(evolve(types.nullable(old), types.nullable(now), null)).toBe(null);
    expect(evolve(old, types.nullable(now), { a: 1 })).toEqual({ a: 1, b: null });
    expect(evolve(types.nullable(old), types.optional(now), null)).toBe(undefined);
  });

  it('keeps instances when their class gains a field', () => {
    class Tick {
      price = 0;
      size = 0;
    }
    const before = types.instance(Tick, { name: 'Tick', fields: { price: types.f64() } });
    const after = types.instance(Tick, {
      name: 'Tick',
      fields: { price: types.f64(), size: types.withDefault(types.f64(), 1) },
    });
    const tick = new Tick();
    tick.price = 9;
    const back = evolve(before, after, tick);
    expect(back).toBeInstanceOf(Tick);
    expect(back).toEqual(Object.assign(new Tick(), { price: 9, size: 1 }));
  });

  it('says why not', () => {
    const old = types.object({ a: types.string() }) as never;
    expect(reasonAgainst(old, types.object({ a: types.string(), b: types.i32() }))).toMatch(
      /'b' is new: make it nullable/,
    );
    expect(reasonAgainst(old, types.object({ a: types.f64() }))).toMatch(
      /'a': string can't become/,
    );
    expect(reasonAgainst(types.string() as never, types.any())).toMatch(/can't become any/);
    expect(() => types.string().compatibleWith('not a <type')).toThrow(
      expect.objectContaining({ code: 'STATE_INCOMPATIBLE' }),
    );
  });
});
