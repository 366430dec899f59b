/** A job with a bottleneck that everybody can see: each record costs `slow-map` a fixed time. */
import { Duration, StreamExecutionEnvironment, WatermarkStrategy } from '@weir/datastream';

interface Event {
  readonly key: string;
  readonly time: number;
}

const COST_MS = 0.2;
const env = StreamExecutionEnvironment.getExecutionEnvironment();
env.setParallelism(2).enableCheckpointing(1000);
env
  .fromSequence({ rows: null, keys: 50, keyType: 'string', startMs: 0, stepMs: 10 })
  .toDataStream()
  .name('events')
  .map((row): Event => ({ key: String(row.key), time: Number(row.time) }))
  .assignTimestampsAndWatermarks(
    WatermarkStrategy.forBoundedOutOfOrderness<Event>(Duration.ofSeconds(1)).withTimestampAssigner(
      (event) => event.time,
    ),
  )
  .rebalance()
  .map((event) => {
    const end = performance.now() + COST_MS;
    while (performance.now() < end);
    return { key: event.key, count: 1 };
  })
  .name('slow-map')
  .uid('slow-map')
  .keyBy((entry) => entry.key)
  .reduce((a, b) => ({ key: a.key, count: a.count + b.count }))
  .name('count')
  .uid('count')
  .filter((entry) => entry.count % 1000 === 0)
  .print()
  .name('report');
await env.execute('slow-map');
