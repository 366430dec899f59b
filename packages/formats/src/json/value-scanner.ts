/**
 * Reads single JSON values out of bytes, for code that knows what stands between them. What it
 * gives is what `JSON.parse` gives for the same bytes as UTF-8.
 *
 * Invariants
 * - behind a value, `at` is where it ended, at most `end`; −1 says that here is no value that this
 *   class reads, be it valid or not: the record has to be read as a whole;
 * - strings have memory of their own: a slice of a larger text would keep that alive.
 */
import { REPLACEMENT } from '../utf8-text.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;
const LOWER_E = 0x65;
const LOWER_CASE = 0x20;
const ASCII_END = 0x80;

/** What has so many digits is an exact double, and so is ten to the power of as many. */
const DIGITS_EXACT = 15;
const POWERS_OF_TEN = Array.from({ length: DIGITS_EXACT + 1 }, (_, digits) => 10 ** digits);

const NO_BYTES = Buffer.alloc(0);

const CACHED_LENGTH_MAX = 32;
/** A power of two. */
const CACHE_SIZE = 8192;

export class ValueScanner {
  at = 0;
  /** Strings that came lately: values of few kinds are then one string, whose hash is known. */
  readonly #lately: string[] = new Array<string>(CACHE_SIZE).fill('');

  #viewed: Buffer = NO_BYTES;
  #words: DataView = new DataView(NO_BYTES.buffer);

  /** The same bytes. Those that were asked for last stay in memory. */
  wordsOf(bytes: Buffer): DataView {
    if (bytes !== this.#viewed) {
      this.#viewed = bytes;
      this.#words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.#words;
  }

  /** Any value. */
  value(bytes: Buffer, from: number, end: number): unknown {
    if (from >= end) return this.#nothing();
    switch (bytes[from]) {
      case QUOTE:
        return this.string(bytes, from, end);
      case 0x74:
        return this.#literal(bytes, from, end, 'true', true);
      case 0x66:
        return this.#literal(bytes, from, end, 'false', false);
      case 0x6e:
        return this.#literal(bytes, from, end, 'null', null);
      case 0x5b:
      case 0x7b:
        return this.#parsed(bytes, from, containerEnd(bytes, from, end));
      default:
        return this.#isNumber(bytes[from]!) ? this.number(bytes, from, end) : this.#nothing();
    }
  }

  /** Expects a string, and reads whatever is there. */
  string(bytes: Buffer, from: number, end: number): unknown {
    if (bytes[from] !== QUOTE) return this.value(bytes, from, end);
    let seen = 0;
    for (let at = from + 1; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        this.at = at + 1;
        return seen < ASCII_END
          ? this.#ascii(bytes, from + 1, at)
          : this.#wide(bytes, from + 1, at);
      }
      if (byte === BACKSLASH) return this.#parsed(bytes, from, stringEnd(bytes, at, end));
      if (byte < SPACE) break;
      seen |= byte;
    }
    return this.#nothing();
  }

  /** Expects a number, and reads whatever is there. */
  number(bytes: Buffer, from: number, end: number): unknown {
    const negative = bytes[from] === MINUS;
    const first = negative ? from + 1 : from;
    let at = first;
    let digits = 0;
    for (; at < end; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      digits = digits * 10 + digit;
    }
    const length = at - first;
    if (length === 0) return negative ? this.#nothing() : this.value(bytes, from, end);
    if (length > 1 && bytes[first] === ZERO) return this.#nothing();
    const next = at < end ? bytes[at]! : 0;
    if (length > DIGITS_EXACT || next === POINT || (next | LOWER_CASE) === LOWER_E) {
      return this.#decimal(bytes, from, at, end);
    }
    this.at = at;
    return negative ? -digits : digits;
  }

  /** A number with many digits, a fraction or an exponent; `at` is behind its integer part. */
  #decimal(bytes: Buffer, from: number, at: number, end: number): unknown {
    let next = at;
    if (bytes[next] === POINT && next < end) {
      next = digitsEnd(bytes, at + 1, end);
      if (next === at + 1) return this.#nothing();
    }
    if (next < end && (bytes[next]! | LOWER_CASE) === LOWER_E) {
      const sign = bytes[next + 1];
      const first = sign === PLUS || sign === MINUS ? next + 2 : next + 1;
      next = digitsEnd(bytes, first, end);
      if (next <= first) return this.#nothing();
    } else if (next - from <= DIGITS_EXACT) {
      this.at = next;
      return fraction(bytes, from, at, next);
    }
    this.at = next;
    return Number(bytes.toString('latin1', from, next));
  }

  #isNumber(byte: number): boolean {
    return byte === MINUS || (byte >= ZERO && byte <= ZERO + 9);
  }

  #ascii(bytes: Buffer, from: number, end: number): string {
    const length = end - from;
    if (length > CACHED_LENGTH_MAX) return bytes.toString('latin1', from, end);
    const slot = slotOf(bytes, from, end);
    const text = this.#lately[slot]!;
    if (text.length === length) {
      let i = length - 1;
      while (i >= 0 && text.charCodeAt(i) === bytes[from + i]) i--;
      if (i < 0) return text;
    }
    const made = bytes.toString('latin1', from, end);
    this.#lately[slot] = made;
    return made;
  }

  #wide(bytes: Buffer, from: number, end: number): unknown {
    const text = bytes.toString('utf8', from, end);
    return text.includes(REPLACEMENT) ? this.#nothing() : text;
  }

  #literal(bytes: Buffer, from: number, end: number, text: string, value: unknown): unknown {
    if (from + text.length > end) return this.#nothing();
    for (let i = 1; i < text.length; i++) {
      if (bytes[from + i] !== text.charCodeAt(i)) return this.#nothing();
    }
    this.at = from + text.length;
    return value;
  }

  /** What is seldom: strings with escapes, arrays, objects where none was expected. */
  #parsed(bytes: Buffer, from: number, end: number): unknown {
    if (end < 0) return this.#nothing();
    const text = bytes.toString('utf8', from, end);
    if (text.includes(REPLACEMENT)) return this.#nothing();
    try {
      const value: unknown = JSON.parse(text);
      this.at = end;
      return value;
    } catch {
      // Whoever reads the whole record says what is wrong with it.
      return this.#nothing();
    }
  }

  #nothing(): undefined {
    this.at = -1;
    return undefined;
  }
}

/**
 * Where a string may be found again. Its end, middle and beginning tell most strings of a field
 * apart; of short ones, bytes before them take part, which a field's strings have in common.
 */
function slotOf(bytes: Buffer, from: number, end: number): number {
  const tail = bytes[end - 1]! + bytes[end - 2]! * 31 + bytes[end - 3]! * 961;
  const head = bytes[from]! * 127 + bytes[(from + end) >> 1]! * 8191;
  return (tail + head + (end - from) * 521) & (CACHE_SIZE - 1);
}

/** A quotient of two exact doubles is rounded as the decimal number itself would be. */
function fraction(bytes: Buffer, from: number, point: number, end: number): number {
  const negative = bytes[from] === MINUS;
  let digits = 0;
  for (let at = negative ? from + 1 : from; at < end; at++) {
    if (at !== point) digits = digits * 10 + (bytes[at]! - ZERO);
  }
  const value = digits / POWERS_OF_TEN[end - point - 1]!;
  return negative ? -value : value;
}

function digitsEnd(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at]! >= ZERO && bytes[at]! <= ZERO + 9) at++;
  return at;
}

/** Behind the quote that ends a string, from a place within it on; −1 = there is none. */
function stringEnd(bytes: Buffer, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at++;
  }
  return -1;
}

/** Behind the bracket that closes the one at `from`, whatever kind it is of; −1 = there is none. */
function containerEnd(bytes: Buffer, from: number, end: number): number {
  let depth = 0;
  for (let at = from; at < end; at++) {
    switch (bytes[at]) {
      case QUOTE:
        at = stringEnd(bytes, at + 1, end) - 1;
        if (at < 0) return -1;
        break;
      case 0x5b:
      case 0x7b:
        depth++;
        break;
      case 0x5d:
      case 0x7d:
        if (--depth === 0) return at + 1;
        break;
    }
  }
  return -1;
}
