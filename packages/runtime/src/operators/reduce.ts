import type { KeySelector, ReduceFunction, TypeInformation } from '@weir/core';
import type { OperatorFactory } from './stream-operator.ts';
import { unbuilt } from './window.ts';

export interface ReduceOptions<T, K> {
  readonly fn: ReduceFunction<T>;
  readonly keySelector: KeySelector<T, K>;
  /** Null = self-describing. */
  readonly keyType: TypeInformation<K> | null;
  /** Null = self-describing. */
  readonly valueType: TypeInformation<T> | null;
}

/** A rolling reduce: each record is combined with its key's last result, which is emitted. */
export function reduceFactory<T, K>(options: ReduceOptions<T, K>): OperatorFactory {
  return { keyType: options.keyType as TypeInformation<unknown> | null, create: unbuilt };
}
