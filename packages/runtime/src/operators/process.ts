import type { ProcessFunction } from '@weir/core';
import type { OperatorFactory } from './stream-operator.ts';
import { unbuilt } from './window.ts';

/** A process function without key: side outputs, no timers, no keyed state. */
export function processFactory<T, R>(_fn: ProcessFunction<T, R>): OperatorFactory {
  return { create: unbuilt };
}
