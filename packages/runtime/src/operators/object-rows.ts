import { type Batch, type ObjectBatch, WeirError } from '@weir/core';

/** @throws WeirError BATCH_UNSUPPORTED for columns: DataStream operators work on objects. */
export function objectRows(batch: Batch, operatorName: string): ObjectBatch {
  if (batch.kind === 'objects') return batch;
  throw new WeirError(
    'BATCH_UNSUPPORTED',
    `operator "${operatorName}" works on objects but was given columns; ` +
      'convert the table to a stream first',
    { context: { operator: operatorName } },
  );
}

/** The timestamps of rows `from` to `to`; a view, batches being immutable. */
export function timestampsBetween(
  batch: ObjectBatch,
  from: number,
  to: number,
): Float64Array | null {
  return batch.timestamps === null ? null : batch.timestamps.subarray(from, to);
}
