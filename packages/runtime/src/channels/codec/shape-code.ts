/**
 * Generates, per shape, the three functions that the object codec runs: `scan` finds how many rows
 * fit, `write` lays them out in columns, `read` makes rows of columns. One script each, so that
 * every access is monomorphic and a profile names it.
 *
 * Layout of `n` rows, from an 8-aligned offset: doubles of each f64 field (8n); int32 of each i32
 * field (4n); per string field a word (1 = two bytes a unit) and n ends in units; per tagged field
 * its bytes; booleans (n each); null flags of nullable fields (n each: 1 null, 2 undefined);
 * strings of each field, wide ones 2-aligned; tagged values.
 */
import { compileFunction } from 'node:vm';
import { cut, putNarrow, putWide, textOf } from './column-text.ts';
import type { Memory } from './memory.ts';
import {
  COLUMN_BOOL,
  COLUMN_F64,
  COLUMN_I32,
  COLUMN_STRING,
  COLUMN_TAGGED,
  type Shape,
} from './shape.ts';
import { openTagged, readTagged, type TaggedColumn } from './tagged-column.ts';

/** Scratch of one sender, shared by the generated functions. */
export interface ScanState {
  /** The field whose value fits no column, −1 if none. */
  misfit: number;
  /** The next row does not fit the room. */
  full: boolean;
  /** By tagged field, in order. */
  readonly tagged: TaggedColumn[];
  /** 1 where a string field needs two bytes a unit; in, and raised or lowered by `write`. */
  readonly wide: Uint8Array;
}

export type Scan = (
  rows: readonly unknown[],
  order: Int32Array,
  from: number,
  to: number,
  room: number,
  extraPerRow: number,
  state: ScanState,
) => number;

/** Returns the offset after the columns, or −1 when a string field had to become wide. */
export type Write = (
  rows: readonly unknown[],
  order: Int32Array,
  from: number,
  count: number,
  memory: Memory,
  at: number,
  state: ScanState,
) => number;

export type Read = (memory: Memory, at: number, count: number) => unknown[];

const COLUMN_BYTES: readonly number[] = [4, 8, 1, 4, 0];

interface Field {
  readonly index: number;
  readonly type: number;
  readonly nullable: boolean;
  /** Among the string or the tagged fields. */
  readonly ordinal: number;
  readonly name: string;
  readonly access: string;
}

export function compileScan(shape: Shape, filename: string): Scan {
  const fields = fieldsOf(shape);
  const strings = fields.filter((field) => field.type === COLUMN_STRING);
  const tagged = fields.filter((field) => field.type === COLUMN_TAGGED);
  let perRow = 0;
  for (const field of fields) perRow += COLUMN_BYTES[field.type]! + (field.nullable ? 1 : 0);
  const lines = [
    `let bytes = ${8 + strings.length * 5 + tagged.length * 4}, i = from;`,
    ...strings.map((field) => `const w${field.ordinal} = s.wide[${field.ordinal}];`),
    ...tagged.map((field) => `const t${field.ordinal} = s.tagged[${field.ordinal}];`),
    ...tagged.map((field) => `t${field.ordinal}.reset();`),
    's.misfit = -1; s.full = false;',
    'for (; i < to; i++) {',
    '  const r = rows[order[i]];',
    `  ${sameCode(shape)}`,
    `  let size = ${perRow} + extra;`,
    ...fields.map((field) => `  ${scanField(field)}`),
    '  if (bytes + size > room) { s.full = true; break; }',
    '  bytes += size;',
    '}',
    'return i - from;',
  ];
  const parameters = ['rows', 'order', 'from', 'to', 'room', 'extra', 's'];
  return compile(`${sameFunction(shape)}`, parameters, lines, filename) as Scan;
}

export function compileWrite(shape: Shape, filename: string): Write {
  const fields = fieldsOf(shape);
  const of = (type: number) => fields.filter((field) => field.type === type);
  const lines = [
    'const F = m.doubles, I = m.words, U = m.bytes;',
    'let d = at >> 3;',
    ...of(COLUMN_F64).map((field) => loop(`F[d + i] = ${zeroed(field)};`, 'd += n;')),
    'let w = d << 1;',
    ...of(COLUMN_I32).map((field) => loop(`I[w + i] = ${zeroed(field)};`, 'w += n;')),
    ...of(COLUMN_STRING).map((field) => `const e${field.ordinal} = w + 1; w += n + 1;`),
    ...of(COLUMN_TAGGED).map((field) => `const l${field.ordinal} = w++;`),
    'let b = w << 2;',
    ...of(COLUMN_BOOL).map((field) =>
      loop(`U[b + i] = ${field.access} === true ? 1 : 0;`, 'b += n;'),
    ),
    ...fields
      .filter((field) => field.nullable)
      .map((field) =>
        loop(
          `const v = ${field.access}; U[b + i] = v === null ? 1 : v === undefined ? 2 : 0;`,
          'b += n;',
        ),
      ),
    ...of(COLUMN_STRING).map(writeStrings),
    ...of(COLUMN_TAGGED).map(({ ordinal: t }) => `b += I[l${t}] = s.tagged[${t}].copyTo(m, b, n);`),
    'return (b + 7) & ~7;',
  ];
  const parameters = ['rows', 'order', 'from', 'n', 'm', 'at', 's'];
  return compile('', parameters, lines, filename) as Write;
}

export function compileRead(shape: Shape, filename: string): Read {
  const fields = fieldsOf(shape);
  const of = (type: number) => fields.filter((field) => field.type === type);
  const lines = [
    'const F = m.doubles, I = m.words, U = m.bytes, out = new Array(n);',
    'let d = at >> 3;',
    ...of(COLUMN_F64).map((field) => `const c${field.index} = d; d += n;`),
    'let w = d << 1;',
    ...of(COLUMN_I32).map((field) => `const c${field.index} = w; w += n;`),
    ...of(COLUMN_STRING).map(
      ({ index: j }) => `const wide${j} = I[w], e${j} = w + 1; let p${j} = 0; w += n + 1;`,
    ),
    ...of(COLUMN_TAGGED).map(({ index: j }) => `const l${j} = I[w++];`),
    'let b = w << 2;',
    ...of(COLUMN_BOOL).map((field) => `const c${field.index} = b; b += n;`),
    ...fields
      .filter((field) => field.nullable)
      .map((field) => `const z${field.index} = b; b += n;`),
    ...of(COLUMN_STRING).map(({ index: j }) =>
      [
        `b = (b + wide${j}) & ~wide${j};`,
        `const c${j} = b, u${j} = I[e${j} + n - 1];`,
        `const x${j} = h.textOf(m, b, u${j}, wide${j}, n); b += u${j} << wide${j};`,
      ].join(' '),
    ),
    ...of(COLUMN_TAGGED).map(
      ({ index: j }) => `const g${j} = h.openTagged(m, b, l${j}); b += l${j};`,
    ),
    'for (let i = 0; i < n; i++) {',
    ...of(COLUMN_STRING).map(
      ({ index: j }) =>
        `  const f${j} = p${j}; p${j} = I[e${j} + i]; ` +
        `const s${j} = h.cut(x${j}, m, c${j}, wide${j}, f${j}, p${j});`,
    ),
    `  out[i] = ${literal(shape, fields)};`,
    '}',
    'return out;',
  ];
  return compile('', ['m', 'at', 'n'], lines, filename) as Read;
}

function fieldsOf(shape: Shape): Field[] {
  const ordinals = [0, 0, 0, 0, 0];
  return shape.keys.map((key, index) => {
    const type = shape.types[index]!;
    const row = 'rows[order[from + i]]';
    const access =
      shape.form === 'value'
        ? row
        : `${row}[${shape.form === 'tuple' ? index : JSON.stringify(key)}]`;
    return {
      index,
      type,
      nullable: shape.nullable[index]!,
      ordinal: ordinals[type]!++,
      name: key,
      access,
    };
  });
}

/** Ends the run at a row of another shape. */
function sameCode(shape: Shape): string {
  const [first] = shape.types;
  if (shape.form === 'tuple') {
    const plain = 'Array.isArray(r) && Object.getPrototypeOf(r) === Array.prototype';
    return `if (!(${plain} && r.length === ${shape.keys.length})) break;`;
  }
  if (shape.form === 'object') return 'if (!same(r)) break;';
  if (first === COLUMN_STRING) return `if (typeof r !== 'string') break;`;
  if (first === COLUMN_BOOL) return `if (typeof r !== 'boolean') break;`;
  return first === COLUMN_TAGGED ? '' : `if (typeof r !== 'number') break;`;
}

/** Tells whether a row is a plain object with exactly these keys in this order. */
function sameFunction(shape: Shape): string {
  if (shape.form !== 'object') return '';
  const cases = shape.keys.map(
    (key, index) => `case ${index}: if (k !== ${JSON.stringify(key)}) return false; break;`,
  );
  return [
    'const plain = Object.prototype;',
    'function same(r) {',
    `  if (typeof r !== 'object' || r === null) return false;`,
    '  if (Object.getPrototypeOf(r) !== plain) return false;',
    '  let i = 0;',
    '  for (const k in r) {',
    '    switch (i++) {',
    ...cases.map((line) => `      ${line}`),
    '      default: return false;',
    '    }',
    '  }',
    `  return i === ${shape.keys.length};`,
    '}',
  ].join('\n');
}

function scanField(field: Field): string {
  const value = field.access.replace('rows[order[from + i]]', 'r');
  const { index: j, ordinal, nullable } = field;
  if (field.type === COLUMN_TAGGED) return `size += t${ordinal}.add(${value});`;
  const fits = [
    'typeof v === "number" && (v | 0) === v && !Object.is(v, -0)',
    'typeof v === "number"',
    'typeof v === "boolean"',
    'typeof v === "string"',
  ][field.type]!;
  const none = nullable ? ' && v !== null && v !== undefined' : '';
  const length = nullable ? 'if (typeof v === "string") ' : '';
  const size = field.type === COLUMN_STRING ? ` ${length}size += v.length << w${ordinal};` : '';
  return `{ const v = ${value}; if (!(${fits})${none}) { s.misfit = ${j}; break; }${size} }`;
}

function loop(body: string, after: string): string {
  return `for (let i = 0; i < n; i++) { ${body} } ${after}`;
}

function zeroed(field: Field): string {
  return field.nullable ? `(${field.access} ?? 0)` : field.access;
}

/**
 * A narrow column that meets a large unit becomes wide and the run is measured again; a wide
 * one that turned out not to need it is narrow again in the next run.
 */
function writeStrings(field: Field): string {
  const { ordinal: t, nullable, access } = field;
  const value = nullable ? `const v = ${access} ?? "";` : `const v = ${access};`;
  return [
    `if (s.wide[${t}] === 0) {`,
    `  const c = b; I[e${t} - 1] = 0;`,
    `  for (let i = 0; i < n; i++) { ${value} const q = h.putNarrow(m, b, v);`,
    `    if (q < 0) { s.wide[${t}] = 1; return -1; }`,
    `    b = q; I[e${t} + i] = b - c; }`,
    '} else {',
    `  b = (b + 1) & ~1; const c = b; I[e${t} - 1] = 1; let units = 0;`,
    `  for (let i = 0; i < n; i++) { ${value} b = h.putWide(m, b, v);`,
    `    I[e${t} + i] = (b - c) >> 1; }`,
    `  for (let k = c >> 1; k < b >> 1; k++) units |= m.units[k];`,
    `  if (units < 256) s.wide[${t}] = 0;`,
    '}',
  ].join('\n');
}

function literal(shape: Shape, fields: readonly Field[]): string {
  const values = fields.map(readField);
  if (shape.form === 'value') return values[0]!;
  if (shape.form === 'tuple') return `[${values.join(', ')}]`;
  const pairs = fields.map((field, i) => `${JSON.stringify(field.name)}: ${values[i]}`);
  return `{ ${pairs.join(', ')} }`;
}

function readField({ type, index: j, nullable }: Field): string {
  if (type === COLUMN_TAGGED) return `h.readTagged(g${j})`;
  const value = [`I[c${j} + i]`, `F[c${j} + i]`, `U[c${j} + i] === 1`, `s${j}`][type]!;
  if (!nullable) return value;
  return `(U[z${j} + i] === 0 ? ${value} : U[z${j} + i] === 1 ? null : undefined)`;
}

const tools = { cut, openTagged, putNarrow, putWide, readTagged, textOf };

function compile(
  before: string,
  parameters: readonly string[],
  lines: readonly string[],
  filename: string,
): unknown {
  const code = [
    '"use strict";',
    before,
    `return function run(${parameters.join(', ')}) {`,
    ...lines,
    '};',
  ].join('\n');
  return compileFunction(code, ['h'], { filename })(tools);
}
