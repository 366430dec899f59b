/** How a record of the job becomes a record of Kafka. Flink's KafkaRecordSerializationSchema. */
import { type SerializationSchema, WeirError } from '@weir/core';
import type { RecordBytes, RecordHeader } from '../records/record-batch-encoder.ts';
import type { KafkaPartitioner } from './partitioner.ts';

export interface ProducerRecord {
  readonly topic: string;
  /** Null = by key; without a key the sink goes round the partitions, a batch each. */
  readonly partition: number | null;
  readonly key: RecordBytes;
  readonly value: RecordBytes;
  readonly headers: readonly RecordHeader[];
  /** Epoch ms; null = the record's own time, or now. */
  readonly timestampMs: number | null;
}

export interface SerializationContext {
  /** Epoch ms of the record in the job; null if it has none. */
  readonly timestampMs: number | null;
  /** How many partitions a topic has; null while that is being asked for. */
  partitionsOf(topic: string): number | null;
}

export interface KafkaRecordSerializationSchema<T> {
  /** Before the first record, with the subtask that it works for. */
  open?(subtaskIndex: number, parallelism: number): Promise<void>;
  /**
   * Null = this record is not written. What is answered is read before the next call.
   * Called again with the same record when `partitionsOf` answered null.
   */
  serialize(record: T, context: SerializationContext): ProducerRecord | null;
}

export const KafkaRecordSerializationSchema = {
  /**
   * @example
   * KafkaRecordSerializationSchema.builder<Alert>()
   *   .setTopic('alerts')
   *   .setKeySerializationSchema({ serialize: (alert) => alert.account })
   *   .setValueSerializationSchema(new JsonSerializationSchema())
   *   .build()
   */
  builder<T>(): KafkaRecordSerializationSchemaBuilder<T> {
    return new KafkaRecordSerializationSchemaBuilder<T>();
  },
};

const NO_HEADERS: readonly RecordHeader[] = [];

export class KafkaRecordSerializationSchemaBuilder<T> {
  #topicOf: ((record: T) => string) | null = null;
  #key: SerializationSchema<T> | null = null;
  #value: SerializationSchema<T> | null = null;
  #partitioner: KafkaPartitioner<T> | null = null;
  #headers: ((record: T) => readonly RecordHeader[]) | null = null;

  setTopic(topic: string): this {
    this.#topicOf = () => topic;
    return this;
  }

  setTopicSelector(topicOf: (record: T) => string): this {
    this.#topicOf = topicOf;
    return this;
  }

  setKeySerializationSchema(schema: SerializationSchema<T>): this {
    this.#key = schema;
    return this;
  }

  setValueSerializationSchema(schema: SerializationSchema<T>): this {
    this.#value = schema;
    return this;
  }

  setPartitioner(partitioner: KafkaPartitioner<T>): this {
    this.#partitioner = partitioner;
    return this;
  }

  setHeaderProvider(headers: (record: T) => readonly RecordHeader[]): this {
    this.#headers = headers;
    return this;
  }

  /** @throws WeirError ARGUMENT_INVALID when the topic or the value's schema is missing. */
  build(): KafkaRecordSerializationSchema<T> {
    const topicOf = this.#topicOf;
    const value = this.#value;
    if (topicOf === null || value === null) {
      const text = `a record serializer needs ${topicOf === null ? 'setTopic("…")' : 'setValueSerializationSchema(…)'}`;
      throw new WeirError('ARGUMENT_INVALID', text);
    }
    const key = this.#key;
    const partitioner = this.#partitioner;
    const headersOf = this.#headers;
    return {
      async open(subtaskIndex, parallelism) {
        partitioner?.open?.(subtaskIndex, parallelism);
        await key?.open?.();
        await value.open?.();
      },
      serialize(record, context) {
        const topic = topicOf(record);
        const keyBytes = key === null ? null : key.serialize(record);
        let partition: number | null = null;
        if (partitioner !== null) {
          const partitions = context.partitionsOf(topic);
          if (partitions !== null) {
            partition = partitioner.partition(record, keyBytes, topic, partitions);
          }
        }
        const headers = headersOf === null ? NO_HEADERS : headersOf(record);
        const bytes = value.serialize(record);
        return { topic, partition, key: keyBytes, value: bytes, headers, timestampMs: null };
      },
    };
  }
}
