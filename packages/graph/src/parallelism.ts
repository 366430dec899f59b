/** Parallelism and key groups of an operator, with Flink's defaults. */
import {
  type Configuration,
  defaultMaxParallelism,
  MAX_PARALLELISM,
  MAX_PARALLELISM_LIMIT,
  PARALLELISM_DEFAULT,
} from '@weir/core';
import { invalid, label } from './stream-graph.ts';
import type { OperatorTransformation } from './transformation.ts';

export interface ResolvedParallelism {
  readonly parallelism: number;
  readonly maxParallelism: number;
  readonly maxParallelismDerived: boolean;
}

/** @throws WeirError JOB_DEFINITION_INVALID when the two don't fit each other. */
export function resolveParallelism(
  operator: OperatorTransformation,
  configuration: Configuration,
): ResolvedParallelism {
  const parallelism = operator.parallelism ?? configuration.get(PARALLELISM_DEFAULT);
  checkRange(operator, 'parallelism', parallelism);
  const configured = configuration.get(MAX_PARALLELISM);
  const explicit = operator.maxParallelism ?? (configured > 0 ? configured : null);
  const maxParallelism = explicit ?? defaultMaxParallelism(parallelism);
  checkRange(operator, 'max parallelism', maxParallelism);
  if (parallelism > maxParallelism) {
    throw invalid(
      `${label(operator)} has parallelism ${parallelism}, more than its max parallelism ` +
        `${maxParallelism}; lower the one or raise the other (state can't be rescaled beyond it)`,
    );
  }
  return { parallelism, maxParallelism, maxParallelismDerived: explicit === null };
}

function checkRange(operator: OperatorTransformation, what: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1 && value <= MAX_PARALLELISM_LIMIT) return;
  throw invalid(
    `the ${what} of ${label(operator)} is ${value}; it must be a whole number from 1 to ` +
      `${MAX_PARALLELISM_LIMIT}`,
  );
}
