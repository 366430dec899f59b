/** Values that may be null or undefined, and values with a default for older state. */
import { BuiltType, type Evolution, readerOf, schemaFor } from './built-type.ts';
import type { DataInput } from './data-input.ts';
import type { DataOutput } from './data-output.ts';
import { type Schema, schemaOf } from './schema.ts';
import type { TypeInformation } from './type-information.ts';

abstract class AbsentOr<T, A extends null | undefined> extends BuiltType<T | A> {
  readonly immutable: boolean;
  protected readonly inner: TypeInformation<T>;
  readonly #absent: A;
  override readonly missing: () => T | A;

  constructor(kind: string, inner: TypeInformation<T>, absent: A) {
    super(schemaOf(kind, [schemaFor(inner)]));
    this.immutable = inner.immutable;
    this.inner = inner;
    this.#absent = absent;
    this.missing = () => absent;
  }

  serialize(value: T | A, output: DataOutput): void {
    if (value === this.#absent) {
      output.writeUint8(0);
      return;
    }
    output.writeUint8(1);
    this.inner.serialize(value as T, output);
  }

  deserialize(input: DataInput): T | A {
    return input.readUint8() === 0 ? this.#absent : this.inner.deserialize(input);
  }

  copy(value: T | A): T | A {
    return value === this.#absent ? value : this.inner.copy(value as T);
  }

  equals(left: T | A, right: T | A): boolean {
    if (left === this.#absent || right === this.#absent) return left === right;
    return this.inner.equals(left as T, right as T);
  }

  /** From null to undefined and back, and from a value that could not be absent. */
  protected evolve(written: Schema): Evolution<T | A> {
    const wasAbsent = written.kind === 'nullable' || written.kind === 'optional';
    const from = wasAbsent ? written.items[0] : written;
    if (from === undefined) return this.refuse(written);
    const reader = readerOf(this.inner, from);
    if (typeof reader === 'string' || !wasAbsent) return reader;
    return (input) => (input.readUint8() === 0 ? this.#absent : reader(input));
  }
}

export class NullableType<T> extends AbsentOr<T, null> {
  readonly typeName: string;

  constructor(inner: TypeInformation<T>) {
    super('nullable', inner, null);
    this.typeName = `${inner.typeName} | null`;
  }
}

export class OptionalType<T> extends AbsentOr<T, undefined> {
  /** Lets `types.object` infer an optional property. */
  declare readonly optional: true;
  readonly typeName: string;

  constructor(inner: TypeInformation<T>) {
    super('optional', inner, undefined);
    this.typeName = `${inner.typeName} | undefined`;
  }
}

/** The inner type, except that older state without the field is given `defaultValue`. */
export class DefaultedType<T> extends BuiltType<T> {
  readonly typeName: string;
  readonly immutable: boolean;
  override readonly missing: () => T;
  readonly #inner: TypeInformation<T>;

  constructor(inner: TypeInformation<T>, defaultValue: T) {
    super(schemaFor(inner));
    this.typeName = inner.typeName;
    this.immutable = inner.immutable;
    this.#inner = inner;
    this.missing = () => inner.copy(defaultValue);
  }

  serialize(value: T, output: DataOutput): void {
    this.#inner.serialize(value, output);
  }

  deserialize(input: DataInput): T {
    return this.#inner.deserialize(input);
  }

  copy(value: T): T {
    return this.#inner.copy(value);
  }

  equals(left: T, right: T): boolean {
    return this.#inner.equals(left, right);
  }

  protected evolve(written: Schema): Evolution<T> {
    return readerOf(this.#inner, written);
  }
}
