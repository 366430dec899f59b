/** Record batches of partitions from their leader. */
import { type Api, readByTopic, type TopicPartition, writeByTopic } from './api.ts';

export interface FetchPosition extends TopicPartition {
  readonly offset: number;
}

export interface FetchRequest {
  readonly readCommitted: boolean;
  readonly minBytes: number;
  readonly maxWaitMs: number;
  readonly maxBytes: number;
  readonly partitionBytesMax: number;
  readonly positions: readonly FetchPosition[];
}

/** A producer's records from this offset on were aborted, up to its next abort marker. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

export interface FetchedPartition extends TopicPartition {
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  readonly aborted: readonly AbortedTransaction[];
  /** Whole batches, the last one possibly cut short; null when there are none. */
  readonly records: Buffer | null;
}

export interface FetchResponse {
  readonly errorCode: number;
  readonly partitions: readonly FetchedPartition[];
}

export const FETCH: Api<FetchRequest, FetchResponse> = {
  key: 1,
  name: 'Fetch',
  version: 11,
  flexible: false,
  sizeOf: ({ positions }) => 128 + positions.length * 64,
  write(writer, request) {
    const { minBytes, maxWaitMs, maxBytes, partitionBytesMax } = request;
    writer.int32(-1).int32(maxWaitMs).int32(minBytes).int32(maxBytes);
    writer.int8(request.readCommitted ? 1 : 0);
    // No fetch session: id 0, epoch -1.
    writer.int32(0).int32(-1);
    writeByTopic(writer, request.positions, ({ partition, offset }) => {
      writer.int32(partition).int32(-1).int64(offset).int64(-1).int32(partitionBytesMax);
    });
    writer.int32(0).string('');
  },
  read(reader) {
    const errorCode = reader.int16();
    reader.int32();
    const partitions = readByTopic(reader, (topic) => {
      const partition = reader.int32();
      const code = reader.int16();
      const highWatermark = reader.int64();
      const lastStableOffset = reader.int64();
      const logStartOffset = reader.int64();
      const aborted = reader.array(() => ({
        producerId: reader.bigint64(),
        firstOffset: reader.int64(),
      }));
      reader.int32();
      const records = reader.nullableBytes();
      const offsets = { highWatermark, lastStableOffset, logStartOffset };
      return { topic, partition, errorCode: code, ...offsets, aborted, records };
    });
    return { errorCode, partitions };
  },
};
