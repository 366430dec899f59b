/**
 * `npm run bench -- kafka`: reading committed records and writing them exactly once through the
 * engine, beside kafkajs and beside Kafka's own performance tools, on a real broker on loopback.
 * All of them take turns, round by round, and a ratio is the middle one of its rounds.
 */
import { type KafkaCluster, startKafka } from '@weir/dev-services';
import { type Engine, runBaseline } from './engine.ts';
import { PARTITIONS, topicOf } from './workload/kafka-topics.ts';
import type { Measurement, Throughput } from './workload/measurement.ts';
import type { Parameters } from './workload/parameters.ts';

const RECORDS = 2_000_000;
const RECORDS_QUICK = 200_000;
/** kafkajs takes long; a share of the records says as much. */
const KAFKAJS_SHARE = 0.25;
const RECORD_BYTES = 80;
const HEAP_MB = 1024;

const WORK = ['write', 'read'] as const;
const FORMATS = ['raw', 'json'] as const;
type Work = (typeof WORK)[number];
type Format = (typeof FORMATS)[number];

/** One round of one kind of work. */
interface Round {
  readonly weir: Throughput;
  readonly kafkajs: Throughput;
  /** Records per second of Kafka's tool, which knows no JSON. */
  readonly toolRate: number | null;
}

export interface KafkaRow {
  readonly title: string;
  readonly rounds: readonly Round[];
}

/** Measures each kind of work `rounds` times. @throws Error when a part fails. */
export async function measureKafka(
  engine: Engine,
  rounds: number,
  quick: boolean,
): Promise<readonly KafkaRow[]> {
  const records = quick ? RECORDS_QUICK : RECORDS;
  const measured = new Map<string, Round[]>();
  const kafka = await startKafka({ heapMb: HEAP_MB });
  try {
    for (let round = 0; round < rounds; round++) {
      for (const format of FORMATS) {
        const bench = new KafkaRound(engine, kafka, records, format, round);
        await bench.prepare();
        for (const work of WORK) {
          const title = `${work} ${format === 'raw' ? 'raw' : 'JSON'}`;
          measured.set(title, [...(measured.get(title) ?? []), await bench.measure(work)]);
        }
      }
    }
  } finally {
    await kafka.stop();
  }
  return [...measured].map(([title, list]) => ({ title, rounds: list }));
}

/** What the table says of one kind of work. */
export function kafkaCells({ title, rounds }: KafkaRow): readonly string[] {
  const each = (of: (round: Round) => number): string => middle(rounds.map(of)).toFixed(2);
  const isTold = rounds.every(({ toolRate }) => toolRate !== null);
  return [
    title,
    each(({ weir }) => rateOf(weir)),
    each(({ weir }) => costOf(weir)),
    each(({ kafkajs }) => rateOf(kafkajs)),
    each(({ kafkajs }) => costOf(kafkajs)),
    each(({ weir, kafkajs }) => rateOf(weir) / rateOf(kafkajs)),
    each(({ weir, kafkajs }) => costOf(kafkajs) / costOf(weir)),
    isTold ? each(({ toolRate }) => toolRate! / 1e6) : '',
    isTold ? each(({ weir, toolRate }) => (rateOf(weir) * 1e6) / toolRate!) : '',
  ];
}

export const KAFKA_COLUMNS: readonly string[] = [
  'Kafka',
  'Weir, M records/s',
  'CPU-s per M',
  'kafkajs, M records/s',
  'CPU-s per M',
  'ratio of rates',
  'of CPU',
  "Kafka's tools, M records/s",
  'ratio of rates',
];

/** Has topics of its own, so that each reader finds what its writer wrote. */
class KafkaRound {
  readonly #engine: Engine;
  readonly #kafka: KafkaCluster;
  readonly #records: number;
  readonly #format: Format;
  readonly #topic: string;

  constructor(engine: Engine, kafka: KafkaCluster, records: number, format: Format, round: number) {
    this.#engine = engine;
    this.#kafka = kafka;
    this.#records = records;
    this.#format = format;
    this.#topic = `${format}-${round}`;
  }

  async prepare(): Promise<void> {
    for (const writer of ['weir', 'kafkajs', 'tool']) {
      await this.#kafka.createTopic(topicOf(writer, this.#topic), PARTITIONS);
    }
  }

  async measure(work: Work): Promise<Round> {
    const weir = throughput(await this.#engine.run(`kafka-${work}`, this.#parameters(1, work)));
    const parameters = this.#parameters(KAFKAJS_SHARE, `js${work}`);
    const kafkajs = throughput(await runBaseline(`kafkajs-${work}`, parameters));
    const toolRate = this.#format === 'raw' ? await this.#toolRate(work) : null;
    return { weir, kafkajs, toolRate };
  }

  #parameters(share: number, name: string): Parameters {
    return {
      file: this.#engine.file(`kafka-${name}-${this.#topic}`),
      records: this.#records * share,
      keys: 1000,
      pace: 0,
      servers: this.#kafka.bootstrapServers,
      format: this.#format,
      topic: this.#topic,
    };
  }

  async #toolRate(work: Work): Promise<number> {
    const topic = topicOf('tool', this.#topic);
    const count = ['--topic', topic, '--num-records', String(this.#records)];
    if (work === 'write') {
      const size = ['--record-size', String(RECORD_BYTES), '--throughput', '-1'];
      const batches = ['--command-property', 'batch.size=262144'];
      const said = await this.#kafka.tool('producer-perf', [...count, ...size, ...batches]);
      const rates = [...said.matchAll(/([\d.]+) records\/sec/g)];
      return numberIn(said, rates.at(-1)?.[1]);
    }
    const said = await this.#kafka.tool('consumer-perf', [...count, '--timeout', '60000']);
    // The last column: records per second of fetching, without joining the group.
    return numberIn(
      said,
      said
        .trim()
        .split(/[\s,]+/)
        .at(-1),
    );
  }
}

function numberIn(said: string, text: string | undefined): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`Kafka's tool said: ${said}`);
}

function throughput(measured: Measurement): Throughput {
  if ('cpuSeconds' in measured) return measured;
  throw new TypeError('a throughput was expected');
}

/** Million records per second. */
function rateOf({ records, seconds }: Throughput): number {
  return records / seconds / 1e6;
}

/** CPU seconds per million records. */
function costOf({ records, cpuSeconds }: Throughput): number {
  return cpuSeconds / (records / 1e6);
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
