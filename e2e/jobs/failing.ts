/** A job that fails at its 200th record, starts again twice, and then gives up. */
import { Duration, RestartStrategies, StreamExecutionEnvironment } from '@weir/datastream';

const env = StreamExecutionEnvironment.getExecutionEnvironment();
env
  .setParallelism(1)
  .setRestartStrategy(RestartStrategies.fixedDelayRestart(2, Duration.ofSeconds(1)));
env
  .fromSequence({ rows: null, keys: 10, keyType: 'string', startMs: 0, stepMs: 10 })
  .toDataStream()
  .map((row) => Number(row.id))
  .rebalance()
  .map((id) => {
    if (id === 200) throw new RangeError(`record ${id} is not to my liking`);
    return id;
  })
  .name('fragile')
  .uid('fragile')
  .filter((id) => id < 0)
  .print();
await env.execute('failing');
