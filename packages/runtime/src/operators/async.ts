import type { AsyncFunction, TypeInformation } from '@weir/core';
import type { OperatorFactory } from './stream-operator.ts';
import { unbuilt } from './window.ts';

export interface AsyncOperatorOptions<T, R> {
  readonly fn: AsyncFunction<T, R>;
  /** Results in the order of their inputs, or as they come (never across a watermark). */
  readonly mode: 'ordered' | 'unordered';
  /** Calls in flight per subtask. */
  readonly capacity: number;
  /** Null = none. */
  readonly timeoutMs: number | null;
  readonly callSite: string;
  /** How inputs in flight are written into checkpoints; null = self-describing. */
  readonly inputType: TypeInformation<T> | null;
}

/** One asynchronous call per record, many of them in flight. */
export function asyncFactory<T, R>(_options: AsyncOperatorOptions<T, R>): OperatorFactory {
  return { create: unbuilt };
}
