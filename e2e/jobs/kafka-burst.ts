/**
 * Writes to a topic at a steady rate for as long as it runs, all of one key, so that it lies in one
 * partition. Arguments: the broker's address, the topic, and records per second.
 */
import {
  DeliveryGuarantee,
  KafkaRecordSerializationSchema,
  KafkaSink,
} from '@weir/connector-kafka';
import { StreamExecutionEnvironment, WatermarkStrategy } from '@weir/datastream';
import { SimpleStringSchema } from '@weir/formats';
import { type Item, Supply } from '../verdict-cases/supply.ts';

const env = StreamExecutionEnvironment.getExecutionEnvironment();
const [servers = '', topic = '', perSecond = '1000'] = env.args;
const perMs = Number(perSecond) / 1000;
const text = new SimpleStringSchema();
const orders = new Supply(1, {
  tellsBacklog: false,
  due: (elapsedMs) => elapsedMs * perMs,
  readRate: () => null,
  keyOf: () => 0,
});
const sink = KafkaSink.builder<Item>()
  .setBootstrapServers(servers)
  .setRecordSerializer(
    KafkaRecordSerializationSchema.builder<Item>()
      .setTopic(topic)
      .setKeySerializationSchema({ serialize: ({ key }) => text.serialize(`customer ${key}`) })
      .setValueSerializationSchema({ serialize: ({ n }) => text.serialize(`order ${n}`) })
      .build(),
  )
  .setDeliveryGuarantee(DeliveryGuarantee.NONE)
  .build();
env.setParallelism(1);
env.fromSource(orders, WatermarkStrategy.noWatermarks(), 'burst').sinkTo(sink);
await env.execute('kafka-burst');
