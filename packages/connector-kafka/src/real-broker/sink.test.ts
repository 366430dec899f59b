/** The sink against a real broker with the older protocol of transactions, and Kafka's own reader. */
import { type TableDefinition, type TableRow, tableSink, tableSource, types } from '@weir/core';
import { type KafkaCluster, kafkaProblem, startKafka } from '@weir/dev-services';
import { jsonTableFormat, rawTableFormat } from '@weir/formats';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { KafkajsTransport } from '../client/kafkajs-transport.ts';
import { ConnectorContext } from '../fakes/connector-context.ts';
import { drained } from '../fakes/drained-source.ts';
import { createTopic } from '../fakes/raw-producer.ts';
import { CHECKPOINTS, RunningSink } from '../fakes/running-sink.ts';
import { ThrottleWatch } from '../fakes/throttle-watch.ts';
import {
  type ConsumerRecord,
  DeliveryGuarantee,
  type KafkaCommittable,
  KafkaRecordSerializationSchema,
  KafkaSink,
  KafkaSource,
  kafkaTableFactory,
  OffsetsInitializer,
} from '../index.ts';
import { PRODUCE } from '../protocol/produce-api.ts';
import { END_TXN } from '../protocol/transaction-apis.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

/** A commit is answered before its records can be seen; how long that may take at most. */
const WAIT_MS = 30_000;

const missing = await kafkaProblem();
if (missing !== null) console.warn(`skipped, nothing to run a broker with: ${missing}`);

describe.skipIf(missing !== null)('Kafka sink', () => {
  let kafka: KafkaCluster;
  let topics = 0;
  /** The version of every request that was sent, by key. */
  const versions = new Map<number, number[]>();
  const { send } = KafkajsTransport.prototype;

  beforeAll(async () => {
    KafkajsTransport.prototype.send = function (nodeId, api, request, timeoutMs) {
      versions.set(api.key, [...(versions.get(api.key) ?? []), api.version]);
      return send.call(this, nodeId, api, request, timeoutMs) as never;
    };
    kafka = await startKafka({
      transactionVersion: 0,
      properties: { 'quota.window.num': '2' },
    });
  });
  afterAll(async () => {
    KafkajsTransport.prototype.send = send;
    await kafka?.stop();
  });

  async function topic(partitions = 1): Promise<string> {
    const name = `out-${topics++}`;
    await createTopic(kafka.bootstrapServers, name, partitions);
    return name;
  }

  function sinkOf(name: string, guarantee: DeliveryGuarantee, more: Record<string, string> = {}) {
    return KafkaSink.builder<string>()
      .setBootstrapServers(kafka.bootstrapServers)
      .setDeliveryGuarantee(guarantee)
      .setTransactionalIdPrefix(name)
      .setKafkaProducerConfig(more)
      .setRecordSerializer(
        KafkaRecordSerializationSchema.builder<string>()
          .setTopic(name)
          .setKeySerializationSchema({ serialize: (text) => text.slice(0, 1) })
          .setValueSerializationSchema({ serialize: (text) => text })
          .setHeaderProvider((text) => [['length', String(text.length)]])
          .build(),
      );
  }
  const exactlyOnce = (name: string, more?: Record<string, string>) =>
    sinkOf(name, DeliveryGuarantee.EXACTLY_ONCE, more);

  /** What a reader of committed records sees, each as `key=value`. */
  async function visible(name: string): Promise<string[]> {
    const text = (bytes: Uint8Array | null) => Buffer.from(bytes ?? []).toString();
    const source = KafkaSource.builder<string>()
      .setBootstrapServers(kafka.bootstrapServers)
      .setTopics(name)
      .setBounded(OffsetsInitializer.latest())
      .setProperty('isolation.level', 'read_committed')
      .setDeserializer({
        producedType: null,
        deserialize({ key, value, headers, timestampMs }: ConsumerRecord, out) {
          expect(text(headers[0]![1])).toBe(String(value!.length));
          expect(timestampMs).toBe(1000);
          out.collect(`${text(key)}=${text(value)}`);
        },
      });
    return (await drained(source.build())).records.sort();
  }

  const numbered = (count: number, prefix = '') =>
    Array.from({ length: count }, (_, i) => `${prefix}${String(i).padStart(6, '0')}`);
  const seen = (values: readonly string[]) => values.map((one) => `${one[0]}=${one}`).sort();

  it.each([DeliveryGuarantee.NONE, DeliveryGuarantee.AT_LEAST_ONCE])(
    'writes every record where nothing fails: %s',
    async (guarantee) => {
      const name = await topic(4);
      const more = { 'compression.type': 'lz4', 'buffer.memory': '65536', 'batch.size': '4096' };
      const sink = await RunningSink.start(sinkOf(name, guarantee, more).build());
      const values = numbered(20_000).map((value) => `${value.at(-1)}-${value}`);
      await sink.write(values);
      await sink.prepare(1);
      await vi.waitFor(async () => expect(await visible(name)).toEqual(seen(values)), WAIT_MS);
      expect(sink.context.metricGroup.counters.get('numRecordsSend')).toBe(20_000);
      await sink.close();
    },
  );

  it('shows a checkpoint’s records when it is committed, and once if that is repeated', async () => {
    const name = await topic(3);
    const sink = await RunningSink.start(exactlyOnce(name).build());
    const first = numbered(1000, 'a');
    await sink.write(first);
    const prepared = await sink.prepare(1);
    expect(prepared).toHaveLength(1);
    await sink.write(numbered(1000, 'b'));
    expect(await visible(name)).toEqual([]);
    await sink.commit(prepared);
    await vi.waitFor(async () => expect(await visible(name)).toEqual(seen(first)), WAIT_MS);
    await sink.commit(prepared);
    await sink.checkpoint(2);
    // Nothing written, nothing to commit.
    expect(await sink.prepare(3)).toEqual([]);
    const all = seen([...first, ...numbered(1000, 'b')]);
    await vi.waitFor(async () => expect(await visible(name)).toEqual(all), WAIT_MS);
    // What is open when the job ends is not left to its timeout.
    await sink.write(numbered(5, 'c'));
    await sink.close();
    expect(await visible(name)).toEqual(all);
  });

  it('goes on after a crash at any point with what the checkpoint has', async () => {
    const name = await topic(2);
    const lost = await RunningSink.start(exactlyOnce(name).build());
    await lost.write(numbered(10, 'a'));
    const committed = await lost.prepare(1);
    await lost.commit(committed);
    await lost.write(numbered(10, 'b'));
    const durable = await lost.prepare(2);
    await lost.write(numbered(10, 'c'));
    await lost.prepare(3);
    await lost.write(numbered(10, 'd'));
    // Flushed, so that it is open; then this attempt is never heard of again.
    await lost.prepare(4);
    await lost.write(numbered(10, 'e'));

    // Restored from checkpoint 2, which still names the transaction of 1.
    const restored = [...committed, ...durable];
    const sink = await RunningSink.start(exactlyOnce(name).build(), restored);
    const all = [...numbered(10, 'a'), ...numbered(10, 'b')];
    await vi.waitFor(async () => expect(await visible(name)).toEqual(seen(all)), WAIT_MS);
    for (const id of [3, 4, 5, 6, 7]) {
      const values = numbered(10, 'wxyzu'[id - 3]);
      await sink.write(values);
      await sink.checkpoint(id);
      all.push(...values);
    }
    await vi.waitFor(async () => expect(await visible(name)).toEqual(seen(all)), WAIT_MS);

    // A savepoint of long ago: its slots have been used again, and the proof says that it is there.
    await sink.commit(committed);
    await sink.close();
    await lost.close();
  });

  it('leaves the transactions alone that other subtasks are about to commit', async () => {
    const name = await topic();
    const context = (subtaskIndex: number, parallelism: number, restored: number | null) =>
      new ConnectorContext({
        subtaskIndex,
        parallelism,
        restoredCheckpointId: restored,
        configuration: CHECKPOINTS,
      });
    const writers = await Promise.all(
      [0, 1, 2].map((i) => RunningSink.start(exactlyOnce(name).build(), [], context(i, 3, null))),
    );
    const durable: KafkaCommittable[] = [];
    for (const [i, writer] of writers.entries()) {
      await writer.write([`${i}-kept`]);
      durable.push(...(await writer.prepare(1)));
      await writer.write([`${i}-lost`]);
      await writer.prepare(2);
    }
    // With two subtasks now: the first cleans up before the second has committed anything.
    const sinks = [0, 1].map(() => exactlyOnce(name).build());
    const contexts = [context(0, 2, 1), context(1, 2, 1)];
    const committers = await Promise.all(sinks.map((s, i) => s.createCommitter!(contexts[i]!)));
    const share = (i: number) => durable.filter((_, at) => at % 2 === i);
    await committers[0]!.commit(share(0));
    await committers[0]!.discardUncommitted!(durable);
    await committers[1]!.commit(share(1));
    await committers[1]!.discardUncommitted!(durable);
    const kept = seen(['0-kept', '1-kept', '2-kept']);
    await vi.waitFor(async () => expect(await visible(name)).toEqual(kept), WAIT_MS);
    for (const one of [...committers, ...writers]) await one.close?.();
  });

  it('fails loudly when a checkpoint’s transaction has timed out, unless told to go on', async () => {
    const name = await topic();
    const slow = { 'transaction.timeout.ms': '1500' };
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const sink = await RunningSink.start(exactlyOnce(name, slow).build());
    expect(warn).toHaveBeenCalledWith(
      expect.stringMatching(/1500, less than .* 1000 ms .* 2000 ms/),
    );
    warn.mockRestore();
    await sink.write(numbered(3));
    const prepared = await sink.prepare(1);
    await new Promise((resolve) => setTimeout(resolve, 4000));
    await expect(sink.commit(prepared)).rejects.toMatchObject({
      code: 'COMMIT_LOST',
      retryable: false,
      message: expect.stringMatching(
        /of checkpoint 1 can't be committed: it is in state CompleteAbort.*transaction.timeout.ms \(1500\)/,
      ),
    });
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    const going = exactlyOnce(name, slow).setLostTransactions('skip').build();
    const next = await RunningSink.start(going, prepared);
    expect(error).toHaveBeenCalledWith(expect.stringContaining('Goes on without it'));
    error.mockRestore();
    await next.write(['after']);
    await next.checkpoint(2);
    await vi.waitFor(async () => expect(await visible(name)).toEqual(['a=after']), WAIT_MS);
    await next.close();
    await sink.close();
  });

  it('says that another job uses its prefix, and may start again', async () => {
    const name = await topic();
    const first = await RunningSink.start(exactlyOnce(name).build());
    await first.write(['a']);
    const second = await RunningSink.start(exactlyOnce(name).build());
    const writing = first.write(['b']).then(() => first.prepare(1));
    await expect(writing).rejects.toMatchObject({
      code: 'SINK_FAILED',
      retryable: true,
      message: expect.stringMatching(
        /(INVALID_PRODUCER_EPOCH|PRODUCER_FENCED) .*another job uses the same transactional id/,
      ),
    });
    await second.write(['c']);
    await second.checkpoint(1);
    await vi.waitFor(async () => expect(await visible(name)).toEqual(['c=c']), WAIT_MS);
    await first.close();
    await second.close();
  });

  it('refuses timeouts that can’t work', async () => {
    const name = await topic();
    const start = (timeout: string, configuration: Record<string, string>) =>
      RunningSink.start(
        exactlyOnce(name, { 'transaction.timeout.ms': timeout }).build(),
        [],
        new ConnectorContext({ configuration }),
      );
    await expect(start('1000', CHECKPOINTS)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('is 1000, and a checkpoint begins every 1000 ms'),
    });
    await expect(start('60000', {})).rejects.toThrow(/checkpoints, and they are off/);
    await expect(start('1000000', CHECKPOINTS)).rejects.toThrow(
      /transaction.timeout.ms is 1000000, and the brokers allow less/,
    );
  });

  it('says that a topic is missing, and which record is too large', async () => {
    const nowhere = await RunningSink.start(sinkOf('nowhere', 'at-least-once').build());
    await expect(nowhere.write(['x'])).rejects.toThrow(/topic nowhere does not exist; create it/);
    await nowhere.close();
    const name = await topic();
    const sink = await RunningSink.start(sinkOf(name, 'at-least-once').build());
    await sink.write(['x']);
    await expect(sink.write(['x'.repeat(2_000_000)])).rejects.toThrow(
      /a record for topic out-\d+ takes up 2000\d+ bytes, and max.request.size is 1048576/,
    );
    await sink.close();
  });

  it('uses partitions that were added, after a while or when a record names one', async () => {
    const name = await topic();
    const widen = (count: number) =>
      kafka.tool('topics', ['--alter', '--topic', name, '--partitions', String(count)]);
    const found = async () => {
      const source = KafkaSource.builder<number>()
        .setBootstrapServers(kafka.bootstrapServers)
        .setTopics(name)
        .setBounded(OffsetsInitializer.latest())
        .setDeserializer({
          producedType: null,
          deserialize: ({ partition }: ConsumerRecord, out) => out.collect(partition),
        });
      return [...new Set((await drained(source.build())).records)].sort();
    };
    const rounds = { 'metadata.max.age.ms': '100', 'partitioner.ignore.keys': 'true' };
    const going = await RunningSink.start(sinkOf(name, 'at-least-once', rounds).build());
    await going.write(['x']);
    await widen(3);
    await vi.waitFor(async () => {
      await going.write(['x']);
      await going.prepare(1);
      expect(await found()).toEqual([0, 1, 2]);
    }, WAIT_MS);
    await going.close();

    const chooses = KafkaRecordSerializationSchema.builder<string>()
      .setTopic(name)
      .setPartitioner({ partition: (text) => Number(text) })
      .setValueSerializationSchema({ serialize: (text) => text });
    const naming = sinkOf(name, 'at-least-once').setRecordSerializer(chooses.build());
    const sink = await RunningSink.start(naming.build());
    await sink.write(['0']);
    await widen(4);
    await sink.write(['3']);
    await sink.prepare(1);
    expect(await found()).toEqual([0, 1, 2, 3]);
    await expect(sink.write(['9'])).rejects.toMatchObject({
      code: 'SINK_FAILED',
      message: expect.stringContaining(`partition 9 of topic ${name}, which has 4: 0 to 3`),
    });
    await sink.close();
  });

  it('sends nothing for as long as a quota says, and shows it', async () => {
    const name = await topic();
    const quota = ['--alter', '--entity-type', 'clients', '--entity-name', name];
    await kafka.tool('configs', [...quota, '--add-config', 'producer_byte_rate=100000']);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const watch = new ThrottleWatch('Produce');
    const alone = { 'max.in.flight.requests.per.connection': '1', 'batch.size': '20000' };
    const sink = await RunningSink.start(
      exactlyOnce(name, { ...alone, 'client.id': name }).build(),
    );
    const values = numbered(20).map((value) => value.padEnd(10_000, 'x'));
    await sink.write(values);
    const prepared = await sink.prepare(1);
    watch.stop();
    await sink.commit(prepared);
    await vi.waitFor(async () => expect(await visible(name)).toEqual(seen(values)), WAIT_MS);
    const most = Math.max(...watch.waits.map(({ toldMs }) => toldMs));
    expect(most).toBeGreaterThan(0);
    const { gauges } = sink.context.metricGroup;
    expect(gauges.get('KafkaProducer.produce-throttle-time-max')!()).toBe(most);
    expect(watch.waits.some(({ pausedMs }) => pausedMs !== null)).toBe(true);
    expect(watch.tooEarly).toEqual([]);
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/a quota of Kafka slows it down/));
    warn.mockRestore();
    await sink.close();
  });

  it('is a table’s, as its source is', async () => {
    const name = await topic(2);
    const table: TableDefinition = {
      name: 'clicks',
      columns: [
        { name: 'page', type: types.string() },
        { name: 'user', type: types.string() },
        { name: 'n', type: types.i64() },
      ],
      options: {
        connector: 'kafka',
        topic: name,
        'properties.bootstrap.servers': kafka.bootstrapServers,
        'properties.isolation.level': 'read_committed',
        'scan.startup.mode': 'earliest-offset',
        'scan.bounded.mode': 'latest-offset',
        'key.format': 'raw',
        'key.fields': 'user',
        'value.format': 'json',
        'value.fields-include': 'EXCEPT_KEY',
        'sink.delivery-guarantee': 'exactly-once',
        'sink.transactional-id-prefix': name,
      },
    };
    const { 'properties.isolation.level': _, ...options } = table.options;
    const factories = {
      connectors: [kafkaTableFactory],
      formats: [jsonTableFormat, rawTableFormat],
    };
    const { sink } = tableSink({ ...table, options }, factories);
    const running = await RunningSink.start(sink as KafkaSink<TableRow>);
    const rows = numbered(100).map((user, n) => ({ page: `/${n % 7}`, user, n }));
    await running.write(rows);
    await running.checkpoint(1);
    await running.close();
    const { source } = tableSource(table, factories);
    await vi.waitFor(async () => {
      const found = (await drained(source as KafkaSource<TableRow>)).records;
      expect(found.sort((a, b) => Number(a.n) - Number(b.n))).toEqual(rows);
    }, WAIT_MS);
    const args = ['--topic', name, '--from-beginning', '--isolation-level', 'read_committed'];
    const limit = ['--max-messages', '100', '--formatter-property', 'print.key=true'];
    const printed = await kafka.tool('console-consumer', [...args, ...limit]);
    const expected = rows.map(({ page, user, n }) => `${user}\t${JSON.stringify({ page, n })}`);
    expect(printed.trim().split('\n').sort()).toEqual(expected);
  });

  it('loses and doubles nothing when the broker is killed with batches on their way', async () => {
    const name = await topic(4);
    const sink = await RunningSink.start(
      exactlyOnce(name, { 'batch.size': '2048', 'linger.ms': '1' }).build(),
    );
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const values = numbered(30_000).map((value) => `${value.at(-1)}-${value}`);
    await sink.write(values.slice(0, 15_000));
    const writing = sink.write(values.slice(15_000));
    await kafka.killBroker(1);
    await kafka.startBroker(1);
    await writing;
    await sink.checkpoint(1);
    await sink.close();
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('waits for Kafka'));
    warn.mockRestore();
    const args = ['--topic', name, '--from-beginning', '--isolation-level', 'read_committed'];
    const limit = ['--max-messages', '30000', '--timeout-ms', '20000'];
    const printed = await kafka.tool('console-consumer', [...args, ...limit]);
    expect(printed.trim().split('\n').sort()).toEqual([...values].sort());
    expect(await visible(name)).toHaveLength(30_000);
  });

  it('has never sent a version that leaves a transactional id stuck', () => {
    expect(Math.max(...versions.get(PRODUCE.key)!)).toBeLessThan(12);
    expect(Math.max(...versions.get(END_TXN.key)!)).toBeLessThan(5);
  });
});
