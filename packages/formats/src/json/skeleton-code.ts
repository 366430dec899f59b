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

/** Names appear as JSON strings only, everything else of the record as numbers. */
export function generateRecordCode(skeleton: RecordSkeleton, scanner: ValueScanner): ReadRecord {
  const { root, kinds, between } = skeleton;
  const steps = between.map((bytes, place) => {
    const kind = kinds[place];
    return expected(bytes) + (kind === undefined ? '' : valueStep(place, METHODS[kind]));
  });
  const source = `'use strict';
return function readRecord(bytes, start, end) {
  let at = start;
${steps.join('')}  if (at !== end) return undefined;
  return ${literalOf(root)};
};`;
  return new Function('scanner', source)(scanner) as ReadRecord;
}

function expected(bytes: Uint8Array): string {
  if (bytes.length === 0) return '';
  const tests = Array.from(bytes, (byte, i) => `bytes[at + ${i}] !== ${byte}`);
  return `  if (${tests.join(' || ')}) return undefined;\n  at += ${bytes.length};\n`;
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
