/** Writes down when its first record arrives. */
import { StreamExecutionEnvironment } from '@weir/datastream';
import { MeasuringSink } from '../workload/measuring-sink.ts';
import { parametersOf } from '../workload/parameters.ts';

const env = StreamExecutionEnvironment.getExecutionEnvironment();
const { file } = parametersOf(env.args);
const sink = new MeasuringSink<number>(file, () => {
  let atMs = 0;
  return {
    record() {
      if (atMs === 0) atMs = Date.now();
    },
    columns() {},
    get result() {
      return { p50Ms: atMs, p99Ms: atMs, maxMs: atMs };
    },
  };
});
env
  .fromData(1, 2, 3)
  .map((n) => n * n)
  .sinkTo(sink);
await env.execute('first record');
