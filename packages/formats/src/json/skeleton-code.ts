/** Generates, of a skeleton, the function that reads records that have it. */
import type { Field, ObjectFields, RecordSkeleton, ValueKind } from './record-skeleton.ts';
import type { ValueScanner } from './value-scanner.ts';

/** The record in `bytes[start, end)`; undefined when it has not this skeleton, valid or not. */
export type ReadRecord = (bytes: Buffer, start: number, end: number) => object | undefined;

const METHODS: Readonly<Record<ValueKind, string>> = {
  string: 'string',
  number: 'number',
  other: 'value',
};

const WORD_BYTES = 4;

/** Names appear as JSON strings only, everything else of the record as numbers. */
export function generateRecordCode(skeleton: RecordSkeleton, scanner: ValueScanner): ReadRecord {
  const { root, kinds, between } = skeleton;
  const steps = between.map((bytes, place) => {
    const kind = kinds[place];
    return expected(bytes) + (kind === undefined ? '' : valueStep(place, METHODS[kind]));
  });
  const source = `'use strict';
return function readRecord(bytes, start, end) {
  const words = scanner.wordsOf(bytes);
  let at = start;
${steps.join('')}  if (at !== end) return undefined;
  return ${literalOf(root)};
};`;
  return new Function('scanner', source)(scanner) as ReadRecord;
}

/** Compares by words, the last of which may overlap the one before. */
function expected(bytes: Uint8Array): string {
  const { length } = bytes;
  if (length === 0) return '';
  const tests = [`at + ${length} > end`];
  if (length < WORD_BYTES) {
    tests.push(...Array.from(bytes, (byte, i) => `bytes[at + ${i}] !== ${byte}`));
  } else {
    const words = new DataView(bytes.buffer, bytes.byteOffset, length);
    for (let at = 0; at < length; at += WORD_BYTES) {
      const from = Math.min(at, length - WORD_BYTES);
      tests.push(`words.getInt32(at + ${from}, true) !== ${words.getInt32(from, true)}`);
    }
  }
  return `  if (${tests.join(' || ')}) return undefined;\n  at += ${length};\n`;
}

function valueStep(place: number, method: string): string {
  return `  const v${place} = scanner.${method}(bytes, at, end);
  at = scanner.at;
  if (at < 0) return undefined;
`;
}

/** A literal: all objects that it makes have one hidden class. */
function literalOf({ names, fields }: ObjectFields): string {
  const each = (name: string, i: number): string =>
    `${JSON.stringify(name)}: ${expressionOf(fields[i]!)}`;
  return `{${names.map(each).join(', ')}}`;
}

function expressionOf(field: Field): string {
  return typeof field === 'number' ? `v${field}` : literalOf(field);
}
