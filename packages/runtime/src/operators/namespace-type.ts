import type { DataInput, DataOutput, TypeCompatibility, TypeInformation } from '@weir/core';

const FINGERPRINT = 'namespace:f64';

/**
 * Type of a timer's namespace: a window's start in event time, or 0 for timers that belong to
 * the key alone.
 */
export const NAMESPACE_TYPE: TypeInformation<number> = {
  typeName: 'namespace',
  fingerprint: FINGERPRINT,
  immutable: true,
  serialize(value: number, output: DataOutput): void {
    output.writeFloat64(value);
  },
  deserialize(input: DataInput): number {
    return input.readFloat64();
  },
  copy(value: number): number {
    return value;
  },
  equals(left: number, right: number): boolean {
    return left === right;
  },
  compatibleWith(fingerprint: string): TypeCompatibility<number> {
    if (fingerprint === FINGERPRINT) return { kind: 'as-is' };
    return { kind: 'incompatible', reason: 'the operator kept another kind of timers before' };
  },
};
