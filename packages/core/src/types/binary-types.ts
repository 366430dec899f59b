/** Dates and byte arrays: small mutable values. */
import { BuiltType, type Evolution } from './built-type.ts';
import type { DataInput } from './data-input.ts';
import type { DataOutput } from './data-output.ts';
import { mismatch } from './misfit.ts';
import { type Schema, schemaOf } from './schema.ts';

/** Milliseconds since the epoch; an invalid date keeps being one. */
export class DateType extends BuiltType<Date> {
  readonly typeName = 'date';
  readonly immutable = false;

  constructor() {
    super(schemaOf('date'));
  }

  serialize(value: Date, output: DataOutput): void {
    if (!(value instanceof Date)) throw mismatch('a Date', value);
    output.writeFloat64(value.getTime());
  }

  deserialize(input: DataInput): Date {
    return new Date(input.readFloat64());
  }

  copy(value: Date): Date {
    return new Date(value.getTime());
  }

  equals(left: Date, right: Date): boolean {
    return Object.is(left.getTime(), right.getTime());
  }

  protected evolve(written: Schema): Evolution<Date> {
    return this.refuse(written);
  }
}

/** A Buffer is written too; it comes back as a plain Uint8Array. */
export class BytesType extends BuiltType<Uint8Array> {
  readonly typeName = 'bytes';
  readonly immutable = false;

  constructor() {
    super(schemaOf('bytes'));
  }

  serialize(value: Uint8Array, output: DataOutput): void {
    if (!(value instanceof Uint8Array)) throw mismatch('a Uint8Array', value);
    output.writeBytes(value);
  }

  deserialize(input: DataInput): Uint8Array {
    return new Uint8Array(input.readBytes());
  }

  copy(value: Uint8Array): Uint8Array {
    return new Uint8Array(value);
  }

  equals(left: Uint8Array, right: Uint8Array): boolean {
    return sameBytes(left, right);
  }

  protected evolve(written: Schema): Evolution<Uint8Array> {
    return this.refuse(written);
  }
}

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}
