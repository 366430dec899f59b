/**
 * What rows look like: plain objects with certain keys in a certain order, tuples (arrays of a
 * certain length) or single values, and per field the type of its column.
 *
 * A field's column starts with the type of the first value seen and only ever widens: int32 →
 * double, any scalar → the same with a null flag per row, anything else → tagged values. Each
 * widening is a new shape, so that a receiver's decoders never change.
 */
export const COLUMN_I32 = 0;
export const COLUMN_F64 = 1;
export const COLUMN_BOOL = 2;
export const COLUMN_STRING = 3;
/** Self-describing values one after the other. */
export const COLUMN_TAGGED = 4;

export type ShapeForm = 'object' | 'tuple' | 'value';

export interface Shape {
  readonly form: ShapeForm;
  /** Of an object; '0', '1' … for a tuple; one empty name for a value. */
  readonly keys: readonly string[];
  readonly types: readonly number[];
  /** Per field: are null and undefined flagged per row? Never for tagged columns. */
  readonly nullable: readonly boolean[];
}

const KEYS_MAX = 128;
const TUPLE_MAX = 32;

/** Any row at all, as one self-describing value. */
export const ANY_VALUE: Shape = {
  form: 'value',
  keys: [''],
  types: [COLUMN_TAGGED],
  nullable: [false],
};

/** Equal for rows that may share a shape. */
export function shapeKeyOf(row: unknown): string {
  if (typeof row !== 'object' || row === null) {
    return isScalar(row) ? `v${typeof row}` : 'any';
  }
  if (Array.isArray(row)) return isTuple(row) ? `t${row.length}` : 'any';
  if (Object.getPrototypeOf(row) !== Object.prototype) return 'any';
  const keys = Object.keys(row);
  return hasColumns(keys) ? `o${JSON.stringify(keys)}` : 'any';
}

/** The shape to begin with, from the first row of its kind. */
export function shapeOf(row: unknown): Shape {
  if (typeof row !== 'object' || row === null) {
    if (!isScalar(row)) return ANY_VALUE;
    return { form: 'value', keys: [''], types: [columnTypeOf(row)], nullable: [false] };
  }
  if (Array.isArray(row)) {
    if (!isTuple(row)) return ANY_VALUE;
    return shapeWith('tuple', [...row.keys()].map(String), row);
  }
  if (Object.getPrototypeOf(row) !== Object.prototype) return ANY_VALUE;
  const keys = Object.keys(row);
  if (!hasColumns(keys)) return ANY_VALUE;
  const record = row as Readonly<Record<string, unknown>>;
  return shapeWith(
    'object',
    keys,
    keys.map((key) => record[key]),
  );
}

/** The shape that can also hold `value` in that field. */
export function widen(shape: Shape, field: number, value: unknown): Shape {
  const types = [...shape.types];
  const nullable = [...shape.nullable];
  if (value === null || value === undefined) nullable[field] = true;
  else if (types[field] === COLUMN_I32 && typeof value === 'number') types[field] = COLUMN_F64;
  else {
    types[field] = COLUMN_TAGGED;
    nullable[field] = false;
  }
  return { form: shape.form, keys: shape.keys, types, nullable };
}

export function signatureOf(shape: Shape): string {
  return JSON.stringify([shape.form, shape.keys, shape.types, shape.nullable]);
}

/** The inverse of `signatureOf`. */
export function parseSignature(signature: string): Shape {
  const [form, keys, types, nullable] = JSON.parse(signature) as [
    ShapeForm,
    string[],
    number[],
    boolean[],
  ];
  return { form, keys, types, nullable };
}

function shapeWith(form: ShapeForm, keys: string[], values: readonly unknown[]): Shape {
  return {
    form,
    keys,
    types: values.map(columnTypeOf),
    nullable: values.map(() => false),
  };
}

function columnTypeOf(value: unknown): number {
  switch (typeof value) {
    case 'number':
      return (value | 0) === value && !Object.is(value, -0) ? COLUMN_I32 : COLUMN_F64;
    case 'boolean':
      return COLUMN_BOOL;
    case 'string':
      return COLUMN_STRING;
    default:
      return COLUMN_TAGGED;
  }
}

function isScalar(row: unknown): boolean {
  return typeof row === 'number' || typeof row === 'boolean' || typeof row === 'string';
}

/** Small and of no subclass. A hole travels as undefined. */
function isTuple(row: readonly unknown[]): boolean {
  if (row.length === 0 || row.length > TUPLE_MAX) return false;
  return Object.getPrototypeOf(row) === Array.prototype;
}

/** `__proto__` in a generated literal would set the prototype. */
function hasColumns(keys: readonly string[]): boolean {
  return keys.length > 0 && keys.length <= KEYS_MAX && !keys.includes('__proto__');
}
