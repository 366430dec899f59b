import type { KeyedProcessFunction, KeySelector, TypeInformation } from '@weir/core';
import type { OperatorFactory } from './stream-operator.ts';
import { unbuilt } from './window.ts';

export interface KeyedProcessOptions<K, T, R> {
  readonly fn: KeyedProcessFunction<K, T, R>;
  readonly keySelector: KeySelector<T, K>;
  /** Null = self-describing. */
  readonly keyType: TypeInformation<K> | null;
}

/** A process function with keyed state, timers of both kinds and side outputs. */
export function keyedProcessFactory<K, T, R>(
  options: KeyedProcessOptions<K, T, R>,
): OperatorFactory {
  return { keyType: options.keyType as TypeInformation<unknown> | null, create: unbuilt };
}
