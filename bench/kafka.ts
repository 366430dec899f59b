/**
 * `npm run bench -- kafka`: reading committed records and writing them exactly once through the
 * engine, beside kafkajs and beside Kafka's own performance tools, on a real broker on loopback.
 */
import { startKafka } from '@weir/dev-services';
import { type Engine, runBaseline } from './engine.ts';
import { PARTITIONS, topicOf } from './workload/kafka-topics.ts';
import type { Measurement } from './workload/measurement.ts';
import type { Parameters } from './workload/parameters.ts';

const RECORDS = 2_000_000;
const RECORDS_QUICK = 200_000;
/** kafkajs takes long; a share of the records says as much. */
const KAFKAJS_SHARE = 0.25;
const RECORD_BYTES = 80;
const HEAP_MB = 1024;

/** Measures everything once, says each line as it is known. @throws Error when a part fails. */
export async function measureKafka(
  engine: Engine,
  quick: boolean,
  say: (line: string) => void,
): Promise<void> {
  const records = quick ? RECORDS_QUICK : RECORDS;
  const kafka = await startKafka({ heapMb: HEAP_MB });
  try {
    const servers = kafka.bootstrapServers;
    await kafka.createTopic('tool', PARTITIONS);
    for (const format of ['raw', 'json'] as const) {
      const parameters = (share: number, name: string): Parameters => ({
        file: engine.file(`kafka-${name}-${format}`),
        records: records * share,
        keys: 1000,
        pace: 0,
        servers,
        format,
      });
      for (const writer of ['weir', 'kafkajs']) {
        await kafka.createTopic(topicOf(writer, format), PARTITIONS);
      }
      const write = await engine.run('kafka-write', parameters(1, 'write'));
      say(line(`write ${format}, exactly once`, write));
      const read = await engine.run('kafka-read', parameters(1, 'read'));
      say(line(`read ${format}, read_committed`, read));
      const written = await runBaseline('kafkajs-write', parameters(KAFKAJS_SHARE, 'jswrite'));
      say(line(`kafkajs, write ${format}`, written));
      const took = await runBaseline('kafkajs-read', parameters(KAFKAJS_SHARE, 'jsread'));
      say(line(`kafkajs, read ${format}`, took));
    }
    const count = ['--topic', 'tool', '--num-records', String(records)];
    const size = ['--record-size', String(RECORD_BYTES), '--throughput', '-1'];
    const batches = ['--command-property', 'batch.size=262144'];
    const produced = await kafka.tool('producer-perf', [...count, ...size, ...batches]);
    say(
      `Kafka's producer-perf: ${[...produced.matchAll(/[\d.]+ records\/sec/g)].at(-1) ?? produced}`,
    );
    const consumed = await kafka.tool('consumer-perf', [
      ...['--topic', 'tool', '--num-records', String(records), '--timeout', '60000'],
    ]);
    say(`Kafka's consumer-perf:\n${consumed.trim()}`);
  } finally {
    await kafka.stop();
  }
}

function line(name: string, measured: Measurement): string {
  if (!('records' in measured)) return name;
  const { records, seconds, cpuSeconds } = measured;
  const perSecond = Math.round(records / seconds).toLocaleString('en-US');
  const perMillion = (cpuSeconds / (records / 1e6)).toFixed(2);
  return `${name}: ${perSecond} records/s, ${perMillion} CPU seconds per million`;
}
