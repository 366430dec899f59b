/** A topic out of which a real broker's cleaner has taken records: gaps, empty batches, markers. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type KafkaCluster, kafkaProblem, startKafka } from '@weir/dev-services';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { KafkaClient } from '../client/kafka-client.ts';
import { drained, RunningSource } from '../fakes/drained-source.ts';
import { produce, RawTransaction, rawClient } from '../fakes/raw-producer.ts';
import { type ConsumerRecord, KafkaSource, OffsetsInitializer } from '../index.ts';
import { COMPRESSION_TYPES } from '../records/compression.ts';
import { splitIdOf } from '../source/kafka-split.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

const missing = await kafkaProblem();
if (missing !== null) console.warn(`skipped, nothing to run a broker with: ${missing}`);

const TOPIC = 'compacted';
const PER_BATCH = 8;
const HOUR_MS = 3_600_000;
const STEP_MS = 10_000;
/** The least that Kafka 4 takes for `segment.bytes`. */
const FILE_BYTES = 1_048_576;
const CLEANED_AT_ONCE = {
  'cleanup.policy': 'compact',
  'segment.ms': '1000',
  'segment.bytes': String(FILE_BYTES),
  'min.cleanable.dirty.ratio': '0.0001',
  'delete.retention.ms': '0',
};

describe.skipIf(missing !== null)('a compacted topic', () => {
  let kafka: KafkaCluster;
  let client: KafkaClient;
  /** Offsets and values as Kafka's own consumer of committed records prints them. */
  let expected: ReadonlyArray<{ readonly offset: number; readonly value: string }>;
  let end = 0;

  beforeAll(async () => {
    kafka = await startKafka({ properties: { 'log.cleaner.backoff.ms': '100' } });
    client = rawClient(kafka.bootstrapServers);
    await kafka.createTopic(TOPIC, 1, CLEANED_AT_ONCE);
    await fill();
    await cleaned();
    expected = await printed();
    const query = { topic: TOPIC, partition: 0, timestampMs: -1 };
    end = (await client.listOffsets([query], true))[0]!.offset;
  });
  afterAll(async () => {
    await client?.close();
    await kafka?.stop();
  });

  /**
   * The cleaner leaves the newest file alone, so that every batch gets one of its own: the broker
   * begins a file when times step forward (markers have its own time), or when it would grow large.
   * Of some batches all keys are written again later; in the newest file is only a marker.
   */
  async function fill(): Promise<void> {
    const nowMs = Date.now();
    let timestampMs = nowMs - HOUR_MS / 2;
    let serial = 0;
    const batch = (keys: readonly string[], length = 1) => {
      timestampMs += STEP_MS;
      return keys.map((key) => ({ key, value: `${serial++}`.padEnd(length, '.'), timestampMs }));
    };
    const keys = (from: string) => Array.from({ length: PER_BATCH }, (_, i) => `${from}${i}`);
    for (const compression of COMPRESSION_TYPES) {
      await produce(client, TOPIC, batch([...keys('again'), compression]), { compression });
    }
    const whole = await RawTransaction.begin(client, 'whole');
    await whole.produce(TOPIC, batch(keys('gone')));
    await whole.end(true);
    timestampMs = nowMs + HOUR_MS / 4;
    const aborted = await RawTransaction.begin(client, 'aborted');
    await aborted.produce(TOPIC, batch(keys('gone')));
    await aborted.end(false);
    await produce(client, TOPIC, batch([...keys('gone'), 'kept']));
    const tombstone = { key: 'kept', value: null, timestampMs: timestampMs + STEP_MS / 2 };
    await produce(client, TOPIC, [tombstone]);
    await produce(client, TOPIC, batch(keys('gone').slice(2)));
    await produce(client, TOPIC, batch(['large'], FILE_BYTES * 0.9));
    timestampMs = nowMs - HOUR_MS / 2;
    const last = await RawTransaction.begin(client, 'last');
    await last.produce(TOPIC, batch(keys('again'), (FILE_BYTES * 0.2) / PER_BATCH));
    await last.end(false);
  }

  /** Every key once: then the cleaner has nothing left to do. */
  async function cleaned(): Promise<void> {
    await vi.waitFor(async () => {
      const keys = (await drained(source())).records.map(({ key }) => key);
      expect(keys).toHaveLength(new Set(keys).size);
    }, 60_000);
  }

  function source() {
    return KafkaSource.builder<{ offset: number; key: string; value: string }>()
      .setBootstrapServers(kafka.bootstrapServers)
      .setTopics(TOPIC)
      .setBounded(OffsetsInitializer.latest())
      .setProperty('isolation.level', 'read_committed')
      .setDeserializer({
        producedType: null,
        deserialize({ offset, key, value }: ConsumerRecord, out) {
          const text = (bytes: Uint8Array | null) => Buffer.from(bytes ?? []).toString();
          out.collect({ offset, key: text(key), value: value === null ? 'null' : text(value) });
        },
      })
      .build();
  }

  async function printed() {
    const text = await kafka.tool('console-consumer', [
      ...['--topic', TOPIC, '--from-beginning', '--isolation-level', 'read_committed'],
      ...['--timeout-ms', '10000', '--formatter-property', 'print.offset=true'],
    ]);
    const lines = text.split('\n').flatMap((line) => /^Offset:(\d+)\t(.*)$/.exec(line) ?? []);
    const found = [];
    for (let i = 0; i < lines.length; i += 3) {
      found.push({ offset: Number(lines[i + 1]), value: lines[i + 2]! });
    }
    return found;
  }

  /** Reads [from, to) and says where that ended. */
  async function read(from: number, to: number) {
    const split = { splitId: splitIdOf(TOPIC, 0), topic: TOPIC, partition: 0, finished: false };
    const restored = [{ ...split, position: from, stoppingOffset: to }];
    const running = await RunningSource.start(source(), restored);
    await running.toEnd();
    const values = running.output.records.map(({ offset, value }) => ({ offset, value }));
    const [{ position, finished } = { position: -1, finished: false }] =
      running.reader.snapshotState(1);
    const [{ pendingRecords } = { pendingRecords: -1 }] = running.reader.splitReports!();
    await running.close();
    return { values, position, finished, pendingRecords };
  }

  it('has gaps, a batch without records, and a marker at its end', async () => {
    const folder = join(kafka.folder, 'broker-1', 'data', `${TOPIC}-0`);
    const files = readdirSync(folder).filter((name) => name.endsWith('.log'));
    const paths = files.sort().map((name) => join(folder, name));
    const dump = await kafka.tool('dump-log', ['--files', paths.join(',')]);
    const batches = dump.split('\n').filter((line) => line.startsWith('baseOffset'));
    expect(batches.some((line) => line.includes('count: 0'))).toBe(true);
    expect(batches.at(-1)).toMatch(new RegExp(`lastOffset: ${end - 1} .*isControl: true`));
    expect(expected.length).toBeLessThan(end / 2);
    expect(expected.at(-1)!.offset).toBeLessThan(end - PER_BATCH);
  });

  it('is read as Kafka’s own consumer reads it, from and to any offset', async () => {
    for (let at = 0; at <= end; at++) {
      const [before, behind] = [await read(0, at), await read(at, end)];
      const done = { finished: true, pendingRecords: 0 };
      const upTo = expected.filter(({ offset }) => offset < at);
      expect(before, `up to ${at}`).toEqual({ ...done, values: upTo, position: at });
      const rest = expected.filter(({ offset }) => offset >= at);
      expect(behind, `from ${at}`).toEqual({ ...done, values: rest, position: end });
    }
  });

  it('has no lag left at its end where it is read for ever', async () => {
    const unbounded = KafkaSource.builder<number>()
      .setBootstrapServers(kafka.bootstrapServers)
      .setTopics(TOPIC)
      .setProperty('isolation.level', 'read_committed')
      .setDeserializer({
        producedType: null,
        deserialize: ({ offset }: ConsumerRecord, out) => out.collect(offset),
      })
      .build();
    const running = await RunningSource.start(unbounded);
    const report = () => running.reader.splitReports!()[0]!;
    await running.until(() => report().pendingRecords === 0);
    expect(running.output.records).toEqual(expected.map(({ offset }) => offset));
    expect(report()).toMatchObject({ position: `offset ${end}`, pendingMs: 0 });
    expect(running.reader.snapshotState(1)).toMatchObject([{ position: end }]);
    await running.close();
  });
});
