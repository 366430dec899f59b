/** map → filter → map, chained. */
import { StreamExecutionEnvironment, WatermarkStrategy } from '@weir/datastream';
import { throughputSink } from '../workload/measuring-sink.ts';
import { OrderSource } from '../workload/order-source.ts';
import type { Order } from '../workload/orders.ts';
import { parametersOf } from '../workload/parameters.ts';
import { isEven, toEuros, withTax } from '../workload/steps.ts';

const env = StreamExecutionEnvironment.getExecutionEnvironment();
const { file, records } = parametersOf(env.args);
const source = new OrderSource({ records, keys: 1000, recordsPerSecond: 1000, pace: null });
env
  .enableCheckpointing(1000)
  .fromSource(source, WatermarkStrategy.noWatermarks<Order>(), 'orders')
  .map(toEuros)
  .filter(isEven)
  .map(withTax)
  .sinkTo(throughputSink(file, records / 2));
await env.execute('stateless chain');
