/** Copy, equality and validity of arbitrary data, in step with the self-describing codec. */
import { DEPTH_MAX, type TypedArray, typedArrayCode } from './any-tags.ts';
import { defineField } from './any-reader.ts';
import { isPlainPrototype, notData } from './any-writer.ts';
import { classOf } from './class-registry.ts';
import { DataInput } from './data-input.ts';
import { DataOutput } from './data-output.ts';
import { atPath, fieldStep, misfit, mismatch } from './misfit.ts';

/** Deep copy. @throws WeirError CLASS_NOT_REGISTERED, TYPE_INVALID */
export function copyAny(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'function' || typeof value === 'symbol') throw mismatch('data', value);
    return value;
  }
  if (depth > DEPTH_MAX) throw misfit('refers to itself, or is nested too deeply');
  if (Array.isArray(value)) return value.map((item) => copyAny(item, depth + 1));
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (isPlainPrototype(prototype)) return copyFields(value, {}, depth);
  return copySpecial(value, prototype, depth);
}

/** Deep equality; NaN equals NaN, the order of fields, map entries and set elements is nothing. */
export function equalAny(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
    return Number.isNaN(left) && Number.isNaN(right);
  }
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, at) => equalAny(item, right[at]));
  }
  return equalObjects(left, right);
}

/**
 * Fails where a value is no data, without writing it: for records that stay within a thread.
 * @throws WeirError CLASS_NOT_REGISTERED, TYPE_INVALID
 */
export function requireData(value: unknown, depth = 0): void {
  if (typeof value === 'function' || typeof value === 'symbol') throw mismatch('data', value);
  if (typeof value !== 'object' || value === null) return;
  if (depth > DEPTH_MAX) throw misfit('refers to itself, or is nested too deeply');
  if (Array.isArray(value)) {
    requireItems(value, depth);
    return;
  }
  const prototype = Object.getPrototypeOf(value) as object | null;
  const registered = classOf(prototype);
  if (isPlainPrototype(prototype) || registered !== null) {
    if (registered?.serialize == null) requireFields(value, depth);
  } else if (value instanceof Map) {
    requireItems([...value.keys()], depth);
    requireItems([...value.values()], depth);
  } else if (value instanceof Set) {
    requireItems([...value], depth);
  } else if (!isLeaf(value)) {
    throw notData(value);
  }
}

function requireItems(items: readonly unknown[], depth: number): void {
  let at = 0;
  try {
    for (; at < items.length; at++) requireData(items[at], depth + 1);
  } catch (error) {
    throw atPath(error, `[${at}]`);
  }
}

function requireFields(value: object, depth: number): void {
  for (const name of Object.keys(value)) {
    const field = (value as Record<string, unknown>)[name];
    try {
      requireData(field, depth + 1);
    } catch (error) {
      throw atPath(error, fieldStep(name));
    }
  }
}

function isLeaf(value: object): boolean {
  if (value instanceof Date || value instanceof ArrayBuffer) return true;
  return ArrayBuffer.isView(value) && typedArrayCode(value as TypedArray) >= 0;
}

function copySpecial(value: object, prototype: object | null, depth: number): object {
  const registered = classOf(prototype);
  if (registered?.serialize != null && registered.deserialize !== null) {
    const output = new DataOutput();
    registered.serialize(value, output);
    return registered.deserialize(new DataInput(output.toBytes()));
  }
  if (registered !== null) return copyFields(value, Object.create(prototype) as object, depth);
  if (value instanceof Date) return new Date(value.getTime());
  if (value instanceof Map) {
    const copied = new Map<unknown, unknown>();
    for (const [key, item] of value) copied.set(copyAny(key, depth + 1), copyAny(item, depth + 1));
    return copied;
  }
  if (value instanceof Set) {
    const copied = new Set<unknown>();
    for (const item of value) copied.add(copyAny(item, depth + 1));
    return copied;
  }
  if (!isLeaf(value)) throw notData(value);
  if (value instanceof ArrayBuffer) return value.slice(0);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  return (value as TypedArray).slice();
}

function copyFields(value: object, target: object, depth: number): object {
  for (const name of Object.keys(value)) {
    const field = copyAny((value as Record<string, unknown>)[name], depth + 1);
    if (name === '__proto__') defineField(target, name, field);
    else (target as Record<string, unknown>)[name] = field;
  }
  return target;
}

function equalObjects(left: object, right: object): boolean {
  if (left instanceof Date) return right instanceof Date && Object.is(+left, +right);
  if (left instanceof Map) return right instanceof Map && equalMaps(left, right);
  if (left instanceof Set) return right instanceof Set && equalSets(left, right);
  if (isLeaf(left)) return isLeaf(right) && equalBinary(left, right);
  if (isLeaf(right) || right instanceof Map || right instanceof Set) return false;
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length || !sameClass(left, right)) return false;
  return names.every((name) => {
    if (!Object.hasOwn(right, name)) return false;
    const of = (object: object): unknown => (object as Record<string, unknown>)[name];
    return equalAny(of(left), of(right));
  });
}

function sameClass(left: object, right: object): boolean {
  const leftPrototype = Object.getPrototypeOf(left) as object | null;
  const rightPrototype = Object.getPrototypeOf(right) as object | null;
  if (leftPrototype === rightPrototype) return true;
  return isPlainPrototype(leftPrototype) && isPlainPrototype(rightPrototype);
}

function equalMaps(left: Map<unknown, unknown>, right: Map<unknown, unknown>): boolean {
  if (left.size !== right.size) return false;
  for (const [key, value] of left) {
    if (right.has(key) && equalAny(value, right.get(key))) continue;
    if (typeof key !== 'object') return false;
    const entry: unknown[] = [key, value];
    if (!right.entries().some((candidate) => equalAny(entry, candidate))) return false;
  }
  return true;
}

function equalSets(left: Set<unknown>, right: Set<unknown>): boolean {
  if (left.size !== right.size) return false;
  for (const item of left) {
    if (right.has(item)) continue;
    if (typeof item !== 'object') return false;
    if (!right.values().some((candidate) => equalAny(item, candidate))) return false;
  }
  return true;
}

function equalBinary(left: object, right: object): boolean {
  const leftBuffer = left instanceof ArrayBuffer;
  if (leftBuffer !== right instanceof ArrayBuffer) return false;
  if (!leftBuffer) {
    const sameKind =
      typedArrayCode(left as TypedArray) === typedArrayCode(right as TypedArray) &&
      left instanceof Date === right instanceof Date;
    if (!sameKind) return false;
  }
  const leftBytes = bytesOf(left);
  const rightBytes = bytesOf(right);
  return (
    leftBytes.length === rightBytes.length && leftBytes.every((byte, at) => byte === rightBytes[at])
  );
}

function bytesOf(value: object): Uint8Array {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  const { buffer, byteOffset, byteLength } = value as TypedArray;
  return new Uint8Array(buffer, byteOffset, byteLength);
}
