/** Reads past a value of a schema that no field of today's type takes. */
import { WeirError } from '../errors.ts';
import { readAny } from './any-reader.ts';
import type { DataInput } from './data-input.ts';
import { readBigInt } from './primitive-types.ts';
import type { Schema } from './schema.ts';

type Skipper = (input: DataInput) => void;

/** @throws WeirError STATE_INCOMPATIBLE for a type of the user's own. */
export function skipperFor(schema: Schema): Skipper {
  switch (schema.kind) {
    case 'string':
      return (input) => void input.readString();
    case 'f64':
    case 'i64':
    case 'date':
      return (input) => void input.readFloat64();
    case 'i32':
      return (input) => void input.readInt32();
    case 'boolean':
      return (input) => void input.readUint8();
    case 'bigint':
      return (input) => void readBigInt(input);
    case 'bytes':
      return (input) => void input.readBytes();
    case 'any':
      return (input) => void readAny(input);
    case 'literal':
      return () => undefined;
    default:
      return composite(schema);
  }
}

function composite(schema: Schema): Skipper {
  const skippers = schema.items.map(skipperFor);
  const all: Skipper = (input) => {
    for (const skip of skippers) skip(input);
  };
  switch (schema.kind) {
    case 'object':
    case 'instance':
    case 'tuple':
      return all;
    case 'array':
    case 'set':
    case 'map':
      return (input) => {
        for (let left = input.readVarint(); left > 0; left--) all(input);
      };
    case 'nullable':
    case 'optional':
      return (input) => {
        if (input.readUint8() !== 0) all(input);
      };
    default:
      throw new WeirError(
        'STATE_INCOMPATIBLE',
        `a field of the type '${schema.value ?? schema.kind}' can't be dropped, because only ` +
          'its own code can read it; keep the field',
      );
  }
}
