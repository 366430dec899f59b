/**
 * What all types made by `types.*` share: a schema, its fingerprint, and the way from an older
 * schema to today's values. `readerFor` is the evolution rule of one kind of type.
 */
import type { DataInput } from './data-input.ts';
import type { DataOutput } from './data-output.ts';
import { fingerprintOf, parseFingerprint, type Schema } from './schema.ts';
import type { TypeCompatibility, TypeInformation } from './type-information.ts';

export type Reader<T> = (input: DataInput) => T;
/** A reader of what was written under another schema, or the reason why there is none. */
export type Evolution<T> = Reader<T> | string;

export abstract class BuiltType<T> implements TypeInformation<T> {
  abstract readonly typeName: string;
  abstract readonly immutable: boolean;
  readonly schema: Schema;
  readonly fingerprint: string;
  /** Set where a field of this type may be missing in older state. */
  readonly missing: (() => T) | null = null;

  constructor(schema: Schema) {
    this.schema = schema;
    this.fingerprint = fingerprintOf(schema);
  }

  abstract serialize(value: T, output: DataOutput): void;
  abstract deserialize(input: DataInput): T;
  abstract copy(value: T): T;
  abstract equals(left: T, right: T): boolean;

  /** Called with schemas other than this type's own. */
  protected abstract evolve(written: Schema): Evolution<T>;

  readerFor(written: Schema): Evolution<T> {
    if (fingerprintOf(written) === this.fingerprint) return (input) => this.deserialize(input);
    return this.evolve(written);
  }

  compatibleWith(fingerprint: string): TypeCompatibility<T> {
    if (fingerprint === this.fingerprint) return { kind: 'as-is' };
    const evolution = this.readerFor(parseFingerprint(fingerprint));
    if (typeof evolution === 'string') return { kind: 'incompatible', reason: evolution };
    return { kind: 'migrate', reader: new MigratingType(this, evolution) };
  }

  protected refuse(written: Schema): string {
    return `${fingerprintOf(written)} can't become ${this.typeName}`;
  }
}

/** Today's type, except that it reads the older form. */
class MigratingType<T> implements TypeInformation<T> {
  readonly #type: TypeInformation<T>;
  readonly deserialize: Reader<T>;

  constructor(type: TypeInformation<T>, reader: Reader<T>) {
    this.#type = type;
    this.deserialize = reader;
  }

  get typeName(): string {
    return this.#type.typeName;
  }

  get fingerprint(): string {
    return this.#type.fingerprint;
  }

  get immutable(): boolean {
    return this.#type.immutable;
  }

  serialize(value: T, output: DataOutput): void {
    this.#type.serialize(value, output);
  }

  copy(value: T): T {
    return this.#type.copy(value);
  }

  equals(left: T, right: T): boolean {
    return this.#type.equals(left, right);
  }

  compatibleWith(fingerprint: string): TypeCompatibility<T> {
    return this.#type.compatibleWith(fingerprint);
  }
}

/** Types come from users too, who may implement `TypeInformation` themselves. */
export function schemaFor(type: TypeInformation<unknown>): Schema {
  if (type instanceof BuiltType) return type.schema;
  return { kind: 'custom', items: [], names: [], value: JSON.stringify(type.fingerprint) };
}

/** How an element of another type's schema is read. */
export function readerOf<T>(type: TypeInformation<T>, written: Schema): Evolution<T> {
  if (type instanceof BuiltType) return type.readerFor(written) as Evolution<T>;
  const fingerprint =
    written.kind === 'custom' && written.value !== null
      ? (JSON.parse(written.value) as string)
      : fingerprintOf(written);
  const compatibility = type.compatibleWith(fingerprint);
  if (compatibility.kind === 'incompatible') return compatibility.reason;
  const reader = compatibility.kind === 'migrate' ? compatibility.reader : type;
  return (input) => reader.deserialize(input);
}
