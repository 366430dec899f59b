/** Types whose values can't change: strings, numbers, booleans, bigints, literals. */
import { BuiltType, type Evolution } from './built-type.ts';
import type { DataInput } from './data-input.ts';
import type { DataOutput } from './data-output.ts';
import { mismatch } from './misfit.ts';
import { type Schema, schemaOf } from './schema.ts';

export type LiteralValue = string | number | boolean | null;

abstract class ImmutableType<T> extends BuiltType<T> {
  readonly immutable = true;

  copy(value: T): T {
    return value;
  }

  equals(left: T, right: T): boolean {
    return left === right;
  }

  protected evolve(written: Schema): Evolution<T> {
    return this.refuse(written);
  }
}

export class StringType extends ImmutableType<string> {
  readonly typeName = 'string';

  constructor() {
    super(schemaOf('string'));
  }

  serialize(value: string, output: DataOutput): void {
    if (typeof value !== 'string') throw mismatch('a string', value);
    output.writeString(value);
  }

  deserialize(input: DataInput): string {
    return input.readString();
  }
}

export class Float64Type extends ImmutableType<number> {
  readonly typeName = 'f64';

  constructor() {
    super(schemaOf('f64'));
  }

  serialize(value: number, output: DataOutput): void {
    if (typeof value !== 'number') throw mismatch('a number', value);
    output.writeFloat64(value);
  }

  deserialize(input: DataInput): number {
    return input.readFloat64();
  }

  override equals(left: number, right: number): boolean {
    return left === right || (Number.isNaN(left) && Number.isNaN(right));
  }

  protected override evolve(written: Schema): Evolution<number> {
    if (written.kind === 'i32') return (input) => input.readInt32();
    if (written.kind === 'i64') return (input) => input.readFloat64();
    return this.refuse(written);
  }
}

export class Int32Type extends ImmutableType<number> {
  readonly typeName = 'i32';

  constructor() {
    super(schemaOf('i32'));
  }

  serialize(value: number, output: DataOutput): void {
    if ((value | 0) !== value) throw mismatch('a 32-bit integer', value);
    output.writeInt32(value);
  }

  deserialize(input: DataInput): number {
    return input.readInt32();
  }
}

/** Integers up to 2^53, the ones that a JavaScript number holds exactly; written as a double. */
export class Int64Type extends ImmutableType<number> {
  readonly typeName = 'i64';

  constructor() {
    super(schemaOf('i64'));
  }

  serialize(value: number, output: DataOutput): void {
    if (!Number.isSafeInteger(value)) {
      throw mismatch('an integer within ±(2^53 - 1), use bigint beyond that', value);
    }
    output.writeFloat64(value);
  }

  deserialize(input: DataInput): number {
    return input.readFloat64();
  }

  protected override evolve(written: Schema): Evolution<number> {
    if (written.kind === 'i32') return (input) => input.readInt32();
    return this.refuse(written);
  }
}

export class BooleanType extends ImmutableType<boolean> {
  readonly typeName = 'boolean';

  constructor() {
    super(schemaOf('boolean'));
  }

  serialize(value: boolean, output: DataOutput): void {
    if (typeof value !== 'boolean') throw mismatch('a boolean', value);
    output.writeBoolean(value);
  }

  deserialize(input: DataInput): boolean {
    return input.readBoolean();
  }
}

export class BigIntType extends ImmutableType<bigint> {
  readonly typeName = 'bigint';

  constructor() {
    super(schemaOf('bigint'));
  }

  serialize(value: bigint, output: DataOutput): void {
    if (typeof value !== 'bigint') throw mismatch('a bigint', value);
    writeBigInt(value, output);
  }

  deserialize(input: DataInput): bigint {
    return readBigInt(input);
  }
}

export class LiteralType<T extends LiteralValue> extends ImmutableType<T> {
  readonly typeName: string;
  readonly #value: T;

  constructor(value: T) {
    super(schemaOf('literal', [], [], JSON.stringify(value)));
    this.typeName = JSON.stringify(value);
    this.#value = value;
  }

  serialize(value: T, _output: DataOutput): void {
    if (value !== this.#value) throw mismatch(this.typeName, value);
  }

  deserialize(_input: DataInput): T {
    return this.#value;
  }
}

/** 64 bits where they suffice, else the hexadecimal digits. */
export function writeBigInt(value: bigint, output: DataOutput): void {
  const narrow = BigInt.asIntN(64, value) === value;
  output.writeBoolean(narrow);
  if (narrow) output.writeBigInt64(value);
  else output.writeString(value < 0n ? `-${(-value).toString(16)}` : value.toString(16));
}

export function readBigInt(input: DataInput): bigint {
  if (input.readBoolean()) return input.readBigInt64();
  const text = input.readString();
  return text.startsWith('-') ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`);
}
