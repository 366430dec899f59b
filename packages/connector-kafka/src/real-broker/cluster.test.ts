/** Three brokers, of which one after the other goes away: leaders and coordinators move. */
import { type KafkaCluster, kafkaProblem, startKafka } from '@weir/dev-services';
import { SimpleStringSchema } from '@weir/formats';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RunningSource } from '../fakes/drained-source.ts';
import { createTopic } from '../fakes/raw-producer.ts';
import { RunningSink } from '../fakes/running-sink.ts';
import {
  DeliveryGuarantee,
  KafkaRecordSerializationSchema,
  KafkaSink,
  KafkaSource,
} from '../index.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const missing = await kafkaProblem();
if (missing !== null) console.warn(`skipped, nothing to run a broker with: ${missing}`);

describe.skipIf(missing !== null)('three brokers', () => {
  let kafka: KafkaCluster;

  beforeAll(async () => {
    kafka = await startKafka({ brokers: 3, heapMb: 256 });
  });
  afterAll(() => kafka?.stop());

  it('may go away in turn while a sink writes and a source reads, exactly once', async () => {
    const topic = 'moving';
    await createTopic(kafka.bootstrapServers, topic, 6);
    const source = KafkaSource.builder<string>()
      .setBootstrapServers(kafka.bootstrapServers)
      .setTopics(topic)
      .setProperty('isolation.level', 'read_committed')
      .setValueOnlyDeserializer(new SimpleStringSchema())
      .build();
    const sink = KafkaSink.builder<string>()
      .setBootstrapServers(kafka.bootstrapServers)
      .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
      .setTransactionalIdPrefix(topic)
      .setProperty('batch.size', '2000')
      .setRecordSerializer(
        KafkaRecordSerializationSchema.builder<string>()
          .setTopic(topic)
          .setValueSerializationSchema(new SimpleStringSchema())
          .build(),
      )
      .build();
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const values = Array.from({ length: 4000 }, (_, i) => `${i}`);
    const reader = await RunningSource.start(source);
    const reading = reader.until(() => reader.output.records.length >= values.length);
    const writer = await RunningSink.start(sink);
    for (const id of [1, 2]) {
      const part = values.slice((id - 1) * 2000, id * 2000);
      await writer.write(part.slice(0, 1000));
      const gone = id === 2 ? kafka.killBroker(id) : kafka.stopBroker(id);
      await writer.write(part.slice(1000));
      const prepared = await writer.prepare(id);
      await gone;
      await writer.commit(prepared);
      await kafka.startBroker(id);
    }
    await reading;
    warn.mockRestore();
    expect(reader.output.records.map(Number).sort((a, b) => a - b)).toEqual(values.map(Number));
    await writer.close();
    await reader.close();
  });
});
