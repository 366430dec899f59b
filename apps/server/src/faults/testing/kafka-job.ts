/**
 * Numbers from a topic, counted by key, into another topic, exactly once. Ends by itself at the end
 * of its topic; paced, so that crashes land in its middle.
 */
import type { KafkaCluster } from '@weir/dev-services';

const KEYS = 10;

/** About 2,000 numbers a second and subtask. `sinkCalls`: further calls of the sink's builder. */
export function kafkaJob(servers: string, from: string, to: string, sinkCalls = ''): string {
  return `import {
  DeliveryGuarantee, KafkaRecordSerializationSchema, KafkaSink, KafkaSource, OffsetsInitializer,
} from '@weir/connector-kafka';
import {
  type Collector, type KeyedProcessContext, KeyedProcessFunction, StreamExecutionEnvironment,
  type ValueState, ValueStateDescriptor, WatermarkStrategy,
} from '@weir/datastream';
import { JsonSerializationSchema, SimpleStringSchema } from '@weir/formats';

interface Counted { readonly n: number; readonly seen: number }

const source = KafkaSource.builder<string>()
  .setBootstrapServers('${servers}')
  .setTopics('${from}')
  .setGroupId('${to}')
  .setBounded(OffsetsInitializer.latest())
  .setValueOnlyDeserializer(new SimpleStringSchema())
  .build();

const sink = KafkaSink.builder<Counted>()
  .setBootstrapServers('${servers}')
  .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
  .setTransactionalIdPrefix('${to}')
  .setProperty('compression.type', 'zstd')
  ${sinkCalls}
  .setRecordSerializer(
    KafkaRecordSerializationSchema.builder<Counted>()
      .setTopic('${to}')
      .setKeySerializationSchema({ serialize: ({ n }) => String(n % ${KEYS}) })
      .setValueSerializationSchema(new JsonSerializationSchema<Counted>())
      .build(),
  )
  .build();

const cell = new Int32Array(new SharedArrayBuffer(4));

class Counts extends KeyedProcessFunction<number, number, Counted> {
  #seen: ValueState<number> | null = null;
  open(): void {
    this.#seen = this.getRuntimeContext().getState(new ValueStateDescriptor<number>('seen'));
  }
  processElement(n: number, _: KeyedProcessContext<number>, out: Collector<Counted>): void {
    if (n % 2 === 0) Atomics.wait(cell, 0, 0, 1);
    const seen = (this.#seen!.value() ?? 0) + 1;
    this.#seen!.update(seen);
    out.collect({ n, seen });
  }
}

const env = StreamExecutionEnvironment.getExecutionEnvironment();
env.fromSource(source, WatermarkStrategy.noWatermarks(), 'numbers').uid('numbers')
  .map((text) => Number(text)).uid('parse')
  .keyBy((n) => n % ${KEYS})
  .process(new Counts()).uid('counts')
  .sinkTo(sink).uid('kafka');
await env.execute('counted');
`;
}

interface Row {
  readonly n: number;
  readonly seen: number;
}

/** Options with which it checkpoints often and restarts at once. */
export const KAFKA_CONFIGURATION = {
  'parallelism.default': '2',
  'execution.checkpointing.interval': '100 ms',
  'restart-strategy.type': 'fixed-delay',
  'restart-strategy.fixed-delay.attempts': '1000',
  'restart-strategy.fixed-delay.delay': '1 ms',
} as const;

/** What Kafka's own consumer of committed records prints of a topic. */
export function readCounted(kafka: KafkaCluster, topic: string): Promise<string> {
  const read = ['--topic', topic, '--from-beginning', '--timeout-ms', '5000'];
  return kafka.tool('console-consumer', [...read, '--isolation-level', 'read_committed']);
}

export function countedRows(printed: string): readonly Row[] {
  return printed
    .split('\n')
    .filter((line) => line.startsWith('{"n"'))
    .map((line) => JSON.parse(line) as Row);
}

/**
 * What is wrong with the output; empty when every number below `count` is there once, and every key
 * is counted without a gap and, as one partition has it, in order.
 */
export function countedProblems(printed: string, count: number): readonly string[] {
  const rows = countedRows(printed);
  const times = new Uint32Array(count);
  const perKey = new Uint32Array(KEYS);
  const problems: string[] = [];
  for (const { n, seen } of rows) {
    times[n]!++;
    const expected = ++perKey[n % KEYS]!;
    if (seen !== expected)
      problems.push(`${n} is counted ${seen}, as number ${expected} of its key`);
  }
  for (const [n, found] of times.entries()) {
    if (found !== 1)
      problems.push(found === 0 ? `${n} is missing` : `${n} is there ${found} times`);
  }
  return problems.length > 20 ? [...problems.slice(0, 20), `${problems.length} in all`] : problems;
}
