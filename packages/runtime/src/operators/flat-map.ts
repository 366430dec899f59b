import type { FlatMapFunction } from '@weir/core';
import type { OperatorFactory } from './stream-operator.ts';
import { unbuilt } from './window.ts';

/** Any number of records out for each record in; all carry its timestamp. */
export function flatMapFactory<T, R>(_fn: FlatMapFunction<T, R>): OperatorFactory {
  return { create: unbuilt };
}
