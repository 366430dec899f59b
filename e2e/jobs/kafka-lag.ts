/**
 * Reads a topic and asks a service about each record: `CALLS` at a time, each answered after
 * `CALL_MS`: long enough that a busy machine hardly matters. What more comes stays in the topic.
 * Arguments: the broker's address and the topic.
 */
import { KafkaSource, OffsetsInitializer } from '@weir/connector-kafka';
import { StreamExecutionEnvironment, WatermarkStrategy } from '@weir/datastream';
import { SimpleStringSchema } from '@weir/formats';

const CALLS = 400;
const CALL_MS = 500;
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
  .asyncMap((text: string) => new Promise<string>((done) => setTimeout(done, CALL_MS, text)), {
    capacity: CALLS,
    callSite: 'prices (slow-service)',
  })
  .name('price')
  .filter((text) => text === '')
  .print();
await env.execute('kafka-lag');
