/** A transaction that a checkpoint has to commit, and where the proof of that will stand. */
import { type TypeInformation, types } from '@weir/core';

export interface KafkaCommittable {
  readonly transactionalId: string;
  readonly producerId: bigint;
  readonly epoch: number;
  readonly jobId: string;
  readonly checkpointId: number;
  /** The offset `checkpointId` of this group and partition is part of the transaction. */
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
}

export const KAFKA_COMMITTABLE_TYPE: TypeInformation<KafkaCommittable> = types.object({
  transactionalId: types.string(),
  producerId: types.bigint(),
  epoch: types.i32(),
  jobId: types.string(),
  checkpointId: types.i64(),
  groupId: types.string(),
  topic: types.string(),
  partition: types.i32(),
});
