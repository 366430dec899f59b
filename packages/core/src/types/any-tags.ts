/** How the self-describing codec marks what follows. Values are part of the file format. */
export const TAG_NULL = 0;
export const TAG_UNDEFINED = 1;
export const TAG_TRUE = 2;
export const TAG_FALSE = 3;
export const TAG_INT32 = 4;
export const TAG_FLOAT64 = 5;
export const TAG_STRING = 6;
export const TAG_BIGINT = 7;
export const TAG_DATE = 8;
export const TAG_ARRAY = 9;
export const TAG_MAP = 10;
export const TAG_SET = 11;
/** Shape header, then the values. */
export const TAG_OBJECT = 12;
/** Count, then names and values: for objects whose shape is not worth remembering. */
export const TAG_LOOSE_OBJECT = 13;
export const TAG_TYPED_ARRAY = 14;
export const TAG_ARRAY_BUFFER = 15;
export const TAG_INSTANCE = 16;
/** 0x40 + n: the integer n of 0 … 63. */
export const TAG_SMALL_INT = 0x40;
/** 0x80 + n: n bytes of ASCII. */
export const TAG_SHORT_TEXT = 0x80;

export const SMALL_INT_MAX = 63;
export const SHORT_TEXT_MAX = 127;
/** Deeper nesting is taken for a cycle. */
export const DEPTH_MAX = 500;

export type TypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

interface TypedArrayConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): TypedArray;
}

/** Position = code in the data. */
export const TYPED_ARRAYS: readonly TypedArrayConstructor[] = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];

export function typedArrayCode(array: TypedArray): number {
  return TYPED_ARRAYS.findIndex((kind) => array instanceof kind);
}
