import { type Batch, type ColumnarBatch, rowCount, WeirError } from '@weir/core';

/** @throws WeirError BATCH_UNSUPPORTED for objects: columnar operators work on columns. */
export function columnarRows(batch: Batch, operatorName: string): ColumnarBatch {
  if (batch.kind === 'columns') return batch;
  throw new WeirError(
    'BATCH_UNSUPPORTED',
    `operator "${operatorName}" works on columns but was given objects`,
    { context: { operator: operatorName } },
  );
}

/** The physical rows of live rows `from` to `to`; null = every row of the batch. */
export function rowsBetween(batch: ColumnarBatch, from: number, to: number): Int32Array | null {
  const { selection } = batch;
  if (from === 0 && to === rowCount(batch)) return selection;
  if (selection !== null) return selection.subarray(from, to);
  const rows = new Int32Array(to - from);
  for (let i = 0; i < rows.length; i++) rows[i] = from + i;
  return rows;
}

/** The batch with only its live rows `from` to `to`; the columns are shared. */
export function partOf(batch: ColumnarBatch, from: number, to: number): ColumnarBatch {
  const selection = rowsBetween(batch, from, to);
  return selection === batch.selection ? batch : { ...batch, selection };
}
