/** What the test jobs begin with: keyed events in time order, dealt out anew to all subtasks. */
import {
  type DataStream,
  Duration,
  type StreamExecutionEnvironment,
  WatermarkStrategy,
} from '@weir/datastream';

export interface Event {
  readonly key: string;
  readonly time: number;
}

/** @param rows null = without end. @param stepMs of event time from one to the next. */
export function events(
  env: StreamExecutionEnvironment,
  rows: number | null,
  stepMs: number,
): DataStream<Event> {
  return env
    .fromSequence({ rows, keys: 50, keyType: 'string', startMs: 0, stepMs })
    .toDataStream()
    .name('events')
    .map((row): Event => ({ key: String(row.key), time: Number(row.time) }))
    .assignTimestampsAndWatermarks(
      WatermarkStrategy.forBoundedOutOfOrderness<Event>(
        Duration.ofSeconds(1),
      ).withTimestampAssigner((event) => event.time),
    )
    .rebalance();
}

interface Count {
  readonly key: string;
  readonly count: number;
}

/** What they end with: counts per key, of which hardly any is printed. */
export function countUp(counts: DataStream<Count>): void {
  counts
    .keyBy((entry) => entry.key)
    .reduce((a, b) => ({ key: a.key, count: a.count + b.count }))
    .name('count')
    .uid('count')
    .filter((entry) => entry.count % 1000 === 0)
    .print()
    .name('report');
}
