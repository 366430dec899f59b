/** Who leads what, where offsets lie, and who coordinates a group or a transaction. */
import { type Api, readByTopic, type TopicPartition, writeByTopic } from './api.ts';

export interface PartitionMetadata {
  readonly partition: number;
  readonly errorCode: number;
  /** Broker id; -1 while there is none. */
  readonly leader: number;
}

export interface TopicMetadata {
  readonly topic: string;
  readonly errorCode: number;
  readonly isInternal: boolean;
  readonly partitions: readonly PartitionMetadata[];
}

/** Topics by name; null = all that there are. Never creates one. */
export const METADATA: Api<readonly string[] | null, readonly TopicMetadata[]> = {
  key: 3,
  name: 'Metadata',
  version: 7,
  flexible: false,
  write(writer, topics) {
    if (topics === null) writer.int32(-1);
    else writer.array(topics, (topic) => writer.string(topic));
    writer.int8(0);
  },
  read(reader) {
    reader.array(() => {
      reader.int32();
      reader.string();
      reader.int32();
      reader.nullableString();
    });
    reader.nullableString();
    reader.int32();
    return reader.array(() => ({
      errorCode: reader.int16(),
      topic: reader.string(),
      isInternal: reader.int8() !== 0,
      partitions: reader.array(() => {
        const errorCode = reader.int16();
        const partition = reader.int32();
        const leader = reader.int32();
        reader.int32();
        for (let list = 0; list < 3; list++) reader.array(() => reader.int32());
        return { partition, errorCode, leader };
      }),
    }));
  },
};

/** Instead of a timestamp. */
export const EARLIEST = -2;
/** Instead of a timestamp: the end, for read_committed the last stable offset. */
export const LATEST = -1;

export interface OffsetQuery extends TopicPartition {
  /** Epoch ms: the first record at or after it; or EARLIEST, LATEST. */
  readonly timestampMs: number;
}

export interface FoundOffset extends TopicPartition {
  readonly errorCode: number;
  /** -1 when no record is as late as the timestamp. */
  readonly offset: number;
}

export interface ListOffsetsRequest {
  readonly readCommitted: boolean;
  readonly queries: readonly OffsetQuery[];
}

export const LIST_OFFSETS: Api<ListOffsetsRequest, readonly FoundOffset[]> = {
  key: 2,
  name: 'ListOffsets',
  version: 2,
  flexible: false,
  write(writer, { readCommitted, queries }) {
    writer.int32(-1).int8(readCommitted ? 1 : 0);
    writeByTopic(writer, queries, ({ partition, timestampMs }) => {
      writer.int32(partition).int64(timestampMs);
    });
  },
  read(reader) {
    return readByTopic(reader, (topic) => {
      const partition = reader.int32();
      const errorCode = reader.int16();
      reader.int64();
      return { topic, partition, errorCode, offset: reader.int64() };
    });
  },
};

export interface CoordinatorRequest {
  readonly kind: 'group' | 'transaction';
  /** Group or transactional id. */
  readonly id: string;
}

export interface CoordinatorResponse {
  readonly errorCode: number;
  readonly nodeId: number;
}

export const FIND_COORDINATOR: Api<CoordinatorRequest, CoordinatorResponse> = {
  key: 10,
  name: 'FindCoordinator',
  version: 2,
  flexible: false,
  write(writer, { kind, id }) {
    writer.string(id).int8(kind === 'group' ? 0 : 1);
  },
  read(reader) {
    const errorCode = reader.int16();
    reader.nullableString();
    return { errorCode, nodeId: reader.int32() };
  },
};
