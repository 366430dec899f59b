/**
 * What a job program builds: a graph of transformations. The `datastream` package makes them,
 * this package turns them into a job graph. Functions hang on them as opaque `binding`s that
 * only the slots use; everything else is data.
 */
import type { OutputTag } from '@weir/core';

export type ShipStrategy = 'FORWARD' | 'HASH' | 'REBALANCE' | 'BROADCAST';
export type ChainingStrategy = 'ALWAYS' | 'HEAD' | 'NEVER';
export type OperatorRole = 'source' | 'operator' | 'sink';

interface TransformationBase {
  /** 1, 2, 3 … in the order of creation: the position that ids derive from. */
  readonly id: number;
}

/** A transformation that becomes an operator. Mutable: uid, name, parallelism come afterwards. */
export interface OperatorTransformation extends TransformationBase {
  readonly kind: 'operator';
  readonly role: OperatorRole;
  /** What the console shows under the name: `Map`, `Tumbling window, 1 h`, `Async, unordered`. */
  readonly operatorType: string;
  readonly inputs: readonly Transformation[];
  /** Opaque to this package: how the runtime creates the operator. */
  readonly binding: unknown;
  /** Key selector of a keyed operator's input; null where the input has no key. */
  readonly keyed: boolean;
  name: string;
  uid: string | null;
  /** Null = the environment's default. */
  parallelism: number | null;
  maxParallelism: number | null;
  chaining: ChainingStrategy;
  slotSharingGroup: string;
  /** The outside system that its calls go to, `airports (PostgreSQL)`; absent where there is none. */
  readonly callSite?: string;
  /** Where the operator was written in the user's code, `jobs/flights.ts:42`. */
  readonly origin: string | null;
}

export interface PartitionTransformation extends TransformationBase {
  readonly kind: 'partition';
  readonly input: Transformation;
  readonly strategy: ShipStrategy;
  /** Opaque key selector; set when the strategy is HASH. */
  readonly keySelector: unknown;
}

export interface UnionTransformation extends TransformationBase {
  readonly kind: 'union';
  readonly inputs: readonly Transformation[];
}

export interface SideOutputTransformation extends TransformationBase {
  readonly kind: 'sideOutput';
  readonly input: Transformation;
  readonly tag: OutputTag<unknown>;
}

export type Transformation =
  | OperatorTransformation
  | PartitionTransformation
  | UnionTransformation
  | SideOutputTransformation;
