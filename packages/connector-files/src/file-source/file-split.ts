/** A file, or a row group of one, and how far it was read; it stands in checkpoints. */
import { type SourceSplit, type TypeInformation, types } from '@weir/core';

export interface FileSplit extends SourceSplit {
  readonly path: string;
  readonly rowGroup: number;
  /** Byte offset (text) or rows of the group (Parquet) that were emitted. */
  readonly position: number;
  readonly finished: boolean;
}

export const FILE_SPLIT_TYPE: TypeInformation<FileSplit> = types.object({
  splitId: types.string(),
  path: types.string(),
  rowGroup: types.i32(),
  position: types.i64(),
  finished: types.boolean(),
});
