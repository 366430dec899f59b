import { DataOutput, type TypeInformation, WeirError } from '@weir/core';
import type { OperatorStateWriter } from './operator-state.ts';

/** One named list of operator state, serialised at the moment of the snapshot. */
export interface SerializedList {
  readonly name: string;
  readonly typeName: string;
  readonly fingerprint: string;
  readonly count: number;
  readonly bytes: Uint8Array;
}

/**
 * Collects the lists that an operator writes in `snapshotState`. Serialises at once, so that the
 * operator may change its lists as soon as the call returns.
 */
export class OperatorListBuffer implements OperatorStateWriter {
  readonly #lists = new Map<string, SerializedList>();

  get lists(): readonly SerializedList[] {
    return [...this.#lists.values()];
  }

  /** @throws WeirError ARGUMENT_INVALID when the name was written before in this snapshot. */
  writeList<T>(name: string, type: TypeInformation<T>, values: readonly T[]): void {
    if (this.#lists.has(name)) {
      throw new WeirError(
        'ARGUMENT_INVALID',
        `the operator state list '${name}' was written twice in one snapshot; ` +
          'give each list its own name',
      );
    }
    const output = new DataOutput();
    for (const value of values) type.serialize(value, output);
    const { typeName, fingerprint } = type;
    const bytes = output.toBytes();
    this.#lists.set(name, { name, typeName, fingerprint, count: values.length, bytes });
  }
}
