/** The source and the codec against a real broker and Kafka's own tools. */
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { OutputTag } from '@weir/core';
import { type KafkaCluster, kafkaProblem, startKafka } from '@weir/dev-services';
import { ByteArraySchema, SimpleStringSchema } from '@weir/formats';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { KafkaClient } from '../client/kafka-client.ts';
import { CheckedProperties, CONSUMER_RULES, PRODUCER_RULES } from '../config/property-table.ts';
import { ConnectorContext } from '../fakes/connector-context.ts';
import { drained, RunningSource } from '../fakes/drained-source.ts';
import { RunningSink } from '../fakes/running-sink.ts';
import { ThrottleWatch } from '../fakes/throttle-watch.ts';
import { createTopic, produce, RawTransaction, rawClient } from '../fakes/raw-producer.ts';
import {
  type ConsumerRecord,
  deadLetterSerializer,
  type KafkaRecordDeserializationSchema,
  KafkaRecordSerializationSchema,
  KafkaSink,
  KafkaSource,
  OffsetsInitializer,
  type RefusedRecord,
} from '../index.ts';
import { COMPRESSION_TYPES } from '../records/compression.ts';

// A broker takes seconds to start, each of its tools two.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

const missing = await kafkaProblem();
if (missing !== null) console.warn(`skipped, nothing to run a broker with: ${missing}`);

/** Everything of a record, as text. */
const WHOLE: KafkaRecordDeserializationSchema<string> = {
  producedType: null,
  deserialize({ key, value, headers, partition, offset }: ConsumerRecord, out) {
    const text = (bytes: Uint8Array | null): string =>
      bytes === null ? 'null' : Buffer.from(bytes).toString();
    const shown = headers.map(([name, content]) => `${name}:${text(content)}`).join(',');
    out.collect(`${partition}@${offset} ${shown} ${text(key)}=${text(value)}`);
  },
};

describe.skipIf(missing !== null)('Kafka source', () => {
  let kafka: KafkaCluster;
  let client: KafkaClient;
  let topics = 0;

  beforeAll(async () => {
    const properties = {
      'quota.window.num': '2',
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'allow.everyone.if.no.acl.found': 'true',
      'super.users': 'User:ANONYMOUS',
    };
    kafka = await startKafka({ sasl: true, properties });
    client = rawClient(kafka.bootstrapServers);
  });
  afterAll(async () => {
    await client?.close();
    await kafka?.stop();
  });

  async function topic(partitions = 1): Promise<string> {
    const name = `topic-${topics++}`;
    await createTopic(kafka.bootstrapServers, name, partitions);
    return name;
  }

  function builder(name: string) {
    return KafkaSource.builder<string>()
      .setBootstrapServers(kafka.bootstrapServers)
      .setTopics(name)
      .setProperty('isolation.level', 'read_committed')
      .setValueOnlyDeserializer(new SimpleStringSchema());
  }

  const bounded = (name: string) => builder(name).setBounded(OffsetsInitializer.latest());

  it('reads what Kafka’s own producer writes, in every compression', async () => {
    const read = COMPRESSION_TYPES.map(async (compression) => {
      const name = await topic();
      const long = compression.repeat(2000);
      const lines = [`a:1,b:2\tk\tv-${compression}`, 'NULL\tNULL\tNULL', `NULL\tx\t${long}`];
      const shape = ['parse.key=true', 'parse.headers=true', 'null.marker=NULL'];
      const args = ['--topic', name, '--command-property', `compression.type=${compression}`];
      for (const property of shape) args.push('--reader-property', property);
      await kafka.tool('console-producer', args, `${lines.join('\n')}\n`);
      const { records } = await drained(bounded(name).setDeserializer(WHOLE).build());
      expect(records).toEqual([
        `0@0 a:1,b:2 k=v-${compression}`,
        '0@1  null=null',
        `0@2  x=${long}`,
      ]);
    });
    await Promise.all(read);
  });

  it('writes what Kafka’s own consumer reads, in every compression', async () => {
    const name = await topic();
    const expected: string[] = [];
    for (const [index, compression] of COMPRESSION_TYPES.entries()) {
      const value = `${compression} `.repeat(5000).trim();
      const records = [
        { key: `k${index}`, value, headers: [['h', 'ü']] as const, timestampMs: 1000 + index },
        { key: null, value: null, timestampMs: 999 },
      ];
      await produce(client, name, records, { compression });
      expected.push(`CreateTime:${1000 + index}\th:ü\tk${index}\t${value}`);
      expected.push('CreateTime:999\tNO_HEADERS\tNULL\tNULL');
    }
    const shown = [
      'print.key=true',
      'print.headers=true',
      'print.timestamp=true',
      'null.literal=NULL',
    ];
    const printed = await kafka.tool('console-consumer', [
      ...['--topic', name, '--from-beginning', '--max-messages', String(expected.length)],
      ...['--timeout-ms', '20000'],
      ...shown.flatMap((property) => ['--formatter-property', property]),
    ]);
    expect(printed.trim().split('\n')).toEqual(expected);
  });

  it('shows no aborted record, whatever lies between, and ends behind control records', async () => {
    const name = await topic();
    const values = (prefix: string, count: number) =>
      Array.from({ length: count }, (_, i) => ({ value: `${prefix}-${i}-${'x'.repeat(4000)}` }));
    const first = await RawTransaction.begin(client, `${name}-1`);
    const second = await RawTransaction.begin(client, `${name}-2`);
    // Nested: the second aborts within the first, which aborts, too.
    await first.produce(name, values('aborted', 10));
    await second.produce(name, values('aborted', 5));
    await second.end(false);
    await first.produce(name, values('aborted', 10));
    await first.end(false);
    // The same producers again, and plain records between theirs.
    await second.produce(name, values('kept', 3));
    await produce(client, name, values('plain', 2));
    // A key that looks like the one of an abort marker.
    await first.produce(name, [{ key: Buffer.from([0, 0, 0, 0]), value: 'aborted-key' }]);
    await first.produce(name, values('aborted', 3));
    await first.end(false);
    await second.end(true);

    const read = async (bytes: number) => {
      const source = bounded(name).setProperty('max.partition.fetch.bytes', String(bytes));
      const { records } = await drained(source.build());
      return records.map((text) => text.slice(0, text.lastIndexOf('-')));
    };
    const visible = ['kept-0', 'kept-1', 'kept-2', 'plain-0', 'plain-1'];
    for (const bytes of [1, 16_384, 1_048_576]) expect(await read(bytes)).toEqual(visible);
    const uncommitted = bounded(name).setProperty('isolation.level', 'read_uncommitted');
    expect((await drained(uncommitted.build())).records).toHaveLength(34);

    await produce(client, name, [{ value: 'end-0-' }]);
    const printed = await kafka.tool('console-consumer', [
      ...['--topic', name, '--from-beginning', '--isolation-level', 'read_committed'],
      ...['--max-messages', String(visible.length + 1), '--timeout-ms', '20000'],
    ]);
    const counted = printed
      .trim()
      .split('\n')
      .map((text) => text.slice(0, text.lastIndexOf('-')));
    expect(counted).toEqual([...visible, 'end-0']);
  });

  it('waits at an open transaction', async () => {
    const name = await topic();
    const open = await RawTransaction.begin(client, name);
    await produce(client, name, [{ value: 'before' }]);
    await open.produce(name, [{ value: 'inside' }]);
    await produce(client, name, [{ value: 'behind' }]);
    const running = await RunningSource.start(builder(name).build());
    const { output } = running;
    await running.until(() => output.records.length === 1);
    expect(running.reader.splitReports!()[0]).toMatchObject({ pendingRecords: 0 });
    await open.end(true);
    await running.until(() => output.records.length === 3);
    expect(output.records).toEqual(['before', 'inside', 'behind']);
    await running.close();
  });

  it('goes on at its checkpoint, and commits its offsets only when that is complete', async () => {
    const name = await topic(3);
    for (const partition of [0, 1, 2]) {
      const records = Array.from({ length: 50 }, (_, i) => ({ value: `${partition}:${i}` }));
      await produce(client, name, records, { partition });
    }
    const committed = async () => {
      const partitions = [0, 1, 2].map((partition) => ({ topic: name, partition }));
      const offsets = await client.committedOffsets({ groupId: name, partitions });
      return offsets.map(({ offset }) => offset);
    };
    const source = () => builder(name).setGroupId(name).build();
    const first = await RunningSource.start(source());
    await first.until(() => first.output.records.length >= 70);
    const splits = first.reader.snapshotState(7);
    const before = [...first.output.records];
    expect(await committed()).toEqual([-1, -1, -1]);
    await first.reader.notifyCheckpointComplete!(7);
    await vi.waitUntil(async () => (await committed()).every((offset) => offset >= 0));
    expect(await committed()).toEqual(splits.map(({ position }) => position));
    const { counters, gauges } = first.context.metricGroup;
    expect(counters.get('KafkaSourceReader.commitsSucceeded')).toBe(1);
    const group = `KafkaSourceReader.topic.${name}.partition.0`;
    expect(gauges.get(`${group}.committedOffset`)!()).toBe(splits[0]!.position);
    await first.close();

    // Restored, with a partition less known than there are: that one is read from its start.
    const restored = splits.filter(({ partition }) => partition !== 2);
    const second = await RunningSource.start(source(), restored);
    const left = 150 - before.filter((text) => !text.startsWith('2:')).length;
    await second.until(() => second.output.records.length >= left);
    const all = [...before.filter((text) => !text.startsWith('2:')), ...second.output.records];
    expect(new Set(all).size).toBe(150);
    expect(all).toHaveLength(150);
    await second.close();

    const third = await RunningSource.start(
      builder(name)
        .setGroupId(name)
        .setStartingOffsets(OffsetsInitializer.committedOffsets())
        .setBounded(OffsetsInitializer.latest())
        .build(),
    );
    await third.toEnd();
    expect(third.output.records).toHaveLength(150 - before.length);
    await third.close();
  });

  it('starts and stops where it is told', async () => {
    const name = await topic(2);
    const records = Array.from({ length: 10 }, (_, i) => ({
      value: `${i}`,
      timestampMs: i * 1000,
    }));
    for (const record of records) await produce(client, name, [record]);
    const read = async (from: OffsetsInitializer, to = OffsetsInitializer.latest()) => {
      const source = builder(name).setGroupId('nobody').setStartingOffsets(from).setBounded(to);
      return (await drained(source.build())).records.join('');
    };
    expect(await read(OffsetsInitializer.timestamp(6500))).toBe('789');
    expect(await read(OffsetsInitializer.latest())).toBe('');
    const at = (offset: number) =>
      OffsetsInitializer.offsets([{ topic: name, partition: 0, offset }]);
    expect(await read(at(3), at(5))).toBe('34');
    expect(await read(OffsetsInitializer.committedOffsets('EARLIEST'))).toBe('0123456789');
    await expect(read(OffsetsInitializer.committedOffsets())).rejects.toMatchObject({
      code: 'SOURCE_FAILED',
      message: expect.stringContaining(`group nobody has committed no offset for ${name}-0`),
    });
  });

  it('finds partitions and topics that come later', async () => {
    const prefix = await topic();
    const pattern = new RegExp(`${prefix}.*`);
    const running = await RunningSource.start(
      builder(prefix)
        .setTopicPattern(pattern)
        .setStartingOffsets(OffsetsInitializer.latest())
        .build(),
    );
    await createTopic(kafka.bootstrapServers, `${prefix}-new`);
    await kafka.tool('topics', ['--alter', '--topic', prefix, '--partitions', '2']);
    await produce(client, `${prefix}-new`, [{ value: 'topic' }]);
    await produce(client, prefix, [{ value: 'partition' }], { partition: 1 });
    await running.discover();
    await running.until(() => running.output.records.length === 2);
    expect(running.output.emitted.map(({ splitId }) => splitId).sort()).toEqual([
      `${prefix}-1`,
      `${prefix}-new-0`,
    ]);
    await running.close();
  });

  it('lets no partition wait for another, be its batches larger than a fetch', async () => {
    const name = await topic(2);
    for (let i = 0; i < 30; i++) await produce(client, name, [{ value: `${i}`.repeat(300) }]);
    await produce(client, name, [{ value: 'large'.repeat(10_000) }], { partition: 1 });
    const small = bounded(name).setProperty('max.partition.fetch.bytes', '1000');
    const { emitted } = await drained(small.build());
    expect(emitted).toHaveLength(31);
    const place = emitted.findIndex(({ splitId }) => splitId === `${name}-1`);
    expect(place).toBeLessThan(20);
  });

  it('names a record that can’t be read, or counts it', async () => {
    const name = await topic();
    await produce(client, name, [{ value: 'good' }, { value: '{"bad' }, { value: 'good too' }]);
    const picky = {
      producedType: null,
      deserialize: (bytes: Uint8Array): string => {
        const text = Buffer.from(bytes).toString();
        if (text.startsWith('{')) throw new SyntaxError('unterminated string');
        return text;
      },
    };
    const source = bounded(name).setValueOnlyDeserializer(picky);
    await expect(drained(source.build())).rejects.toMatchObject({
      code: 'SOURCE_FAILED',
      retryable: false,
      message: expect.stringContaining(
        `topic ${name}, partition 0, offset 1: unterminated string. The record's value is "{\\"bad" (5 bytes)`,
      ),
    });
    const running = await RunningSource.start(source.setInvalidRecords('skip').build());
    await running.toEnd();
    expect(running.output.records).toEqual(['good', 'good too']);
    expect(running.context.metricGroup.counters.get('numRecordsInErrors')).toBe(1);
    await running.close();
    const refused = new OutputTag<RefusedRecord>('refused');
    const { records, sides } = await drained(source.setInvalidRecords(refused).build());
    expect(records).toEqual(['good', 'good too']);
    const reason = 'unterminated string';
    const record = { topic: name, partition: 0, offset: 1, key: null, reason };
    expect(sides).toMatchObject([{ tag: 'refused', record }]);
    const { value, headers } = deadLetterSerializer('dead').serialize(
      sides[0]!.record as RefusedRecord,
      { timestampMs: null, partitionsOf: () => 1 },
    )!;
    expect(Buffer.from(value as Uint8Array).toString()).toBe('{"bad');
    expect(Object.fromEntries(headers)).toMatchObject({
      'weir.refused.topic': name,
      'weir.refused.offset': '1',
      'weir.refused.reason': reason,
    });
  });

  it('says when records were deleted before it read them, and goes on only where told', async () => {
    const name = await topic();
    for (let i = 0; i < 5; i++) await produce(client, name, [{ value: `${i}` }]);
    const file = join(kafka.folder, 'delete.json');
    const partitions = [{ topic: name, partition: 0, offset: 3 }];
    writeFileSync(file, JSON.stringify({ version: 1, partitions }));
    await kafka.tool('delete-records', ['--offset-json-file', file]);
    const splitId = `${name}-0`;
    const split = { splitId, topic: name, partition: 0, position: 1, finished: false };
    const from = [{ ...split, stoppingOffset: 5 }];
    const stopped = await RunningSource.start(bounded(name).build(), from);
    await expect(stopped.toEnd()).rejects.toMatchObject({
      code: 'SOURCE_FAILED',
      retryable: false,
      message: expect.stringContaining(
        'offset 1 is not in the log, which has 3 to 5: 2 records were deleted',
      ),
    });
    await stopped.close();
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const source = bounded(name).setProperty('auto.offset.reset', 'earliest').build();
    const going = await RunningSource.start(source, from);
    await going.toEnd();
    expect(going.output.records).toEqual(['3', '4']);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('goes on at 3'));
    warn.mockRestore();
    await going.close();
  });

  it('says that a topic is missing', async () => {
    await expect(drained(bounded('nowhere').build())).rejects.toMatchObject({
      code: 'SOURCE_FAILED',
      message: 'topic nowhere does not exist; create it, or correct setTopics(…)',
    });
  });

  it('waits for a broker that restarts, and says so', async () => {
    const name = await topic();
    await produce(client, name, [{ value: 'before' }]);
    const running = await RunningSource.start(builder(name).build());
    await running.until(() => running.output.records.length === 1);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    await kafka.killBroker(1);
    await vi.waitUntil(
      () => warn.mock.calls.some(([text]) => String(text).includes('waits for Kafka')),
      {
        timeout: 30_000,
      },
    );
    await kafka.startBroker(1);
    await produce(client, name, [{ value: 'after' }]);
    await running.until(() => running.output.records.length === 2);
    expect(running.output.records).toEqual(['before', 'after']);
    await vi.waitUntil(() =>
      warn.mock.calls.some(([text]) => String(text).includes('answers again')),
    );
    warn.mockRestore();
    await running.close();
  });

  it('sends nothing for as long as a quota says, and shows it', async () => {
    const name = await topic();
    for (let i = 0; i < 10; i++) await produce(client, name, [{ value: `${i}`.repeat(50_000) }]);
    const quota = ['--alter', '--entity-type', 'clients', '--entity-name', name];
    await kafka.tool('configs', [...quota, '--add-config', 'consumer_byte_rate=200000']);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const watch = new ThrottleWatch('Fetch');
    const slow = bounded(name).setProperties({
      'client.id': name,
      'max.partition.fetch.bytes': '60000',
    });
    const running = await RunningSource.start(slow.build());
    await running.toEnd();
    watch.stop();
    expect(running.output.records.map((text) => text[0]).join('')).toBe('0123456789');
    const { gauges } = running.context.metricGroup;
    const most = Math.max(...watch.waits.map(({ toldMs }) => toldMs));
    expect(most).toBeGreaterThan(0);
    expect(gauges.get('KafkaSourceReader.KafkaConsumer.fetch-throttle-time-max')!()).toBe(most);
    expect(watch.waits.some(({ pausedMs }) => pausedMs !== null)).toBe(true);
    expect(watch.tooEarly).toEqual([]);
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/a quota of Kafka slows it down/));
    warn.mockRestore();
    await running.close();
  });

  it('fails when its topic was deleted a minute ago, and not before', async () => {
    const name = await topic();
    await produce(client, name, [{ value: 'before' }]);
    const context = new ConnectorContext();
    const { monotonicMs } = context.clock;
    const running = await RunningSource.start(builder(name).build(), [], context);
    await running.until(() => running.output.records.length === 1);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    await kafka.tool('topics', ['--delete', '--topic', name]);
    const failed = expect(running.until(() => false)).rejects.toMatchObject({
      code: 'SOURCE_FAILED',
      retryable: true,
      message: `topic ${name} does not exist; create it, or correct setTopics(…)`,
    });
    const waits = (text: unknown) => String(text).includes('waits for Kafka');
    await vi.waitUntil(() => warn.mock.calls.some(([text]) => waits(text)), { timeout: 30_000 });
    context.clock.monotonicMs = () => monotonicMs() + 61_000;
    await failed;
    warn.mockRestore();
    await running.close();
  });

  it('says that a batch is damaged, unless told not to look', async () => {
    const name = await topic();
    await produce(client, name, [{ value: 'intact' }]);
    await produce(client, name, [{ value: 'damaged' }]);
    const log = join(kafka.folder, 'broker-1', 'data', `${name}-0`, `${'0'.repeat(20)}.log`);
    const bytes = readFileSync(log);
    const at = bytes.indexOf('damaged');
    const file = openSync(log, 'r+');
    writeSync(file, 'D', at);
    closeSync(file);
    await expect(drained(bounded(name).build())).rejects.toMatchObject({
      code: 'SOURCE_FAILED',
      message: expect.stringMatching(
        `topic ${name}, partition 0, from offset \\d on: the batch at offset 1 has checksum \\d+`,
      ),
    });
    const unchecked = bounded(name).setProperty('check.crcs', 'false');
    expect((await drained(unchecked.build())).records).toEqual(['intact', 'Damaged']);
  });

  it('says which right is missing', async () => {
    const name = await topic();
    const acl = ['--add', '--allow-principal', 'User:somebody', '--topic', name];
    await kafka.tool('acls', [...acl, '--operation', 'All']);
    const { bootstrapServers, caFile, username, password } = kafka.sasl;
    const access = {
      'bootstrap.servers': bootstrapServers,
      'security.protocol': 'SASL_SSL',
      'sasl.mechanism': 'SCRAM-SHA-512',
      'sasl.jaas.config': `x.ScramLoginModule required username="${username}" password="${password}";`,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': caFile,
    };
    const source = bounded(name).setProperties(access).build();
    const refusal = {
      retryable: false,
      message: expect.stringMatching(`of ${name} was answered TOPIC_AUTHORIZATION_FAILED \\(29\\)`),
    };
    await expect(drained(source)).rejects.toMatchObject({ code: 'SOURCE_FAILED', ...refusal });
    const sink = KafkaSink.builder<string>()
      .setKafkaProducerConfig(access)
      .setRecordSerializer(
        KafkaRecordSerializationSchema.builder<string>()
          .setTopic(name)
          .setValueSerializationSchema(new SimpleStringSchema())
          .build(),
      );
    const running = await RunningSink.start(sink.build());
    const written = expect(running.write(['x'])).rejects;
    await written.toMatchObject({ code: 'SINK_FAILED', ...refusal });
    await running.close();
  });

  it('knows every property that Kafka’s own clients have', async () => {
    const clients = [
      ['consumer.ConsumerConfig', CONSUMER_RULES, /id="consumerconfigs_([\w.]+)"/g],
      ['producer.ProducerConfig', PRODUCER_RULES, /id="producerconfigs_([\w.]+)"/g],
    ] as const;
    for (const [name, rules, pattern] of clients) {
      const page = await kafka.run(`org.apache.kafka.clients.${name}`, []);
      const keys = new Set([...page.matchAll(pattern)].map(([, key]) => key!));
      expect(keys.size).toBeGreaterThan(60);
      const unknown = [...keys].filter((key) => {
        try {
          new CheckedProperties({ [key]: '1' }, rules, () => {});
          return false;
        } catch (error) {
          return (error as Error).message.includes('is no property');
        }
      });
      expect(unknown, name).toEqual([]);
    }
  });

  it('connects with TLS and every kind of password, and shows none', async () => {
    const name = await topic();
    await produce(client, name, [{ value: 'secret place' }]);
    const { bootstrapServers, caFile, username, password } = kafka.sasl;
    const read = (mechanism: string, secret: string) => {
      const module = mechanism === 'PLAIN' ? 'plain.PlainLoginModule' : 'scram.ScramLoginModule';
      const source = KafkaSource.builder<Uint8Array>()
        .setTopics(name)
        .setBounded(OffsetsInitializer.latest())
        .setValueOnlyDeserializer(new ByteArraySchema())
        .setProperties({
          'bootstrap.servers': bootstrapServers,
          'security.protocol': 'SASL_SSL',
          'sasl.mechanism': mechanism,
          'sasl.jaas.config': `org.apache.kafka.common.security.${module} required username="${username}" password="${secret}";`,
          'ssl.truststore.type': 'PEM',
          'ssl.truststore.location': caFile,
        })
        .build();
      return drained(source);
    };
    for (const mechanism of ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']) {
      const { records } = await read(mechanism, password);
      expect(Buffer.from(records[0]!).toString()).toBe('secret place');
    }
    const refused = read('SCRAM-SHA-256', 'wrong-password');
    await expect(refused).rejects.toMatchObject({ code: 'SOURCE_FAILED', retryable: false });
    await refused.catch((error: Error) => {
      expect(error.message).toContain('Kafka refused the credentials');
      expect(`${error.message} ${JSON.stringify(error)}`).not.toContain('wrong-password');
    });
    const unencrypted = bounded(name).setBootstrapServers(bootstrapServers);
    const untrusted = unencrypted.setProperty('security.protocol', 'SSL');
    await expect(drained(untrusted.build())).rejects.toThrow(/no secure connection/);
  });
});
