/** Offsets that a group has committed. Weir is no member of it: generation -1, no member id. */
import {
  type Api,
  type PartitionCode,
  readByTopic,
  readPartitionCodes,
  type TopicPartition,
  writeByTopic,
} from './api.ts';

export interface CommittedOffset extends TopicPartition {
  /** Of the next record; -1 = none was committed. */
  readonly offset: number;
  readonly metadata: string;
}

export interface OffsetCommitRequest {
  readonly groupId: string;
  readonly offsets: readonly CommittedOffset[];
}

export const OFFSET_COMMIT: Api<OffsetCommitRequest, readonly PartitionCode[]> = {
  key: 8,
  name: 'OffsetCommit',
  version: 6,
  flexible: false,
  write(writer, { groupId, offsets }) {
    writer.string(groupId).int32(-1).string('');
    writeByTopic(writer, offsets, ({ partition, offset, metadata }) => {
      writer.int32(partition).int64(offset).int32(-1).string(metadata);
    });
  },
  read(reader) {
    return readPartitionCodes(reader);
  },
};

export interface OffsetFetchRequest {
  readonly groupId: string;
  readonly partitions: readonly TopicPartition[];
}

export interface OffsetFetchResponse {
  readonly errorCode: number;
  readonly offsets: ReadonlyArray<CommittedOffset & { readonly errorCode: number }>;
}

export const OFFSET_FETCH: Api<OffsetFetchRequest, OffsetFetchResponse> = {
  key: 9,
  name: 'OffsetFetch',
  version: 5,
  flexible: false,
  write(writer, { groupId, partitions }) {
    writer.string(groupId);
    writeByTopic(writer, partitions, ({ partition }) => {
      writer.int32(partition);
    });
  },
  read(reader) {
    const offsets = readByTopic(reader, (topic) => {
      const partition = reader.int32();
      const offset = reader.int64();
      reader.int32();
      const metadata = reader.nullableString() ?? '';
      return { topic, partition, offset, metadata, errorCode: reader.int16() };
    });
    return { offsets, errorCode: reader.int16() };
  },
};
