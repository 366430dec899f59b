/** One record batch to the leader of its partition. */
import { type Api, readByTopic, type TopicPartition } from './api.ts';

export interface ProduceRequest extends TopicPartition {
  readonly transactionalId: string | null;
  /** -1 = all in-sync replicas, 1 = the leader, 0 is not used: it has no answer. */
  readonly acks: number;
  readonly timeoutMs: number;
  readonly batch: Uint8Array;
}

export interface ProduceResponse {
  readonly errorCode: number;
  readonly baseOffset: number;
}

export const PRODUCE: Api<ProduceRequest, readonly ProduceResponse[]> = {
  key: 0,
  name: 'Produce',
  version: 7,
  flexible: false,
  throttleLast: true,
  write(writer, { transactionalId, acks, timeoutMs, topic, partition, batch }) {
    writer.string(transactionalId).int16(acks).int32(timeoutMs);
    writer.int32(1).string(topic).int32(1).int32(partition).int32(batch.length);
  },
  tailOf: ({ batch }) => batch,
  read(reader) {
    return readByTopic(reader, () => {
      reader.int32();
      const errorCode = reader.int16();
      const baseOffset = reader.int64();
      reader.int64();
      reader.int64();
      return { errorCode, baseOffset };
    });
  },
};
