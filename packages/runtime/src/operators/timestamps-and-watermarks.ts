import type { WatermarkStrategy } from '@weir/core';
import type { OperatorFactory } from './stream-operator.ts';
import { unbuilt } from './window.ts';

/** Assigns timestamps and makes watermarks in the middle of a stream; earlier ones are dropped. */
export function watermarkFactory<T>(_strategy: WatermarkStrategy<T>): OperatorFactory {
  return { create: unbuilt };
}
