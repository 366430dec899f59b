import type { Source, SourceSplit, WatermarkStrategy } from '@weir/core';
import type { OperatorFactory } from './stream-operator.ts';
import { unbuilt } from './window.ts';

export interface SourceOperatorOptions<T, S extends SourceSplit> {
  readonly source: Source<T, S>;
  readonly watermarks: WatermarkStrategy<T>;
}

/** Reads a source's splits; watermarks are made per split and combined. */
export function sourceFactory<T, S extends SourceSplit>(
  _options: SourceOperatorOptions<T, S>,
): OperatorFactory {
  return { create: unbuilt };
}
