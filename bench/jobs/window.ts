/** keyBy → tumbling window of one second → reduce. */
import {
  StreamExecutionEnvironment,
  TumblingEventTimeWindows,
  WatermarkStrategy,
} from '@weir/datastream';
import { throughputSink } from '../workload/measuring-sink.ts';
import { OrderSource } from '../workload/order-source.ts';
import type { Order } from '../workload/orders.ts';
import { parametersOf, recordsPerWindow } from '../workload/parameters.ts';
import { addOrders, userOf } from '../workload/steps.ts';

const env = StreamExecutionEnvironment.getExecutionEnvironment();
const { file, records, keys } = parametersOf(env.args);
const recordsPerSecond = recordsPerWindow(keys);
const source = new OrderSource({ records, keys, recordsPerSecond, pace: null });
const watermarks = WatermarkStrategy.forMonotonousTimestamps<Order>();
env
  .enableCheckpointing(2000)
  .fromSource(source, watermarks, 'orders')
  .keyBy(userOf)
  .window(TumblingEventTimeWindows.of(1000))
  .reduce(addOrders)
  .sinkTo(throughputSink(file, (records / recordsPerSecond) * keys, keys));
await env.execute('window');
