/**
 * Apache Kafka as a source.
 *
 * Folders, in the order in which bytes flow through them: `config` (Kafka's properties as people
 * have them), `client` (connections by kafkajs, calls with retries), `protocol` (requests and
 * answers, one pinned version each), `records` (record batches: encoder, checks, read_committed,
 * compression), `source`.
 *
 * The data path is Weir's own; kafkajs carries it (docs/adr/kafka-transport.md). Tests against real
 * brokers are in `real-broker`.
 */
export type { TopicPartition } from './protocol/api.ts';
export type { ConsumerRecord, KafkaRecordDeserializationSchema } from './source/deserializers.ts';
export { KafkaSource } from './source/kafka-source.ts';
export type { KafkaSourceBuilder } from './source/kafka-source-builder.ts';
export type { KafkaSplit } from './source/kafka-split.ts';
export { type OffsetResetStrategy, OffsetsInitializer } from './source/offsets-initializer.ts';
