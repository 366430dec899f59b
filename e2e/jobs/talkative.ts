/** A job that prints: a line a record, a warning every tenth, some of them over two lines. */
import { StreamExecutionEnvironment } from '@weir/datastream';

const env = StreamExecutionEnvironment.getExecutionEnvironment();
env
  .setParallelism(1)
  .fromSequence({ rows: 300, keys: 10, keyType: 'string', startMs: 0, stepMs: 10 })
  .toDataStream()
  .map((row) => Number(row.id))
  .rebalance()
  .map((id) => {
    if (id % 10 === 0) console.warn(`needle ${id}\nsecond line of ${id}`);
    else console.log(`record ${id}`);
    return id;
  })
  .name('talk')
  .uid('talk')
  .filter((id) => id < 0)
  .print();
await env.execute('talkative');
