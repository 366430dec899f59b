/** Instances of one class with declared fields; the constructor is not called on reading. */
import { WeirError } from '../errors.ts';
import { BuiltType, type Evolution, schemaFor } from './built-type.ts';
import type { Constructor } from './class-registry.ts';
import type { DataInput } from './data-input.ts';
import type { DataOutput } from './data-output.ts';
import { mismatch } from './misfit.ts';
import { evolveFields, type Fields, ObjectType } from './object-type.ts';
import { type Schema, schemaOf } from './schema.ts';

export class InstanceType<T extends object> extends BuiltType<T> {
  readonly typeName: string;
  readonly immutable = false;
  readonly #name: string;
  readonly #prototype: object;
  readonly #fields: ObjectType<object>;

  constructor(ofClass: Constructor<T>, name: string, fields: Fields) {
    if (name === '') {
      throw new WeirError('ARGUMENT_INVALID', 'types.instance needs a { name } for this class');
    }
    const types = Object.values(fields).map(schemaFor);
    super(schemaOf('instance', types, Object.keys(fields), JSON.stringify(name)));
    this.typeName = name;
    this.#name = name;
    this.#prototype = ofClass.prototype as object;
    this.#fields = new ObjectType(fields);
  }

  serialize(value: T, output: DataOutput): void {
    if (!this.#isInstance(value)) throw mismatch(`an instance of ${this.#name}`, value);
    this.#fields.serialize(value, output);
  }

  deserialize(input: DataInput): T {
    return this.#revive(this.#fields.deserialize(input));
  }

  copy(value: T): T {
    return this.#revive(this.#fields.copy(value));
  }

  equals(left: T, right: T): boolean {
    return this.#fields.equals(left, right);
  }

  /** From the same class by name with other fields, or from a plain object. */
  protected evolve(written: Schema): Evolution<T> {
    const sameClass = written.kind === 'instance' && written.value === JSON.stringify(this.#name);
    if (!sameClass && written.kind !== 'object') return this.refuse(written);
    const read = evolveFields(this.#fields.names, this.#fields.types, written);
    if (typeof read === 'string') return read;
    return (input) => this.#revive(read(input));
  }

  #isInstance(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return false;
    return Object.prototype.isPrototypeOf.call(this.#prototype, value);
  }

  #revive(fields: object): T {
    return Object.assign(Object.create(this.#prototype) as T, fields);
  }
}
