import type { FilterFunction } from '@weir/core';
import type { OperatorFactory } from './stream-operator.ts';
import { unbuilt } from './window.ts';

/** Keeps the records for which the function says true. */
export function filterFactory<T>(_fn: FilterFunction<T>): OperatorFactory {
  return { create: unbuilt };
}
