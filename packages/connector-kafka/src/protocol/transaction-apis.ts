/** The requests of a transactional or idempotent producer (KIP-98), in their old protocol. */
import {
  type Api,
  type PartitionCode,
  readPartitionCodes,
  type TopicPartition,
  writeByTopic,
} from './api.ts';

/** Who a producer is to the broker. */
export interface ProducerIdentity {
  readonly producerId: bigint;
  readonly epoch: number;
}

/** A producer in a transaction. */
export interface TransactionIdentity extends ProducerIdentity {
  readonly transactionalId: string;
}

export interface InitProducerIdRequest {
  /** Null for an idempotent producer without transactions. */
  readonly transactionalId: string | null;
  readonly timeoutMs: number;
}

export interface InitProducerIdResponse extends ProducerIdentity {
  readonly errorCode: number;
}

export const INIT_PRODUCER_ID: Api<InitProducerIdRequest, InitProducerIdResponse> = {
  key: 22,
  name: 'InitProducerId',
  version: 1,
  flexible: false,
  write(writer, { transactionalId, timeoutMs }) {
    writer.string(transactionalId).int32(timeoutMs);
  },
  read(reader) {
    const errorCode = reader.int16();
    return { errorCode, producerId: reader.bigint64(), epoch: reader.int16() };
  },
};

export interface AddPartitionsRequest extends TransactionIdentity {
  readonly partitions: readonly TopicPartition[];
}

export const ADD_PARTITIONS_TO_TXN: Api<AddPartitionsRequest, readonly PartitionCode[]> = {
  key: 24,
  name: 'AddPartitionsToTxn',
  version: 1,
  flexible: false,
  write(writer, { transactionalId, producerId, epoch, partitions }) {
    writer.string(transactionalId).int64(producerId).int16(epoch);
    writeByTopic(writer, partitions, ({ partition }) => {
      writer.int32(partition);
    });
  },
  read(reader) {
    return readPartitionCodes(reader);
  },
};

export interface AddOffsetsRequest extends TransactionIdentity {
  readonly groupId: string;
}

export interface Outcome {
  readonly errorCode: number;
}

export const ADD_OFFSETS_TO_TXN: Api<AddOffsetsRequest, Outcome> = {
  key: 25,
  name: 'AddOffsetsToTxn',
  version: 1,
  flexible: false,
  write(writer, { transactionalId, producerId, epoch, groupId }) {
    writer.string(transactionalId).int64(producerId).int16(epoch).string(groupId);
  },
  read(reader) {
    return { errorCode: reader.int16() };
  },
};

export interface EndTxnRequest extends TransactionIdentity {
  readonly commit: boolean;
}

export const END_TXN: Api<EndTxnRequest, Outcome> = {
  key: 26,
  name: 'EndTxn',
  version: 1,
  flexible: false,
  write(writer, { transactionalId, producerId, epoch, commit }) {
    writer.string(transactionalId).int64(producerId).int16(epoch);
    writer.int8(commit ? 1 : 0);
  },
  read(reader) {
    return { errorCode: reader.int16() };
  },
};

export interface TxnOffsetCommitRequest extends TransactionIdentity, TopicPartition {
  readonly groupId: string;
  readonly offset: number;
  readonly metadata: string;
}

export const TXN_OFFSET_COMMIT: Api<TxnOffsetCommitRequest, readonly PartitionCode[]> = {
  key: 28,
  name: 'TxnOffsetCommit',
  version: 2,
  flexible: false,
  write(writer, request) {
    const { transactionalId, groupId, producerId, epoch, offset, metadata } = request;
    writer.string(transactionalId).string(groupId).int64(producerId).int16(epoch);
    writeByTopic(writer, [request], ({ partition }) => {
      writer.int32(partition).int64(offset).int32(-1).string(metadata);
    });
  },
  read(reader) {
    return readPartitionCodes(reader);
  },
};

export interface OpenTransaction {
  readonly transactionalId: string;
  readonly producerId: bigint;
  readonly state: string;
}

export interface ListTransactionsResponse {
  readonly errorCode: number;
  readonly transactions: readonly OpenTransaction[];
}

/** Transactions in one of the given states that the asked broker coordinates (KIP-664). */
export const LIST_TRANSACTIONS: Api<readonly string[], ListTransactionsResponse> = {
  key: 66,
  name: 'ListTransactions',
  version: 0,
  flexible: true,
  write(writer, states) {
    writer.compactArray(states, (state) => writer.compactString(state)).compactArray([], () => {});
  },
  read(reader) {
    const errorCode = reader.int16();
    reader.compactArray(() => reader.compactString());
    const transactions = reader.compactArray(() => {
      const transactionalId = reader.compactString();
      const producerId = reader.bigint64();
      const state = reader.compactString();
      reader.skipTags();
      return { transactionalId, producerId, state };
    });
    return { errorCode, transactions };
  },
};

export interface TransactionDescription {
  readonly errorCode: number;
  /** `Ongoing`, `CompleteCommit`, `CompleteAbort` … */
  readonly state: string;
  readonly producerId: bigint;
  readonly epoch: number;
}

export const DESCRIBE_TRANSACTIONS: Api<string, readonly TransactionDescription[]> = {
  key: 65,
  name: 'DescribeTransactions',
  version: 0,
  flexible: true,
  write(writer, transactionalId) {
    writer.compactArray([transactionalId], (id) => writer.compactString(id));
  },
  read(reader) {
    return reader.compactArray(() => {
      const errorCode = reader.int16();
      reader.compactString();
      const state = reader.compactString();
      reader.int32();
      reader.int64();
      const producerId = reader.bigint64();
      const epoch = reader.int16();
      reader.compactArray(() => {
        reader.compactString();
        reader.compactArray(() => reader.int32());
        reader.skipTags();
      });
      reader.skipTags();
      return { errorCode, state, producerId, epoch };
    });
  },
};
