/**
 * The self-describing form of any data: plain objects, arrays, Date, Map, Set, bigint, typed
 * arrays, ArrayBuffer, instances of registered classes, nested. A tag per value; small integers and
 * short ASCII are one byte plus the text; an object's field names come from its cached shape.
 */
import {
  DEPTH_MAX,
  SHORT_TEXT_MAX,
  SMALL_INT_MAX,
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
  type TypedArray,
  typedArrayCode,
} from './any-tags.ts';
import { classOf, type RegisteredClass } from './class-registry.ts';
import type { DataOutput } from './data-output.ts';
import { atPath, fieldStep, misfit, mismatch } from './misfit.ts';
import { shapeOf } from './object-shapes.ts';
import { writeBigInt } from './primitive-types.ts';

/** @throws WeirError CLASS_NOT_REGISTERED, TYPE_INVALID; both name the path of the misfit. */
export function writeAny(value: unknown, output: DataOutput, depth = 0): void {
  switch (typeof value) {
    case 'string':
      writeText(value, output);
      return;
    case 'number':
      writeNumber(value, output);
      return;
    case 'boolean':
      output.writeUint8(value ? TAG_TRUE : TAG_FALSE);
      return;
    case 'object':
      if (value === null) output.writeUint8(TAG_NULL);
      else writeObject(value, output, depth);
      return;
    case 'undefined':
      output.writeUint8(TAG_UNDEFINED);
      return;
    case 'bigint':
      output.writeUint8(TAG_BIGINT);
      writeBigInt(value, output);
      return;
    default:
      throw mismatch('data', value);
  }
}

/** True for `{}`, `Object.create(null)` and objects of another realm's `Object`. */
export function isPlainPrototype(prototype: object | null): boolean {
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
}

/** The error for an object that is no data. */
export function notData(value: object): Error {
  if (value instanceof Promise) return mismatch('data', value);
  const name = value.constructor?.name ?? '(none)';
  return misfit(
    `is an instance of the class ${name}, which is not registered; ` +
      `call registerClass(${name}) where the job is defined, or use a plain object`,
    '',
    'CLASS_NOT_REGISTERED',
  );
}

function writeText(text: string, output: DataOutput): void {
  const length = text.length;
  if (length <= SHORT_TEXT_MAX) {
    const start = output.position;
    output.writeUint8(TAG_SHORT_TEXT + length);
    if (output.writeAscii(text)) return;
    output.truncate(start);
  }
  output.writeUint8(TAG_STRING);
  output.writeString(text);
}

function writeNumber(value: number, output: DataOutput): void {
  if ((value | 0) === value && !Object.is(value, -0)) {
    if (value >= 0 && value <= SMALL_INT_MAX) {
      output.writeUint8(TAG_SMALL_INT + value);
      return;
    }
    output.writeUint8(TAG_INT32);
    output.writeInt32(value);
    return;
  }
  output.writeUint8(TAG_FLOAT64);
  output.writeFloat64(value);
}

function writeObject(value: object, output: DataOutput, depth: number): void {
  if (depth > DEPTH_MAX) throw misfit('refers to itself, or is nested too deeply');
  if (Array.isArray(value)) {
    output.writeUint8(TAG_ARRAY);
    writeItems(value, output, depth);
    return;
  }
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (isPlainPrototype(prototype)) writePlain(value, output, depth);
  else writeSpecial(value, prototype, output, depth);
}

function writePlain(value: object, output: DataOutput, depth: number): void {
  const fields = value as Record<string, unknown>;
  const names = Object.keys(value);
  const shape = shapeOf(names);
  if (shape === null) {
    output.writeUint8(TAG_LOOSE_OBJECT);
    writeFields(value, output, depth);
    return;
  }
  output.writeUint8(TAG_OBJECT);
  output.writeRaw(shape.header);
  let at = 0;
  try {
    for (; at < names.length; at++) writeAny(fields[names[at]!], output, depth + 1);
  } catch (error) {
    throw atPath(error, fieldStep(names[at]!));
  }
}

function writeFields(value: object, output: DataOutput, depth: number): void {
  const entries = Object.entries(value);
  output.writeVarint(entries.length);
  for (const [name, field] of entries) {
    output.writeString(name);
    try {
      writeAny(field, output, depth + 1);
    } catch (error) {
      throw atPath(error, fieldStep(name));
    }
  }
}

function writeItems(items: readonly unknown[], output: DataOutput, depth: number): void {
  output.writeVarint(items.length);
  let at = 0;
  try {
    for (; at < items.length; at++) writeAny(items[at], output, depth + 1);
  } catch (error) {
    throw atPath(error, `[${at}]`);
  }
}

function writeSpecial(
  value: object,
  prototype: object | null,
  output: DataOutput,
  depth: number,
): void {
  const registered = classOf(prototype);
  if (registered !== null) {
    writeInstance(value, registered, output, depth);
  } else if (value instanceof Date) {
    output.writeUint8(TAG_DATE);
    output.writeFloat64(value.getTime());
  } else if (value instanceof Map) {
    output.writeUint8(TAG_MAP);
    writeEntries(value, output, depth);
  } else if (value instanceof Set) {
    output.writeUint8(TAG_SET);
    writeItems([...value], output, depth);
  } else {
    writeBinary(value, output);
  }
}

function writeEntries(map: ReadonlyMap<unknown, unknown>, output: DataOutput, depth: number): void {
  output.writeVarint(map.size);
  let at = 0;
  try {
    for (const [key, value] of map) {
      writeAny(key, output, depth + 1);
      writeAny(value, output, depth + 1);
      at++;
    }
  } catch (error) {
    throw atPath(error, `<entry ${at}>`);
  }
}

function writeInstance(
  value: object,
  registered: RegisteredClass,
  output: DataOutput,
  depth: number,
): void {
  output.writeUint8(TAG_INSTANCE);
  output.writeString(registered.name);
  if (registered.serialize !== null) registered.serialize(value, output);
  else writeFields(value, output, depth);
}

function writeBinary(value: object, output: DataOutput): void {
  if (value instanceof ArrayBuffer) {
    output.writeUint8(TAG_ARRAY_BUFFER);
    output.writeBytes(new Uint8Array(value));
    return;
  }
  const code = ArrayBuffer.isView(value) ? typedArrayCode(value as TypedArray) : -1;
  if (code < 0) throw notData(value);
  const { buffer, byteOffset, byteLength } = value as TypedArray;
  output.writeUint8(TAG_TYPED_ARRAY);
  output.writeUint8(code);
  output.writeBytes(new Uint8Array(buffer, byteOffset, byteLength));
}
