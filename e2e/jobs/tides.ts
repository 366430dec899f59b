/**
 * A job whose look-up is slow in every other half minute: little work, much to see of it later.
 * The first argument, if any, is how many records it has; then it ends.
 */
import { StreamExecutionEnvironment } from '@weir/datastream';
import { countUp, events } from './events.ts';

const TIDE_MS = 15_000;
const env = StreamExecutionEnvironment.getExecutionEnvironment();
const rows = env.args[0] === undefined ? null : Number(env.args[0]);
env.setParallelism(2).enableCheckpointing(2000);
countUp(
  events(env, rows, 100)
    .asyncMap(
      async (event) => {
        const slow = Math.floor(Date.now() / TIDE_MS) % 2 === 0;
        await new Promise((resolve) => setTimeout(resolve, slow ? 40 : 10));
        return { key: event.key, count: 1 };
      },
      { capacity: 4, mode: 'unordered' },
    )
    .name('tidal look-up')
    .uid('tidal'),
);
await env.execute('tides');
