/** A split of a Kafka source is a partition of a topic; its position is the next offset. */
import { type SourceSplit, type TypeInformation, types } from '@weir/core';

export interface KafkaSplit extends SourceSplit {
  readonly topic: string;
  readonly partition: number;
  /** Offset of the next record to emit. */
  readonly position: number;
  /** The first offset that is not emitted any more; null = the partition is read for ever. */
  readonly stoppingOffset: number | null;
  readonly finished: boolean;
}

export const KAFKA_SPLIT_TYPE: TypeInformation<KafkaSplit> = types.object({
  splitId: types.string(),
  topic: types.string(),
  partition: types.i32(),
  position: types.i64(),
  stoppingOffset: types.nullable(types.i64()),
  finished: types.boolean(),
});

export function splitIdOf(topic: string, partition: number): string {
  return `${topic}-${partition}`;
}

/**
 * The subtask that reads a partition: topics begin at different subtasks, and a topic's partitions
 * go round them. As Flink's KafkaSourceEnumerator.getSplitOwner.
 */
export function splitOwner(topic: string, partition: number, parallelism: number): number {
  let hash = 0;
  for (let i = 0; i < topic.length; i++) hash = (Math.imul(hash, 31) + topic.charCodeAt(i)) | 0;
  const start = (Math.imul(hash, 31) & 0x7f_ff_ff_ff) % parallelism;
  return (start + partition) % parallelism;
}
