/**
 * Reads a topic at a fixed pace, so that a burst lies there for a while. Arguments: the broker's
 * address and the topic.
 */
import { KafkaSource, OffsetsInitializer } from '@weir/connector-kafka';
import { StreamExecutionEnvironment, WatermarkStrategy } from '@weir/datastream';
import { SimpleStringSchema } from '@weir/formats';

const COST_MS = 0.5;
const IDLE_MS = 2000;
const env = StreamExecutionEnvironment.getExecutionEnvironment();
const [servers = '', topic = ''] = env.args;
env.setParallelism(1).enableCheckpointing(1000);
const source = KafkaSource.builder<string>()
  .setBootstrapServers(servers)
  .setTopics(topic)
  .setGroupId('kafka-lag')
  .setValueOnlyDeserializer(new SimpleStringSchema())
  .setStartingOffsets(OffsetsInitializer.earliest())
  .build();
const watermarks = WatermarkStrategy.forBoundedOutOfOrderness<string>(100).withIdleness(IDLE_MS);
env
  .fromSource(source, watermarks, 'orders')
  .rebalance()
  .map((text) => {
    const end = performance.now() + COST_MS;
    while (performance.now() < end);
    return text;
  })
  .name('slow-map')
  .filter((text) => text === '')
  .print();
await env.execute('kafka-lag');
