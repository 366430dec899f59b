/** The transformations that a job program makes, numbered in the order of their creation. */
import { type OutputTag, WeirError } from '@weir/core';
import type {
  OperatorRole,
  OperatorTransformation,
  PartitionTransformation,
  ShipStrategy,
  SideOutputTransformation,
  Transformation,
  UnionTransformation,
} from '@weir/graph';
import type { OperatorFactory } from '@weir/runtime';
import { callerOrigin } from './origin.ts';

export interface OperatorSpec {
  readonly role?: OperatorRole;
  readonly name: string;
  /** Shown under the name; the name itself where it says enough. */
  readonly operatorType?: string;
  readonly inputs: readonly Transformation[];
  readonly factory: OperatorFactory;
  readonly keyed?: boolean;
  readonly parallelism?: number;
  readonly callSite?: string;
}

export class Program {
  readonly transformations: Transformation[] = [];

  operator(spec: OperatorSpec): OperatorTransformation {
    const { role = 'operator', name, inputs, factory, keyed = false } = spec;
    const { parallelism, callSite } = spec;
    return this.#add({
      kind: 'operator',
      id: this.#nextId,
      role,
      operatorType: spec.operatorType ?? name,
      inputs,
      binding: factory,
      keyed,
      name,
      uid: null,
      parallelism: parallelism ?? null,
      maxParallelism: null,
      chaining: 'ALWAYS',
      // An operator runs in the slots of its input unless it is told otherwise.
      slotSharingGroup: groupOf(inputs),
      ...(callSite === undefined ? {} : { callSite }),
      origin: callerOrigin(),
    });
  }

  partition(
    input: Transformation,
    strategy: ShipStrategy,
    keySelector: unknown = null,
  ): PartitionTransformation {
    return this.#add({ kind: 'partition', id: this.#nextId, input, strategy, keySelector });
  }

  union(inputs: readonly Transformation[]): UnionTransformation {
    return this.#add({ kind: 'union', id: this.#nextId, inputs });
  }

  sideOutput(input: Transformation, tag: OutputTag<unknown>): SideOutputTransformation {
    return this.#add({ kind: 'sideOutput', id: this.#nextId, input, tag });
  }

  get #nextId(): number {
    return this.transformations.length + 1;
  }

  #add<X extends Transformation>(transformation: X): X {
    this.transformations.push(transformation);
    return transformation;
  }
}

/** @throws WeirError ARGUMENT_INVALID unless `value` is an integer from 1 to 32,768. */
export function checkParallelism(value: number, what: string): number {
  if (Number.isInteger(value) && value >= 1 && value <= 32_768) return value;
  throw new WeirError('ARGUMENT_INVALID', `${what} is an integer from 1 to 32768, not ${value}`);
}

function groupOf(inputs: readonly Transformation[]): string {
  const groups = new Set(inputs.map(groupOfInput));
  const [only] = groups;
  return groups.size === 1 && only !== undefined ? only : 'default';
}

function groupOfInput(input: Transformation): string {
  switch (input.kind) {
    case 'operator':
      return input.slotSharingGroup;
    case 'union':
      return groupOf(input.inputs);
    default:
      return groupOfInput(input.input);
  }
}
