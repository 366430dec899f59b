/** What a writer of files hands to its committer; it stands in checkpoints. */
import { type TypeInformation, types } from '@weir/core';

/** A complete file that waits for its checkpoint. */
export interface PendingPart {
  readonly folder: string;
  readonly pendingName: string;
  /** Final name; a number is appended if another job left a file of that name. */
  readonly finalName: string;
  readonly bytes: number;
}

export const PENDING_PART_TYPE: TypeInformation<PendingPart> = types.object({
  folder: types.string(),
  pendingName: types.string(),
  finalName: types.string(),
  bytes: types.i64(),
});
