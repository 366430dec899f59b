/** Orders into a topic, exactly once; measured until everything has arrived. */
import {
  DeliveryGuarantee,
  type KafkaCommittable,
  KafkaRecordSerializationSchema,
  KafkaSink,
} from '@weir/connector-kafka';
import type { Sink, SinkContext, SinkWriter } from '@weir/core';
import { StreamExecutionEnvironment, WatermarkStrategy } from '@weir/datastream';
import { JsonSerializationSchema } from '@weir/formats';
import { rawValues, topicOf } from '../workload/kafka-topics.ts';
import { report, Stopwatch } from '../workload/measurement.ts';
import { OrderSource } from '../workload/order-source.ts';
import type { Order } from '../workload/orders.ts';
import { parametersOf } from '../workload/parameters.ts';

const env = StreamExecutionEnvironment.getExecutionEnvironment();
const { file, records, keys, servers, format, topic: round } = parametersOf(env.args);
const values = rawValues();
const topic = topicOf('weir', round);
const json = new JsonSerializationSchema<Order>();
const kafka = KafkaSink.builder<Order>()
  .setBootstrapServers(servers)
  .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
  .setTransactionalIdPrefix(topic)
  .setRecordSerializer(
    KafkaRecordSerializationSchema.builder<Order>()
      .setTopic(topic)
      .setValueSerializationSchema(
        format === 'json' ? json : { serialize: ({ id }) => values[id % values.length]! },
      )
      .build(),
  )
  .build();

/** The same sink with a watch, which stops when the last record was answered. */
const timed: Sink<Order, KafkaCommittable> = {
  committableType: kafka.committableType,
  createCommitter: (context: SinkContext) => kafka.createCommitter!(context),
  async createWriter(context: SinkContext): Promise<SinkWriter<Order, KafkaCommittable>> {
    const writer = await kafka.createWriter(context);
    const warmUp = Math.floor(records / 5);
    const watch = new Stopwatch(warmUp, records);
    let written = 0;
    return {
      write(order, timestampMs) {
        const taken = writer.write(order, timestampMs);
        // The last one counts when it has arrived.
        if (taken && ++written < records) watch.add(1);
        return taken;
      },
      async flush(endOfInput) {
        await writer.flush(endOfInput);
        if (!endOfInput) return;
        watch.add(1);
        report(file, watch.result);
      },
      prepareCommit: (checkpointId) => writer.prepareCommit(checkpointId),
      close: () => writer.close(),
    };
  },
};

env
  .enableCheckpointing(1000)
  .fromSource(
    new OrderSource({ records, keys, recordsPerSecond: 1000, pace: null }),
    WatermarkStrategy.noWatermarks<Order>(),
    'orders',
  )
  .sinkTo(timed);
await env.execute('kafka write');
