/**
 * Plain objects with known fields. Each object type has its own generated code, so that every
 * property access is monomorphic and an object that was read always has the same shape.
 *
 * Fields are written in the order of declaration, without names: the fingerprint knows them.
 * Properties that the type does not declare are not written and not copied.
 */
import { BuiltType, type Evolution, type Reader, readerOf, schemaFor } from './built-type.ts';
import type { DataInput } from './data-input.ts';
import { DataOutput } from './data-output.ts';
import { atPath, fieldStep, misfit, mismatch } from './misfit.ts';
import { generateObjectCode, type ObjectCode } from './object-code.ts';
import { type Schema, schemaOf } from './schema.ts';
import { skipperFor } from './schema-skip.ts';
import type { TypeInformation } from './type-information.ts';

export type Fields = Readonly<Record<string, TypeInformation<unknown>>>;

export class ObjectType<T extends object> extends BuiltType<T> {
  readonly typeName: string;
  readonly immutable = false;
  readonly names: readonly string[];
  readonly types: readonly TypeInformation<unknown>[];
  readonly #code: ObjectCode;

  constructor(fields: Fields) {
    const names = Object.keys(fields);
    const types = Object.values(fields);
    super(schemaOf('object', types.map(schemaFor), names));
    if (names.includes('__proto__')) throw misfit("can't have a field named __proto__");
    this.names = names;
    this.types = types;
    const shown = names.map((name, at) => `${name}: ${types[at]!.typeName}`);
    this.typeName = `object{${shown.join(', ')}}`;
    this.#code = generateObjectCode(names, types);
  }

  serialize(value: T, output: DataOutput): void {
    if (typeof value !== 'object' || value === null) throw mismatch('an object', value);
    try {
      this.#code.serialize(value, output);
    } catch (error) {
      throw this.#locate(value, error);
    }
  }

  deserialize(input: DataInput): T {
    return this.#code.deserialize(input) as T;
  }

  copy(value: T): T {
    return this.#code.copy(value) as T;
  }

  equals(left: T, right: T): boolean {
    return left === right || this.#code.equals(left, right);
  }

  /** Added fields need a value for older state, dropped ones are skipped, others may evolve. */
  protected evolve(written: Schema): Evolution<T> {
    if (written.kind !== 'object') return this.refuse(written);
    return evolveFields(this.names, this.types, written) as Evolution<T>;
  }

  /** The hot path carries no path; on failure the fields are tried one by one to find it. */
  #locate(value: T, error: unknown): unknown {
    const scratch = new DataOutput();
    for (const [at, name] of this.names.entries()) {
      try {
        this.types[at]!.serialize((value as Record<string, unknown>)[name], scratch);
      } catch (cause) {
        return atPath(cause, fieldStep(name));
      }
    }
    return error;
  }
}

/** The evolution rule of named fields; objects and instances share it. */
export function evolveFields(
  names: readonly string[],
  types: readonly TypeInformation<unknown>[],
  written: Schema,
): Evolution<object> {
  const writtenReaders: { readonly field: number; readonly read: Reader<unknown> }[] = [];
  for (const [at, name] of written.names.entries()) {
    const schema = written.items[at]!;
    const field = names.indexOf(name);
    if (field < 0) {
      writtenReaders.push({ field, read: skipperFor(schema) });
      continue;
    }
    const read = readerOf(types[field]!, schema);
    if (typeof read === 'string') return `the field '${name}': ${read}`;
    writtenReaders.push({ field, read });
  }
  const missing: { readonly name: string; readonly value: () => unknown }[] = [];
  for (const [at, name] of names.entries()) {
    if (written.names.includes(name)) continue;
    const type = types[at];
    const value = type instanceof BuiltType ? type.missing : null;
    if (value === null) {
      return `the field '${name}' is new: make it nullable, optional or give it a default`;
    }
    missing.push({ name, value });
  }
  return (input: DataInput) => {
    const read = new Map<number, unknown>();
    for (const reader of writtenReaders) read.set(reader.field, reader.read(input));
    const absent = new Map(missing.map(({ name, value }) => [name, value]));
    const object: Record<string, unknown> = {};
    for (const [at, name] of names.entries()) {
      const fallback = absent.get(name);
      object[name] = fallback === undefined ? read.get(at) : fallback();
    }
    return object;
  };
}
