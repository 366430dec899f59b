/** Orders at a given pace to another thread, every five milliseconds what has come so far. */
import { setTimeout as delay } from 'node:timers/promises';
import { LatencyMeter } from '../workload/latency-meter.ts';
import { report } from '../workload/measurement.ts';
import { type Order, orderOf, userNames } from '../workload/orders.ts';
import { parametersOf } from '../workload/parameters.ts';
import { addOrders } from '../workload/steps.ts';
import { BATCH_RECORDS, isReceiver, OrderSender, receiveOrders } from './threads.ts';

const FLUSH_MS = 5;
const { file, records, pace } = parametersOf(process.argv.slice(2));
if (isReceiver) {
  const meter = new LatencyMeter(records);
  receiveOrders(
    (order) => meter.record(order),
    () => report(file, meter.result),
  );
} else {
  const sender = new OrderSender(import.meta.filename);
  const users = userNames(1000);
  const startMs = Date.now();
  let id = 0;
  while (id < records) {
    const due = Math.min(records, Math.floor(((Date.now() - startMs) * pace) / 1000));
    while (id < due) {
      const batch: Order[] = [];
      for (; id < due && batch.length < BATCH_RECORDS; id++) {
        const order = orderOf(id, users, startMs + (id * 1000) / pace);
        batch.push(addOrders(order, order));
      }
      await sender.send(batch);
    }
    await delay(FLUSH_MS);
  }
  await sender.end();
}
