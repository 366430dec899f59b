/** A job with a bottleneck that everybody can see: each record costs `slow-map` a fixed time. */
import { StreamExecutionEnvironment } from '@weir/datastream';
import { countUp, events } from './events.ts';

const COST_MS = 0.2;
const env = StreamExecutionEnvironment.getExecutionEnvironment();
env.setParallelism(2).enableCheckpointing(1000);
countUp(
  events(env, null, 10)
    .map((event) => {
      const end = performance.now() + COST_MS;
      while (performance.now() < end);
      return { key: event.key, count: 1 };
    })
    .name('slow-map')
    .uid('slow-map'),
);
await env.execute('slow-map');
