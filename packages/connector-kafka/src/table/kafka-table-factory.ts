/**
 * Tables that lie in Kafka: the connector `kafka` with Flink's options. Makes the same sources and
 * sinks as the builders do; options of Kafka's clients come with `properties.` before their names.
 *
 * @example
 * const { source } = tableSource(
 *   {
 *     name: 'clicks',
 *     columns: [{ name: 'page', type: types.string() }, { name: 'user', type: types.string() }],
 *     options: {
 *       connector: 'kafka', topic: 'clicks', format: 'json',
 *       'properties.bootstrap.servers': 'localhost:9092', 'scan.startup.mode': 'earliest-offset',
 *     },
 *   },
 *   { connectors: [kafkaTableFactory], formats: [jsonTableFormat, rawTableFormat] },
 * );
 */
import { type CheckedTable, isWeirError, type TableFactory, type TableRow } from '@weir/core';
import { KafkaSink } from '../sink/kafka-sink.ts';
import type { KafkaPartitioner } from '../sink/partitioner.ts';
import { KafkaRecordSerializationSchema } from '../sink/serializers.ts';
import { DeliveryGuarantee } from '../sink/sink-settings.ts';
import { KafkaSource } from '../source/kafka-source.ts';
import { startingOffsets, stoppingOffsets } from './table-offsets.ts';
import {
  DISCOVERY_INTERVAL,
  FORMAT,
  KEY_FORMAT,
  OPTIONAL,
  PROPERTIES,
  SCAN_PARALLELISM,
  SERVERS,
  SINK_GUARANTEE,
  SINK_PARALLELISM,
  SINK_PARTITIONER,
  SINK_PREFIX,
  TOPIC,
  TOPIC_PATTERN,
  VALUE_FORMAT,
} from './table-options.ts';
import { listOf, recordParts, rowsOfRecords, serializerOf } from './table-records.ts';

export const kafkaTableFactory: TableFactory = {
  identifier: 'kafka',
  requiredOptions: [SERVERS],
  optionalOptions: OPTIONAL,
  formatOptions: [FORMAT, VALUE_FORMAT, KEY_FORMAT],
  optionPrefixes: [PROPERTIES],
  createSource(table) {
    const source = built(table, () => sourceOf(table));
    return { source, parallelism: table.options.get(SCAN_PARALLELISM) || null };
  },
  createSink(table) {
    const sink = built(table, () => sinkOf(table));
    return { sink, parallelism: table.options.get(SINK_PARALLELISM) || null };
  },
};

function sourceOf(table: CheckedTable): KafkaSource<TableRow> {
  const { options } = table;
  const topics = listOf(options.get(TOPIC));
  const pattern = options.get(TOPIC_PATTERN);
  if ((topics.length === 0) === (pattern === '')) {
    throw table.invalid("set one of 'topic' and 'topic-pattern'");
  }
  const { key, value } = recordParts(table);
  const builder = KafkaSource.builder<TableRow>()
    .setProperties(table.family(PROPERTIES))
    .setProperty('partition.discovery.interval.ms', String(options.get(DISCOVERY_INTERVAL)))
    .setStartingOffsets(startingOffsets(table, topics));
  if (pattern === '') builder.setTopics(...topics);
  else builder.setTopicPattern(patternOf(table, pattern));
  if (key === null) builder.setValueOnlyDeserializer(value.format.deserializer(value.columns));
  else builder.setDeserializer(rowsOfRecords(table, key, value));
  const end = stoppingOffsets(table, topics);
  if (end !== null) builder.setBounded(end);
  return builder.build();
}

function sinkOf(table: CheckedTable): KafkaSink<TableRow> {
  const { options } = table;
  const [topic, ...more] = listOf(options.get(TOPIC));
  if (topic === undefined || more.length > 0) {
    throw table.invalid("set 'topic' to the one topic that is written to");
  }
  const { key, value } = recordParts(table);
  const guarantee = options.get(SINK_GUARANTEE);
  const prefix = options.get(SINK_PREFIX);
  if (guarantee === DeliveryGuarantee.EXACTLY_ONCE && prefix === '') {
    throw table.invalid(
      `'${SINK_GUARANTEE.key}' = '${guarantee}' needs '${SINK_PREFIX.key}', unique to this table`,
    );
  }
  const records = KafkaRecordSerializationSchema.builder<TableRow>()
    .setTopic(topic)
    .setValueSerializationSchema(serializerOf(value));
  if (key !== null) records.setKeySerializationSchema(serializerOf(key));
  const partitioner = options.get(SINK_PARTITIONER);
  if (partitioner === 'round-robin' && key !== null) {
    throw table.invalid(
      `'${SINK_PARTITIONER.key}' = 'round-robin' is for records without a key; leave out ` +
        "'key.fields', or use 'default'",
    );
  }
  if (partitioner === 'fixed') records.setPartitioner(new FixedPartitioner());
  const builder = KafkaSink.builder<TableRow>()
    .setKafkaProducerConfig(table.family(PROPERTIES))
    .setDeliveryGuarantee(guarantee)
    .setRecordSerializer(records.build());
  if (prefix !== '') builder.setTransactionalIdPrefix(prefix);
  return builder.build();
}

/** Every subtask writes into one partition; several share one where there are fewer. */
class FixedPartitioner implements KafkaPartitioner<TableRow> {
  #subtask = 0;

  open(subtaskIndex: number): void {
    this.#subtask = subtaskIndex;
  }

  partition(_row: TableRow, _key: unknown, _topic: string, partitions: number): number {
    return this.#subtask % partitions;
  }
}

function patternOf(table: CheckedTable, text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw table.invalid(`'${TOPIC_PATTERN.key}' can't be read: ${(error as Error).message}`);
  }
}

/** What builders refuse, said of the table. */
function built<T>(table: CheckedTable, build: () => T): T {
  try {
    return build();
  } catch (error) {
    const prefix = `table ${table.name}: `;
    if (!isWeirError(error) || error.message.startsWith(prefix)) throw error;
    throw table.invalid(error.message);
  }
}
