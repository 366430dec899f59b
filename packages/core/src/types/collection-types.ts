/** Arrays, tuples, maps and sets: a count, then the elements. */
import { BuiltType, type Evolution, type Reader, readerOf, schemaFor } from './built-type.ts';
import type { DataInput } from './data-input.ts';
import type { DataOutput } from './data-output.ts';
import { atPath, mismatch } from './misfit.ts';
import { type Schema, schemaOf } from './schema.ts';
import type { TypeInformation } from './type-information.ts';

export class ArrayType<T> extends BuiltType<T[]> {
  readonly typeName: string;
  readonly immutable = false;
  readonly #element: TypeInformation<T>;

  constructor(element: TypeInformation<T>) {
    super(schemaOf('array', [schemaFor(element)]));
    this.typeName = `array<${element.typeName}>`;
    this.#element = element;
  }

  serialize(value: T[], output: DataOutput): void {
    if (!Array.isArray(value)) throw mismatch('an array', value);
    output.writeVarint(value.length);
    let at = 0;
    try {
      for (; at < value.length; at++) this.#element.serialize(value[at] as T, output);
    } catch (error) {
      throw atPath(error, `[${at}]`);
    }
  }

  deserialize(input: DataInput): T[] {
    return readArray(input, (from) => this.#element.deserialize(from));
  }

  copy(value: T[]): T[] {
    if (this.#element.immutable) return value.slice();
    return value.map((item) => this.#element.copy(item));
  }

  equals(left: T[], right: T[]): boolean {
    if (left.length !== right.length) return false;
    return left.every((item, at) => this.#element.equals(item, right[at] as T));
  }

  protected evolve(written: Schema): Evolution<T[]> {
    const from = written.items[0];
    if (written.kind !== 'array' || from === undefined) return this.refuse(written);
    const reader = readerOf(this.#element, from);
    return typeof reader === 'string' ? reader : (input) => readArray(input, reader);
  }
}

export class TupleType<T extends unknown[]> extends BuiltType<T> {
  readonly typeName: string;
  readonly immutable = false;
  readonly #elements: readonly TypeInformation<unknown>[];

  constructor(elements: readonly TypeInformation<unknown>[]) {
    super(schemaOf('tuple', elements.map(schemaFor)));
    this.typeName = `tuple<${elements.map((element) => element.typeName).join(', ')}>`;
    this.#elements = elements;
  }

  serialize(value: T, output: DataOutput): void {
    if (!Array.isArray(value) || value.length !== this.#elements.length) {
      throw mismatch(`a tuple of ${this.#elements.length}`, value);
    }
    let at = 0;
    try {
      for (; at < value.length; at++) this.#elements[at]!.serialize(value[at], output);
    } catch (error) {
      throw atPath(error, `[${at}]`);
    }
  }

  deserialize(input: DataInput): T {
    return this.#elements.map((element) => element.deserialize(input)) as T;
  }

  copy(value: T): T {
    return this.#elements.map((element, at) => element.copy(value[at])) as T;
  }

  equals(left: T, right: T): boolean {
    return this.#elements.every((element, at) => element.equals(left[at], right[at]));
  }

  protected evolve(written: Schema): Evolution<T> {
    if (written.kind !== 'tuple' || written.items.length !== this.#elements.length) {
      return this.refuse(written);
    }
    const readers: Reader<unknown>[] = [];
    for (const [at, element] of this.#elements.entries()) {
      const reader = readerOf(element, written.items[at]!);
      if (typeof reader === 'string') return reader;
      readers.push(reader);
    }
    return (input) => readers.map((read) => read(input)) as T;
  }
}

export class MapType<K, V> extends BuiltType<Map<K, V>> {
  readonly typeName: string;
  readonly immutable = false;
  readonly #key: TypeInformation<K>;
  readonly #value: TypeInformation<V>;

  constructor(key: TypeInformation<K>, value: TypeInformation<V>) {
    super(schemaOf('map', [schemaFor(key), schemaFor(value)]));
    this.typeName = `map<${key.typeName}, ${value.typeName}>`;
    this.#key = key;
    this.#value = value;
  }

  serialize(map: Map<K, V>, output: DataOutput): void {
    if (!(map instanceof Map)) throw mismatch('a Map', map);
    output.writeVarint(map.size);
    let at = 0;
    try {
      for (const [key, value] of map) {
        this.#key.serialize(key, output);
        this.#value.serialize(value, output);
        at++;
      }
    } catch (error) {
      throw atPath(error, `<entry ${at}>`);
    }
  }

  deserialize(input: DataInput): Map<K, V> {
    const readKey: Reader<K> = (from) => this.#key.deserialize(from);
    return readMap(input, readKey, (from) => this.#value.deserialize(from));
  }

  copy(map: Map<K, V>): Map<K, V> {
    const copied = new Map<K, V>();
    for (const [key, value] of map) copied.set(this.#key.copy(key), this.#value.copy(value));
    return copied;
  }

  /** Order does not matter. O(n), O(n²) where keys are objects. */
  equals(left: Map<K, V>, right: Map<K, V>): boolean {
    if (left.size !== right.size) return false;
    for (const [key, value] of left) {
      if (right.has(key) && this.#value.equals(value, right.get(key) as V)) continue;
      if (!isObject(key) || !this.#hasEqualEntry(key, value, right)) return false;
    }
    return true;
  }

  #hasEqualEntry(key: K, value: V, map: Map<K, V>): boolean {
    for (const [otherKey, otherValue] of map) {
      if (this.#key.equals(key, otherKey) && this.#value.equals(value, otherValue)) return true;
    }
    return false;
  }

  protected evolve(written: Schema): Evolution<Map<K, V>> {
    const [key, value] = written.items;
    if (written.kind !== 'map' || key === undefined || value === undefined) {
      return this.refuse(written);
    }
    const readKey = readerOf(this.#key, key);
    if (typeof readKey === 'string') return readKey;
    const readValue = readerOf(this.#value, value);
    if (typeof readValue === 'string') return readValue;
    return (input) => readMap(input, readKey, readValue);
  }
}

export class SetType<T> extends BuiltType<Set<T>> {
  readonly typeName: string;
  readonly immutable = false;
  readonly #element: TypeInformation<T>;

  constructor(element: TypeInformation<T>) {
    super(schemaOf('set', [schemaFor(element)]));
    this.typeName = `set<${element.typeName}>`;
    this.#element = element;
  }

  serialize(set: Set<T>, output: DataOutput): void {
    if (!(set instanceof Set)) throw mismatch('a Set', set);
    output.writeVarint(set.size);
    let at = 0;
    try {
      for (const item of set) {
        this.#element.serialize(item, output);
        at++;
      }
    } catch (error) {
      throw atPath(error, `<element ${at}>`);
    }
  }

  deserialize(input: DataInput): Set<T> {
    return new Set(readArray(input, (from) => this.#element.deserialize(from)));
  }

  copy(set: Set<T>): Set<T> {
    const copied = new Set<T>();
    for (const item of set) copied.add(this.#element.copy(item));
    return copied;
  }

  /** Order does not matter. O(n), O(n²) where elements are objects. */
  equals(left: Set<T>, right: Set<T>): boolean {
    if (left.size !== right.size) return false;
    for (const item of left) {
      if (right.has(item)) continue;
      if (!isObject(item) || !this.#hasEqual(item, right)) return false;
    }
    return true;
  }

  #hasEqual(item: T, set: Set<T>): boolean {
    for (const candidate of set) if (this.#element.equals(item, candidate)) return true;
    return false;
  }

  protected evolve(written: Schema): Evolution<Set<T>> {
    const from = written.items[0];
    if (written.kind !== 'set' || from === undefined) return this.refuse(written);
    const reader = readerOf(this.#element, from);
    return typeof reader === 'string' ? reader : (input) => new Set(readArray(input, reader));
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function readArray<T>(input: DataInput, read: Reader<T>): T[] {
  const length = input.readVarint();
  const items: T[] = [];
  for (let i = 0; i < length; i++) items.push(read(input));
  return items;
}

function readMap<K, V>(input: DataInput, readKey: Reader<K>, readValue: Reader<V>): Map<K, V> {
  const map = new Map<K, V>();
  for (let left = input.readVarint(); left > 0; left--) map.set(readKey(input), readValue(input));
  return map;
}
