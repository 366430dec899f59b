/** How a record of Kafka becomes records of the job. */
import type { Collector, DeserializationSchema, TypeInformation } from '@weir/core';
import type { RecordCursor } from '../records/record-cursor.ts';

/** A record as it lies in Kafka. Bytes are valid only until the call returns. */
export interface ConsumerRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Epoch ms, by the producer or by the broker, as the topic says. */
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  /** Null is a tombstone. */
  readonly value: Uint8Array | null;
  readonly headers: ReadonlyArray<readonly [name: string, value: Uint8Array | null]>;
}

/** Flink's KafkaRecordDeserializationSchema: sees everything, emits any number of records. */
export interface KafkaRecordDeserializationSchema<T> {
  readonly producedType: TypeInformation<T> | null;
  deserialize(record: ConsumerRecord, out: Collector<T>): void;
}

export interface RecordReading<T> {
  readonly producedType: TypeInformation<T> | null;
  /** Null when the record can be read now; else resolves when it can. Absent where that is always. */
  prepare?(cursor: RecordCursor): Promise<void> | null;
  /** Reads the record that the cursor stands on. @throws anything for one that can't be read. */
  read(cursor: RecordCursor, topic: string, partition: number, out: Collector<T>): void;
}

/** Values only; a tombstone gives no record. */
export function valueOnly<T>(schema: DeserializationSchema<T>): RecordReading<T> {
  const { producedType } = schema;
  if (schema.deserializeRange === undefined || schema.prepare !== undefined) {
    return {
      producedType,
      ...(schema.prepare === undefined
        ? {}
        : {
            prepare(cursor: RecordCursor) {
              const value = cursor.value();
              return value === null ? null : schema.prepare!(value);
            },
          }),
      read(cursor, _topic, _partition, out) {
        const value = cursor.value();
        const record = value === null ? null : schema.deserialize(value);
        if (record !== null) out.collect(record);
      },
    };
  }
  return {
    producedType,
    read(cursor, _topic, _partition, out) {
      if (cursor.valueStart < 0) return;
      const record = schema.deserializeRange!(cursor.bytes, cursor.valueStart, cursor.valueEnd);
      if (record !== null) out.collect(record);
    },
  };
}

export function wholeRecord<T>(schema: KafkaRecordDeserializationSchema<T>): RecordReading<T> {
  return {
    producedType: schema.producedType,
    read(cursor, topic, partition, out) {
      const { offset, timestampMs } = cursor;
      const [key, value, headers] = [cursor.key(), cursor.value(), cursor.headers()];
      const record = { topic, partition, offset, timestampMs, key, value, headers };
      schema.deserialize(record, out);
    },
  };
}
