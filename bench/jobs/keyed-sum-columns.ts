/** The same sum on columns, keys being strings. */
import { StreamExecutionEnvironment } from '@weir/datastream';
import { throughputSink } from '../workload/measuring-sink.ts';
import { parametersOf } from '../workload/parameters.ts';

const env = StreamExecutionEnvironment.getExecutionEnvironment();
const { file, records: rows, keys } = parametersOf(env.args);
env
  .enableCheckpointing(2000)
  .fromSequence({ rows, keys, keyType: 'string', startMs: 0, stepMs: 1 })
  .keyedSum('key', 'value')
  .sinkTo(throughputSink(file, rows));
await env.execute('keyed sum on columns');
