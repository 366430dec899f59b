/** A share of a recording and how far it was played; it stands in checkpoints. */
import { type SourceSplit, type TypeInformation, types } from '@weir/core';

export interface ReplaySplit extends SourceSplit {
  readonly number: number;
  /** Times that the recording was played to its end before. */
  readonly round: number;
  /** Index of the first event that was not emitted; those of other splits count along. */
  readonly index: number;
  readonly finished: boolean;
  /** Replay time at the snapshot, null before the first event. */
  readonly clockMs: number | null;
  /** Wall clock at the snapshot, null at the start. */
  readonly snapshotMs: number | null;
}

export const REPLAY_SPLIT_TYPE: TypeInformation<ReplaySplit> = types.object({
  splitId: types.string(),
  number: types.i32(),
  round: types.i32(),
  index: types.i64(),
  finished: types.boolean(),
  clockMs: types.nullable(types.f64()),
  snapshotMs: types.nullable(types.f64()),
});
