/**
 * What travels between operators: batches of at most `BATCH_ROWS_MAX` rows, never single records.
 * Two kinds travel through the same tasks and channels: objects (DataStream) and columns (SQL).
 * A batch is immutable once emitted; several outputs may share it.
 */
export const BATCH_ROWS_MAX = 1024;

export interface ObjectBatch {
  readonly kind: 'objects';
  readonly count: number;
  /** At least `count` long; rows beyond are undefined content. */
  readonly rows: readonly unknown[];
  /** Epoch ms per row, MIN_TIMESTAMP where a row has none; null when no row has one. */
  readonly timestamps: Float64Array | null;
  /** Java-style hash of each row's key, set by a HASH edge so that receivers need not rehash. */
  readonly keyHashes: Int32Array | null;
}

export type ColumnType = 'f64' | 'i64' | 'i32' | 'bool' | 'string';

export interface ColumnSchema {
  readonly name: string;
  readonly type: ColumnType;
}

/**
 * One column. Values: f64 and i64 (safe integers) as Float64Array, i32 as Int32Array, bool as
 * Uint8Array, string as UTF-8 `bytes` with `offsets` (rows + 1). `nulls` holds 1 per null row.
 */
export type Column =
  | {
      readonly type: 'f64' | 'i64';
      readonly values: Float64Array;
      readonly nulls: Uint8Array | null;
    }
  | { readonly type: 'i32'; readonly values: Int32Array; readonly nulls: Uint8Array | null }
  | { readonly type: 'bool'; readonly values: Uint8Array; readonly nulls: Uint8Array | null }
  | {
      readonly type: 'string';
      readonly bytes: Uint8Array;
      readonly offsets: Int32Array;
      readonly nulls: Uint8Array | null;
    };

export interface ColumnarBatch {
  readonly kind: 'columns';
  /** Physical rows in every column. */
  readonly count: number;
  readonly schema: readonly ColumnSchema[];
  readonly columns: readonly Column[];
  /** Per physical row, like the columns. */
  readonly timestamps: Float64Array | null;
  /** Indices of the rows that are alive, ascending; null = all. */
  readonly selection: Int32Array | null;
  /** Per physical row; rows that are not alive have any value. */
  readonly keyHashes: Int32Array | null;
}

export type Batch = ObjectBatch | ColumnarBatch;

/** Rows that are alive. */
export function rowCount(batch: Batch): number {
  if (batch.kind === 'columns' && batch.selection !== null) return batch.selection.length;
  return batch.count;
}
