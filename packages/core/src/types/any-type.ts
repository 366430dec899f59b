import { copyAny, equalAny } from './any-data.ts';
import { readAny } from './any-reader.ts';
import { writeAny } from './any-writer.ts';
import { BuiltType, type Evolution } from './built-type.ts';
import type { DataInput } from './data-input.ts';
import type { DataOutput } from './data-output.ts';
import { type Schema, schemaOf } from './schema.ts';

/** The self-describing type, used wherever a job says nothing. Reads all that it ever wrote. */
export class AnyType extends BuiltType<unknown> {
  readonly typeName = 'any';
  readonly immutable = false;

  constructor() {
    super(schemaOf('any'));
  }

  serialize(value: unknown, output: DataOutput): void {
    writeAny(value, output);
  }

  deserialize(input: DataInput): unknown {
    return readAny(input);
  }

  copy(value: unknown): unknown {
    return typeof value === 'object' ? copyAny(value) : value;
  }

  equals(left: unknown, right: unknown): boolean {
    return equalAny(left, right);
  }

  protected evolve(written: Schema): Evolution<unknown> {
    return `${this.refuse(written)}: keep the type that the state was written with`;
  }
}
