/** Reads what `any-writer.ts` wrote. */
import { WeirError } from '../errors.ts';
import {
  SHORT_TEXT_MAX,
  TAG_ARRAY,
  TAG_ARRAY_BUFFER,
  TAG_BIGINT,
  TAG_DATE,
  TAG_FALSE,
  TAG_FLOAT64,
  TAG_INSTANCE,
  TAG_INT32,
  TAG_LOOSE_OBJECT,
  TAG_MAP,
  TAG_NULL,
  TAG_OBJECT,
  TAG_SET,
  TAG_SHORT_TEXT,
  TAG_SMALL_INT,
  TAG_STRING,
  TAG_TRUE,
  TAG_TYPED_ARRAY,
  TAG_UNDEFINED,
  TYPED_ARRAYS,
} from './any-tags.ts';
import { classNamed } from './class-registry.ts';
import type { DataInput } from './data-input.ts';
import { readShaped } from './object-shapes.ts';
import { readBigInt } from './primitive-types.ts';

/** @throws WeirError CHECKPOINT_FILE_CORRUPT, CLASS_NOT_REGISTERED */
export function readAny(input: DataInput): unknown {
  const tag = input.readUint8();
  if (tag >= TAG_SHORT_TEXT) return input.readText(tag & SHORT_TEXT_MAX);
  if (tag >= TAG_SMALL_INT) return tag - TAG_SMALL_INT;
  switch (tag) {
    case TAG_NULL:
      return null;
    case TAG_UNDEFINED:
      return undefined;
    case TAG_TRUE:
      return true;
    case TAG_FALSE:
      return false;
    case TAG_INT32:
      return input.readInt32();
    case TAG_FLOAT64:
      return input.readFloat64();
    case TAG_STRING:
      return input.readString();
    case TAG_OBJECT:
      return readShaped(input, readAny);
    default:
      return readRare(tag, input);
  }
}

function readRare(tag: number, input: DataInput): unknown {
  switch (tag) {
    case TAG_ARRAY:
      return readItems(input);
    case TAG_BIGINT:
      return readBigInt(input);
    case TAG_DATE:
      return new Date(input.readFloat64());
    case TAG_SET:
      return new Set(readItems(input));
    case TAG_MAP:
      return readMap(input);
    case TAG_LOOSE_OBJECT:
      return readFields(input, {});
    case TAG_TYPED_ARRAY:
      return readTypedArray(input);
    case TAG_ARRAY_BUFFER:
      return new Uint8Array(input.readBytes()).buffer;
    case TAG_INSTANCE:
      return readInstance(input);
    default:
      throw new WeirError(
        'CHECKPOINT_FILE_CORRUPT',
        `byte ${input.position - 1} holds ${tag}, which marks no kind of value; the data are ` +
          'damaged or of a newer version, restore from another checkpoint',
      );
  }
}

function readItems(input: DataInput): unknown[] {
  const length = input.readVarint();
  const items: unknown[] = [];
  for (let i = 0; i < length; i++) items.push(readAny(input));
  return items;
}

function readMap(input: DataInput): Map<unknown, unknown> {
  const map = new Map<unknown, unknown>();
  for (let left = input.readVarint(); left > 0; left--) map.set(readAny(input), readAny(input));
  return map;
}

function readFields<T extends object>(input: DataInput, object: T): T {
  const fields = object as Record<string, unknown>;
  for (let left = input.readVarint(); left > 0; left--) {
    const name = input.readString();
    const value = readAny(input);
    if (name === '__proto__') defineField(object, name, value);
    else fields[name] = value;
  }
  return object;
}

/** `__proto__` as data, not as the prototype. */
export function defineField(object: object, name: string, value: unknown): void {
  const writable = { configurable: true, enumerable: true, writable: true };
  Object.defineProperty(object, name, { value, ...writable });
}

function readTypedArray(input: DataInput): unknown {
  const kind = TYPED_ARRAYS[input.readUint8()];
  const bytes = new Uint8Array(input.readBytes());
  if (kind === undefined) return bytes;
  return new kind(bytes.buffer);
}

function readInstance(input: DataInput): object {
  const registered = classNamed(input.readString());
  if (registered.deserialize !== null) return registered.deserialize(input);
  return readFields(input, Object.create(registered.prototype) as object);
}
