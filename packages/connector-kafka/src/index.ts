/**
 * Apache Kafka as a source and as a sink, exactly once.
 *
 * Folders, in the order in which bytes flow through them: `config` (Kafka's properties as people
 * have them), `client` (connections by kafkajs, calls with retries), `protocol` (requests and
 * answers, one pinned version each), `records` (record batches: encoder, checks, read_committed,
 * compression), `source`, `sink`, `table`
 * (both as a table's options describe them).
 *
 * The data path is Weir's own; kafkajs carries it (docs/adr/kafka-transport.md). A source's splits
 * are partitions, their positions are in checkpoints; a sink's transactions are two-phase commits
 * (docs/adr/kafka-transactions.md). Tests against real brokers are in `real-broker`.
 */
export type { TopicPartition } from './protocol/api.ts';
export type { RecordBytes, RecordHeader } from './records/record-batch-encoder.ts';
export type { KafkaCommittable } from './sink/kafka-committable.ts';
export { KafkaSink } from './sink/kafka-sink.ts';
export type { KafkaSinkBuilder } from './sink/kafka-sink-builder.ts';
export { type KafkaPartitioner, partitionOfKey } from './sink/partitioner.ts';
export {
  KafkaRecordSerializationSchema,
  type ProducerRecord,
  type SerializationContext,
} from './sink/serializers.ts';
export { DeliveryGuarantee } from './sink/sink-settings.ts';
export type { ConsumerRecord, KafkaRecordDeserializationSchema } from './source/deserializers.ts';
export { KafkaSource } from './source/kafka-source.ts';
export type { InvalidRecords, KafkaSourceBuilder } from './source/kafka-source-builder.ts';
export type { KafkaSplit } from './source/kafka-split.ts';
export { type OffsetResetStrategy, OffsetsInitializer } from './source/offsets-initializer.ts';
export {
  deadLetterSerializer,
  REFUSED_RECORD,
  type RefusedRecord,
} from './source/refused-record.ts';
export { kafkaTableFactory } from './table/kafka-table-factory.ts';
