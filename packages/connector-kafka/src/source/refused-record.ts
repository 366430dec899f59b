/**
 * A record that its deserializer refused, whole and with the reason: for a side output of the
 * source, and from there to a dead-letter topic.
 */
import { type TypeInformation, types } from '@weir/core';
import type { RecordCursor } from '../records/record-cursor.ts';
import type { KafkaRecordSerializationSchema } from '../sink/serializers.ts';

export interface RefusedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Epoch ms. */
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: ReadonlyArray<{ readonly name: string; readonly value: Uint8Array | null }>;
  readonly reason: string;
}

export const REFUSED_RECORD: TypeInformation<RefusedRecord> = types.object({
  topic: types.string(),
  partition: types.i32(),
  offset: types.i64(),
  timestampMs: types.i64(),
  key: types.nullable(types.bytes()),
  value: types.nullable(types.bytes()),
  headers: types.array(
    types.object({ name: types.string(), value: types.nullable(types.bytes()) }),
  ),
  reason: types.string(),
});

const REASON_LENGTH_MAX = 1000;

/** Copies what the cursor stands on: its bytes are used again. */
export function refusedRecord(
  cursor: RecordCursor,
  topic: string,
  partition: number,
  cause: unknown,
): RefusedRecord {
  const { offset, timestampMs } = cursor;
  const why = cause instanceof Error ? cause.message : String(cause);
  const headers = cursor.headers().map(([name, value]) => ({ name, value: copied(value) }));
  const [key, value] = [copied(cursor.key()), copied(cursor.value())];
  const reason = why.slice(0, REASON_LENGTH_MAX);
  return { topic, partition, offset, timestampMs, key, value, headers, reason };
}

/**
 * Writes refused records to a topic as they were, with where they stood and why they were refused
 * in the headers `weir.refused.topic`, `.partition`, `.offset` and `.reason`.
 * @example
 * const refused = new OutputTag<RefusedRecord>('refused');
 * const clicks = env.fromSource(source.setInvalidRecords(refused).build(), …);
 * clicks.getSideOutput(refused).sinkTo(
 *   KafkaSink.builder<RefusedRecord>().setRecordSerializer(deadLetterSerializer('dead')) …,
 * );
 */
export function deadLetterSerializer(topic: string): KafkaRecordSerializationSchema<RefusedRecord> {
  return {
    serialize(record) {
      const place = { topic: record.topic, partition: record.partition, offset: record.offset };
      const added = Object.entries({ ...place, reason: record.reason });
      return {
        topic,
        partition: null,
        key: record.key,
        value: record.value,
        headers: [
          ...record.headers.map(({ name, value }) => [name, value] as const),
          ...added.map(([name, value]) => [`weir.refused.${name}`, String(value)] as const),
        ],
        timestampMs: record.timestampMs < 0 ? null : record.timestampMs,
      };
    },
  };
}

function copied(bytes: Buffer | null): Uint8Array | null {
  return bytes === null ? null : new Uint8Array(bytes);
}
