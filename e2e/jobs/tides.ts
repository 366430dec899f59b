/**
 * A job whose look-up is slow in every other half minute: little work, much to see of it later.
 * The first argument, if any, is how many records it has; then it ends.
 */
import { Duration, StreamExecutionEnvironment, WatermarkStrategy } from '@weir/datastream';

interface Event {
  readonly key: string;
  readonly time: number;
}

const TIDE_MS = 15_000;
const env = StreamExecutionEnvironment.getExecutionEnvironment();
const rows = env.args[0] === undefined ? null : Number(env.args[0]);
env.setParallelism(2).enableCheckpointing(2000);
env
  .fromSequence({ rows, keys: 50, keyType: 'string', startMs: 0, stepMs: 100 })
  .toDataStream()
  .name('events')
  .map((row): Event => ({ key: String(row.key), time: Number(row.time) }))
  .assignTimestampsAndWatermarks(
    WatermarkStrategy.forBoundedOutOfOrderness<Event>(Duration.ofSeconds(1)).withTimestampAssigner(
      (event) => event.time,
    ),
  )
  .rebalance()
  .asyncMap(
    async (event) => {
      const slow = Math.floor(Date.now() / TIDE_MS) % 2 === 0;
      await new Promise((resolve) => setTimeout(resolve, slow ? 40 : 10));
      return { key: event.key, count: 1 };
    },
    { capacity: 4, mode: 'unordered' },
  )
  .name('tidal look-up')
  .uid('tidal')
  .keyBy((entry) => entry.key)
  .reduce((a, b) => ({ key: a.key, count: a.count + b.count }))
  .name('count')
  .uid('count')
  .filter((entry) => entry.count % 1000 === 0)
  .print()
  .name('report');
await env.execute('tides');
