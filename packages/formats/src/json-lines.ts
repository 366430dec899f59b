/** One JSON value per line. BIGINTs are written with all digits, dates as ISO 8601. */
import { WeirError } from '@weir/core';
import { parseJsonText } from './json/json-text.ts';
import type { LineEncoder, LineFormat } from './line-format.ts';

/** `JSON.rawJSON` writes a number with all its digits; it is newer than the type library. */
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };

/**
 * Reads lines of JSON. `check` may validate or convert a parsed value; it throws to refuse it.
 * @example
 * const clicks = jsonLinesFormat<Click>();
 * const strict = jsonLinesFormat((value) => Click.parse(value));
 */
export function jsonLinesFormat<T>(check?: (value: unknown) => T): LineFormat<T> {
  return {
    quoted: false,
    header: false,
    decoder: () => (text) => {
      const value = parseJsonText(text);
      if (value === undefined) return null;
      return check === undefined ? (value as T) : check(value);
    },
  };
}

/** Writes records as lines of JSON. */
export function jsonLinesEncoder<T>(): LineEncoder<T> {
  // A replacer makes JSON.stringify several times slower; only BIGINTs need it.
  let hasBigints = false;
  return {
    extension: 'jsonl',
    header: null,
    encode(record) {
      let text: string | undefined;
      if (!hasBigints) {
        try {
          text = JSON.stringify(record);
        } catch (error) {
          // The one TypeError besides a cycle, which is thrown again below.
          if (!(error instanceof TypeError)) throw error;
          hasBigints = true;
        }
      }
      if (hasBigints) text = JSON.stringify(record, bigintDigits);
      if (text !== undefined) return text;
      throw new WeirError('FORMAT_INVALID', `a ${typeof record} can't be written as JSON`);
    },
  };
}

function bigintDigits(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? rawJSON(value.toString()) : value;
}
