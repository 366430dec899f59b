/** Orders to another thread with postMessage. */
import { report, Stopwatch } from '../workload/measurement.ts';
import { type Order, orderAt, userNames } from '../workload/orders.ts';
import { parametersOf } from '../workload/parameters.ts';
import { BATCH_RECORDS, isReceiver, OrderSender, receiveOrders } from './threads.ts';

const { file, records } = parametersOf(process.argv.slice(2));
if (isReceiver) {
  const watch = new Stopwatch(Math.floor(records / 5), records);
  receiveOrders(
    (order) => {
      if (order.shop.length > 0 && order.cents >= 0) watch.add(1);
    },
    () => report(file, watch.result),
  );
} else {
  const sender = new OrderSender(import.meta.filename);
  const users = userNames(1000);
  for (let id = 0; id < records; ) {
    const batch: Order[] = [];
    const end = Math.min(records, id + BATCH_RECORDS);
    for (; id < end; id++) batch.push(orderAt(id, users, 1000));
    await sender.send(batch);
  }
  await sender.end();
}
