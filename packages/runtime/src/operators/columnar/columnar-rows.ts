import { type Batch, type ColumnarBatch, WeirError } from '@weir/core';

/** @throws WeirError BATCH_UNSUPPORTED for objects: columnar operators work on columns. */
export function columnarRows(batch: Batch, operatorName: string): ColumnarBatch {
  if (batch.kind === 'columns') return batch;
  throw new WeirError(
    'BATCH_UNSUPPORTED',
    `operator "${operatorName}" works on columns but was given objects`,
    { context: { operator: operatorName } },
  );
}
