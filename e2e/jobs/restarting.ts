/** A job that checkpoints, prints, and fails now and then, until `--fails` attempts have failed. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Duration, RestartStrategies, StreamExecutionEnvironment } from '@weir/datastream';

const env = StreamExecutionEnvironment.getExecutionEnvironment();
/** Where the attempts are counted, across processes. */
const [counter = '', fails = '2'] = env.args;
env
  .setParallelism(1)
  .enableCheckpointing(500)
  .setRestartStrategy(RestartStrategies.fixedDelayRestart(50, Duration.ofMillis(300)));

function failures(): number {
  return existsSync(counter) ? Number(readFileSync(counter, 'utf8')) : 0;
}

let seen = 0;
env
  .fromSequence({ rows: null, keys: 10, keyType: 'string', startMs: 0, stepMs: 10 })
  .toDataStream()
  .name('numbers')
  .map((row) => Number(row.id))
  .rebalance()
  .map((id) => {
    const end = performance.now() + 0.2;
    while (performance.now() < end);
    if (++seen % 500 === 0) console.log(`number ${id} goes by`);
    if (seen === 1500 && failures() < Number(fails)) {
      console.warn(`number ${id} is the last one`);
      writeFileSync(counter, `${failures() + 1}`);
      throw new RangeError(`number ${id} is not to my liking`);
    }
    return id;
  })
  .name('moody')
  .uid('moody')
  .keyBy((id) => id % 10)
  .reduce((a, b) => Math.max(a, b))
  .name('largest')
  .uid('largest')
  .filter((id) => id < 0)
  .print();
await env.execute('restarting');
