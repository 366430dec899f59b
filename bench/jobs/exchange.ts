/** Records from one slot's thread to another's. */
import { StreamExecutionEnvironment, WatermarkStrategy } from '@weir/datastream';
import { throughputSink } from '../workload/measuring-sink.ts';
import { OrderSource } from '../workload/order-source.ts';
import type { Order } from '../workload/orders.ts';
import { parametersOf } from '../workload/parameters.ts';

const env = StreamExecutionEnvironment.getExecutionEnvironment();
const { file, records } = parametersOf(env.args);
const source = new OrderSource({ records, keys: 1000, recordsPerSecond: 1000, pace: null });
env
  .enableCheckpointing(1000)
  .fromSource(source, WatermarkStrategy.noWatermarks<Order>(), 'orders')
  .slotSharingGroup('senders')
  .rebalance()
  .filter((order) => order.shop.length > 0 && order.cents >= 0)
  .slotSharingGroup('receivers')
  .sinkTo(throughputSink(file, records));
await env.execute('exchange');
