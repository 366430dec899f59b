/**
 * Keys as values that a Map compares: primitives stand for themselves, objects, arrays and dates
 * for a text that is equal exactly when they are structurally equal. Texts begin with NUL; a
 * string key that does so itself is marked, so that no two different keys meet.
 */
import { WeirError } from '@weir/core';

export type CanonicalKey = string | number | bigint | boolean | null | undefined;

const NAN = '\u0000N';

/** Allocation-free for primitives; O(size) for objects. @throws WeirError TYPE_INVALID */
export function canonicalKey(key: unknown): CanonicalKey {
  switch (typeof key) {
    case 'string':
      return key.charCodeAt(0) === 0 ? `\u0000s${key}` : key;
    case 'number':
      return Number.isNaN(key) ? NAN : key;
    case 'object':
      return key === null ? null : `\u0000${canonicalText(key)}`;
    case 'function':
    case 'symbol':
      throw notAKey(key);
    default:
      return key as CanonicalKey;
  }
}

function canonicalText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return String(value);
    case 'bigint':
      return `${value}n`;
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'object':
      return value === null ? 'null' : canonicalObject(value);
    default:
      throw notAKey(value);
  }
}

function canonicalObject(value: object): string {
  if (value instanceof Date) return `d${value.getTime()}`;
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (value instanceof Map || value instanceof Set || ArrayBuffer.isView(value)) {
    throw notAKey(value);
  }
  const names = Object.keys(value).sort();
  const fields = names.map((name) => {
    const field = (value as Record<string, unknown>)[name];
    return `${JSON.stringify(name)}:${canonicalText(field)}`;
  });
  return `{${fields.join(',')}}`;
}

function notAKey(value: unknown): WeirError {
  const kind = typeof value === 'object' ? value?.constructor.name : typeof value;
  return new WeirError(
    'TYPE_INVALID',
    `a ${kind} can't be a key; use strings, numbers, booleans, bigints, dates, or arrays and ` +
      'plain objects of these',
  );
}
