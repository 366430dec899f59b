import type { Sink } from '@weir/core';
import type { OperatorFactory } from './stream-operator.ts';
import { unbuilt } from './window.ts';

export interface SinkOperatorOptions<T, C> {
  readonly sink: Sink<T, C>;
}

/** Writes into a sink; what it committed lies behind a durable checkpoint. */
export function sinkFactory<T, C>(_options: SinkOperatorOptions<T, C>): OperatorFactory {
  return { create: unbuilt };
}
