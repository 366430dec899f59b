/**
 * Numbers from a topic, counted by key, into another topic, exactly once. Ends by itself at the end
 * of its topic; paced, so that crashes land in its middle.
 */
import { expect } from 'vitest';

const KEYS = 10;

/** About 2,000 numbers a second and subtask. */
export function kafkaJob(servers: string, from: string, to: string): string {
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
  .setGroupId('counted')
  .setBounded(OffsetsInitializer.latest())
  .setValueOnlyDeserializer(new SimpleStringSchema())
  .build();

const sink = KafkaSink.builder<Counted>()
  .setBootstrapServers('${servers}')
  .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
  .setTransactionalIdPrefix('counted')
  .setProperty('compression.type', 'zstd')
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

/** Every number once, and every key counted without a gap and, as one partition has it, in order. */
export function expectCountedOnce(printed: string, count: number): void {
  const rows = printed
    .split('\n')
    .filter((line) => line.startsWith('{"n"'))
    .map((line) => JSON.parse(line) as Row);
  expect(rows.length).toBe(count);
  expect(rows.map(({ n }) => n).sort((a, b) => a - b)).toEqual(
    Array.from({ length: count }, (_, n) => n),
  );
  for (let key = 0; key < KEYS; key++) {
    const seen = rows.filter(({ n }) => n % KEYS === key).map((row) => row.seen);
    expect(seen).toEqual(Array.from({ length: count / KEYS }, (_, i) => i + 1));
  }
}
