/**
 * The one call site by which a task enters its operators, once per slice of a batch.
 *
 * Shared and megamorphic on purpose: V8 would inline an operator that it sees alone here, and
 * credit neighbours' samples to each other in CPU profiles. Warmed before the first task runs.
 */
import type { Batch } from '@weir/core';
import { OutputBuffer } from '../operators/output-buffer.ts';
import type { StreamOperator } from '../operators/stream-operator.ts';

/** Rows `from` to `to` through the operator; the first row that was not processed. */
export function drive(
  operator: StreamOperator,
  batch: Batch,
  from: number,
  to: number,
  out: OutputBuffer,
): number {
  return operator.processBatch(batch, from, to, out);
}

const DUMMIES = 6;
// Enough for V8 to allocate the feedback that remembers the shapes seen here.
const WARM_CALLS = 400;

function warm(): void {
  const out = new OutputBuffer();
  const batch: Batch = { kind: 'objects', count: 0, rows: [], timestamps: null, keyHashes: null };
  const dummies = Array.from({ length: DUMMIES }, (_, index) => dummy(index));
  for (let i = 0; i < WARM_CALLS; i++) drive(dummies[i % DUMMIES]!, batch, 0, 0, out);
}

/** An operator with a hidden class of its own. */
function dummy(index: number): StreamOperator {
  return {
    [`shape${index}`]: index,
    open() {},
    processBatch: (_batch: Batch, from: number) => from,
    processWatermark: () => true,
    close() {},
  } as StreamOperator;
}

warm();
