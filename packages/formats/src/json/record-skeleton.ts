/**
 * What records of one producer have in common: all bytes of an object but its values. Objects
 * within are part of it, arrays are values.
 *
 * A record with these bytes between its values is valid JSON if its values are, and it has these
 * keys in this order.
 */
import type { ValueScanner } from './value-scanner.ts';

export interface RecordSkeleton {
  readonly root: ObjectFields;
  /** Of each value in the order of the text, as it was when this was learned. */
  readonly kinds: readonly ValueKind[];
  /** Before each value, and behind the last one. */
  readonly between: readonly Uint8Array[];
}

export type ValueKind = 'string' | 'number' | 'other';

export interface ObjectFields {
  /** In the order of the text. Of a name that is there twice the last field counts. */
  readonly names: readonly string[];
  readonly fields: readonly Field[];
}

/** A value by its place among the record's values, or an object. */
export type Field = number | ObjectFields;

/** Beyond these a record is left to `JSON.parse`. */
const VALUES_MAX = 64;
const DEPTH_MAX = 8;
const BYTES_MAX = 2048;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const NINE = 0x39;
const BRACE = 0x7b;
const BRACE_END = 0x7d;
const SPACE = 0x20;

/** Of `bytes[start, end)`, which `JSON.parse` has read; null when it is better left to that. */
export function skeletonOf(
  bytes: Buffer,
  start: number,
  end: number,
  scanner: ValueScanner,
): RecordSkeleton | null {
  return new SkeletonWalk(bytes, start, end, scanner).walk();
}

class SkeletonWalk {
  readonly #bytes: Buffer;
  readonly #end: number;
  readonly #scanner: ValueScanner;
  readonly #kinds: ValueKind[] = [];
  readonly #between: Uint8Array[] = [];
  #at: number;
  /** Behind the last value. */
  #valueEnd: number;

  constructor(bytes: Buffer, start: number, end: number, scanner: ValueScanner) {
    this.#bytes = bytes;
    this.#at = start;
    this.#valueEnd = start;
    this.#end = end;
    this.#scanner = scanner;
  }

  walk(): RecordSkeleton | null {
    this.#skipSpace();
    if (this.#bytes[this.#at] !== BRACE) return null;
    const root = this.#object(1);
    this.#between.push(this.#since(this.#end));
    const bytes = this.#between.reduce((sum, { length }) => sum + length, 0);
    if (root === null || this.#kinds.length > VALUES_MAX || bytes > BYTES_MAX) return null;
    return { root, kinds: this.#kinds, between: this.#between };
  }

  #object(depth: number): ObjectFields | null {
    const names: string[] = [];
    const fields: Field[] = [];
    this.#step();
    while (this.#bytes[this.#at] !== BRACE_END) {
      const name = this.#scanner.string(this.#bytes, this.#at, this.#end);
      // In a literal, `__proto__` is no field.
      if (typeof name !== 'string' || name === '__proto__') return null;
      names.push(name);
      this.#at = this.#scanner.at;
      this.#skipSpace();
      this.#step();
      const field = this.#field(depth);
      if (field === null) return null;
      fields.push(field);
      this.#skipSpace();
      if (this.#bytes[this.#at] === COMMA) this.#step();
    }
    this.#at++;
    return { names, fields };
  }

  #field(depth: number): Field | null {
    const first = this.#bytes[this.#at]!;
    if (first === BRACE && depth < DEPTH_MAX) return this.#object(depth + 1);
    this.#between.push(this.#since(this.#at));
    const place = this.#kinds.push(kindOf(first)) - 1;
    this.#scanner.value(this.#bytes, this.#at, this.#end);
    if (this.#scanner.at < 0 || place > VALUES_MAX) return null;
    this.#at = this.#scanner.at;
    this.#valueEnd = this.#at;
    return place;
  }

  #since(end: number): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(this.#valueEnd, end));
  }

  /** To what follows the byte that it stands on. */
  #step(): void {
    this.#at++;
    this.#skipSpace();
  }

  #skipSpace(): void {
    while (this.#bytes[this.#at]! <= SPACE) this.#at++;
  }
}

function kindOf(first: number): ValueKind {
  if (first === QUOTE) return 'string';
  return first >= MINUS && first <= NINE ? 'number' : 'other';
}
