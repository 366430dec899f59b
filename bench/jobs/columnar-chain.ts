/** filter → select on columns. */
import { binary, col, num, StreamExecutionEnvironment } from '@weir/datastream';
import { throughputSink } from '../workload/measuring-sink.ts';
import { parametersOf } from '../workload/parameters.ts';

const env = StreamExecutionEnvironment.getExecutionEnvironment();
const { file, records: rows } = parametersOf(env.args);
env
  .enableCheckpointing(1000)
  .fromSequence({ rows, keys: 1000, keyType: 'i64', startMs: 0, stepMs: 1 })
  .filter(binary(col('value'), '<', num(50)))
  .select({ id: col('id'), key: col('key'), euros: binary(col('value'), '*', num(0.01)) })
  .sinkTo(throughputSink(file, rows / 2));
await env.execute('columnar chain');
