import type { MapFunction } from '@weir/core';
import type { OperatorFactory } from './stream-operator.ts';
import { unbuilt } from './window.ts';

/** One record out for each record in; the timestamp stays. */
export function mapFactory<T, R>(_fn: MapFunction<T, R>): OperatorFactory {
  return { create: unbuilt };
}
