/**
 * The builders of `TypeInformation`: `types.object({ user: types.string(), amount: types.f64() })`.
 * `TypeOf<typeof t>` is the TypeScript type that a built type describes.
 */
import { AnyType } from './any-type.ts';
import { BytesType, DateType } from './binary-types.ts';
import type { Constructor } from './class-registry.ts';
import { ArrayType, MapType, SetType, TupleType } from './collection-types.ts';
import { InstanceType } from './instance-type.ts';
import { type Fields, ObjectType } from './object-type.ts';
import { DefaultedType, NullableType, OptionalType } from './optional-types.ts';
import {
  BigIntType,
  BooleanType,
  Float64Type,
  Int32Type,
  Int64Type,
  LiteralType,
  type LiteralValue,
  StringType,
} from './primitive-types.ts';
import type { TypeInformation } from './type-information.ts';

/** The TypeScript type of the values that a `TypeInformation` describes. */
export type TypeOf<T> = T extends TypeInformation<infer V> ? V : never;

type OptionalNames<F> = {
  [N in keyof F]: F[N] extends { readonly optional: true } ? N : never;
}[keyof F];

type Flat<T> = { [N in keyof T]: T[N] };

/** The object that a record of field types describes; `optional` fields may be left out. */
export type ObjectOf<F> = Flat<
  { -readonly [N in Exclude<keyof F, OptionalNames<F>>]: TypeOf<F[N]> } & {
    -readonly [N in OptionalNames<F>]?: TypeOf<F[N]>;
  }
>;

type TupleOf<E extends readonly unknown[]> = { -readonly [I in keyof E]: TypeOf<E[I]> };

// Variance: a field's type is only ever given values of that type.
type AnyTypeInformation = TypeInformation<never> | TypeInformation<unknown>;

const string = new StringType();
const f64 = new Float64Type();
const i32 = new Int32Type();
const i64 = new Int64Type();
const boolean = new BooleanType();
const bigint = new BigIntType();
const date = new DateType();
const bytes = new BytesType();
const any = new AnyType();

export const types = {
  string: (): TypeInformation<string> => string,
  /** Any number. */
  f64: (): TypeInformation<number> => f64,
  /** Integers of 32 bits, signed. */
  i32: (): TypeInformation<number> => i32,
  /** Integers within ±(2^53 - 1). */
  i64: (): TypeInformation<number> => i64,
  boolean: (): TypeInformation<boolean> => boolean,
  /** Integers of any size. */
  bigint: (): TypeInformation<bigint> => bigint,
  /** Milliseconds since the epoch. */
  date: (): TypeInformation<Date> => date,
  bytes: (): TypeInformation<Uint8Array> => bytes,
  array: <T>(element: TypeInformation<T>): TypeInformation<T[]> => new ArrayType(element),
  map: <K, V>(key: TypeInformation<K>, value: TypeInformation<V>): TypeInformation<Map<K, V>> =>
    new MapType(key, value),
  set: <T>(element: TypeInformation<T>): TypeInformation<Set<T>> => new SetType(element),
  tuple: <const E extends readonly AnyTypeInformation[]>(
    ...elements: E
  ): TypeInformation<TupleOf<E>> =>
    new TupleType(elements as readonly TypeInformation<unknown>[]) as unknown as TypeInformation<
      TupleOf<E>
    >,
  /**
   * A plain object with these fields; others are not written. Later versions may drop fields and
   * add ones that are nullable, optional or have a default.
   */
  object: <F extends Readonly<Record<string, AnyTypeInformation>>>(
    fields: F,
  ): TypeInformation<ObjectOf<F>> =>
    new ObjectType(fields as Fields) as unknown as TypeInformation<ObjectOf<F>>,
  /** Instances of a class; `name` stands in the data and must stay when the class is renamed. */
  instance: <T extends object>(
    ofClass: Constructor<T>,
    options: {
      readonly name?: string;
      readonly fields: Readonly<Record<string, AnyTypeInformation>>;
    },
  ): TypeInformation<T> =>
    new InstanceType(ofClass, options.name ?? ofClass.name, options.fields as Fields),
  nullable: <T>(inner: TypeInformation<T>): TypeInformation<T | null> => new NullableType(inner),
  /** May be undefined; a property of this type may be missing. */
  optional: <T>(inner: TypeInformation<T>): OptionalTypeInformation<T> => new OptionalType(inner),
  /** As `inner`; older state without the field reads `defaultValue`. */
  withDefault: <T>(inner: TypeInformation<T>, defaultValue: T): TypeInformation<T> =>
    new DefaultedType(inner, defaultValue),
  literal: <const T extends LiteralValue>(value: T): TypeInformation<T> => new LiteralType(value),
  /** Self-describing: any data, at the price of a tag per value. */
  any: <T = unknown>(): TypeInformation<T> => any as TypeInformation<unknown> as TypeInformation<T>,
} as const;

export interface OptionalTypeInformation<T> extends TypeInformation<T | undefined> {
  readonly optional: true;
}
