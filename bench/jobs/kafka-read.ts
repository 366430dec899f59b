/** A topic's committed records, raw or as objects. */
import { KafkaSource, OffsetsInitializer } from '@weir/connector-kafka';
import type { DeserializationSchema } from '@weir/core';
import { StreamExecutionEnvironment, WatermarkStrategy } from '@weir/datastream';
import { ByteArraySchema, JsonDeserializationSchema } from '@weir/formats';
import { topicOf } from '../workload/kafka-topics.ts';
import { throughputSink } from '../workload/measuring-sink.ts';
import { parametersOf } from '../workload/parameters.ts';

const env = StreamExecutionEnvironment.getExecutionEnvironment();
const { file, records, servers, format, topic: round } = parametersOf(env.args);
const schema: DeserializationSchema<unknown> =
  format === 'json' ? new JsonDeserializationSchema<unknown>() : new ByteArraySchema();
const source = KafkaSource.builder<unknown>()
  .setBootstrapServers(servers)
  .setTopics(topicOf('weir', round))
  .setBounded(OffsetsInitializer.latest())
  .setProperty('isolation.level', 'read_committed')
  .setValueOnlyDeserializer(schema)
  .build();
env
  .enableCheckpointing(1000)
  .fromSource(source, WatermarkStrategy.noWatermarks(), 'orders')
  .sinkTo(throughputSink(file, records));
await env.execute('kafka read');
