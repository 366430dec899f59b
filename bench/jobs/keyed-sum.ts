/** keyBy → reduce: a rolling sum per user, put out for each record. */
import { StreamExecutionEnvironment, WatermarkStrategy } from '@weir/datastream';
import { throughputSink } from '../workload/measuring-sink.ts';
import { OrderSource } from '../workload/order-source.ts';
import type { Order } from '../workload/orders.ts';
import { parametersOf } from '../workload/parameters.ts';
import { addOrders, userOf } from '../workload/steps.ts';

const env = StreamExecutionEnvironment.getExecutionEnvironment();
const { file, records, keys } = parametersOf(env.args);
const source = new OrderSource({ records, keys, recordsPerSecond: 1000, pace: null });
env
  .enableCheckpointing(2000)
  .fromSource(source, WatermarkStrategy.noWatermarks<Order>(), 'orders')
  .keyBy(userOf)
  .reduce(addOrders)
  .sinkTo(throughputSink(file, records));
await env.execute('keyed sum');
