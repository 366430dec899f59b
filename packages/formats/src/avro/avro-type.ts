/**
 * Avro schemas as JavaScript values: a `long` is a number where that is exact, else a bigint;
 * timestamps are epoch milliseconds, decimals are text with all their digits, unions the value.
 */
import { WeirError } from '@weir/core';
import avro from 'avsc';

/** An Avro schema, as JSON text or as the object that it says. */
export type AvroSchema = string | object;

type AvroType = avro.Type;

/** @throws WeirError FORMAT_INVALID naming what is wrong with the schema. */
export function avroType(schema: AvroSchema, what = 'the Avro schema'): AvroType {
  try {
    const parsed = typeof schema === 'string' ? parseSchema(schema) : schema;
    return avro.Type.forSchema(parsed as Parameters<typeof avro.Type.forSchema>[0], {
      logicalTypes: { decimal: DecimalType },
      // A registry hands out schemas of other teams: names may repeat between them.
      registry: { long: EXACT_LONG },
    });
  } catch (cause) {
    if (cause instanceof WeirError) throw cause;
    throw new WeirError('FORMAT_INVALID', `${what} is not valid: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** @throws WeirError FORMAT_INVALID for bytes that are not one value of the type. */
export function decodeAvro(
  type: AvroType,
  bytes: Uint8Array,
  from: number,
  resolver?: avro.Resolver,
): unknown {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset + from, bytes.length - from);
  try {
    return type.fromBuffer(buffer, resolver);
  } catch (cause) {
    throw new WeirError(
      'FORMAT_INVALID',
      `${buffer.length} bytes are not a ${nameOf(type)}: ${(cause as Error).message}`,
      { cause },
    );
  }
}

/** @throws WeirError FORMAT_INVALID naming the first field that does not fit. */
export function encodeAvro(type: AvroType, value: unknown): Buffer {
  const problems: string[] = [];
  const isValid = type.isValid(value, {
    errorHook: (path, found, expected) => {
      const at = path.length === 0 ? 'the record' : path.join('.');
      problems.push(`${at} is ${shown(found)}, expected ${String(expected)}`);
    },
  });
  if (isValid) return type.toBuffer(value);
  throw new WeirError(
    'FORMAT_INVALID',
    `the record is not a ${nameOf(type)}: ${problems[0] ?? shown(value)}`,
  );
}

/** How values that `writer` wrote are read as `reader`. @throws WeirError FORMAT_INVALID */
export function resolverOf(reader: AvroType, writer: AvroType): avro.Resolver {
  try {
    return reader.createResolver(writer);
  } catch (cause) {
    throw new WeirError(
      'FORMAT_INVALID',
      `records written as ${nameOf(writer)} can't be read as ${nameOf(reader)}: ` +
        (cause as Error).message,
      { cause },
    );
  }
}

const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

/** The library's own type rounds silently beyond 52 bits. */
const EXACT_LONG = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => exact(bytes.readBigInt64LE(0)),
  toBuffer: (value: number | bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    return bytes;
  },
  fromJSON: (value: number | bigint) => value,
  toJSON: (value: number | bigint) => value,
  isValid: (value: unknown) =>
    typeof value === 'bigint'
      ? value >= LONG_MIN && value <= LONG_MAX
      : Number.isSafeInteger(value),
  compare: (left: number | bigint, right: number | bigint) =>
    left === right ? 0 : left < right ? -1 : 1,
});

function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Exact: `123.45`, where a number would round. */
class DecimalType extends avro.types.LogicalType {
  readonly #scale: number;

  constructor(schema: avro.Schema, options: unknown) {
    super(schema, options as never);
    const { scale = 0 } = schema as { readonly scale?: number };
    this.#scale = scale;
  }

  protected override _fromValue(bytes: Buffer): string {
    let unscaled = 0n;
    for (const byte of bytes) unscaled = (unscaled << 8n) | BigInt(byte);
    if (bytes.length > 0 && bytes[0]! >= 0x80) unscaled -= 1n << BigInt(8 * bytes.length);
    const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(this.#scale + 1, '0');
    const cut = digits.length - this.#scale;
    const fraction = this.#scale === 0 ? '' : `.${digits.slice(cut)}`;
    return `${unscaled < 0n ? '-' : ''}${digits.slice(0, cut)}${fraction}`;
  }

  protected override _toValue(value: unknown): Buffer | undefined {
    const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value));
    if (match === null) return undefined;
    const [, sign, whole = '', fraction = ''] = match;
    if (fraction.length > this.#scale) return undefined;
    const magnitude = BigInt(whole + fraction.padEnd(this.#scale, '0'));
    return twosComplement(sign === '-' ? -magnitude : magnitude);
  }
}

/** Big-endian, as short as it can be. */
function twosComplement(value: bigint): Buffer {
  let bytes = 1;
  while (value < -(1n << BigInt(8 * bytes - 1)) || value >= 1n << BigInt(8 * bytes - 1)) bytes++;
  let rest = BigInt.asUintN(8 * bytes, value);
  const buffer = Buffer.alloc(bytes);
  for (let at = bytes - 1; at >= 0; at--) {
    buffer[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return buffer;
}

function parseSchema(text: string): unknown {
  const trimmed = text.trim();
  return /^[[{"]/.test(trimmed) ? JSON.parse(trimmed) : trimmed;
}

function nameOf(type: AvroType): string {
  return type.branchName ?? 'value';
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
