/** Records at a given pace, through a map and over to another thread; how old they arrive. */
import { StreamExecutionEnvironment, WatermarkStrategy } from '@weir/datastream';
import { LatencyMeter } from '../workload/latency-meter.ts';
import { MeasuringSink } from '../workload/measuring-sink.ts';
import { OrderSource } from '../workload/order-source.ts';
import type { Order } from '../workload/orders.ts';
import { parametersOf } from '../workload/parameters.ts';
import { addOrders } from '../workload/steps.ts';

const env = StreamExecutionEnvironment.getExecutionEnvironment();
const { file, records, pace } = parametersOf(env.args);
const source = new OrderSource({ records, keys: 1000, recordsPerSecond: 1000, pace });
const sink = new MeasuringSink<Order>(file, () => new LatencyMeter(records));
env
  .enableCheckpointing(1000)
  .fromSource(source, WatermarkStrategy.noWatermarks<Order>(), 'orders')
  .map((order) => addOrders(order, order))
  .slotSharingGroup('senders')
  .rebalance()
  .filter((order) => order.cents >= 0)
  .slotSharingGroup('receivers')
  .sinkTo(sink);
await env.execute('latency');
