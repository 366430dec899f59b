/** A Map from user to the rolling sum. */
import { report, Stopwatch } from '../workload/measurement.ts';
import { type Order, orderAt, userNames } from '../workload/orders.ts';
import { parametersOf } from '../workload/parameters.ts';
import { addOrders, userOf } from '../workload/steps.ts';

const { file, records, keys } = parametersOf(process.argv.slice(2));
const users = userNames(keys);
const watch = new Stopwatch(Math.floor(records / 5), records);
const sums = new Map<string, Order>();
let total = 0;
for (let id = 0; id < records; id++) {
  const order = orderAt(id, users, 1000);
  const user = userOf(order);
  const before = sums.get(user);
  const after = before === undefined ? order : addOrders(before, order);
  sums.set(user, after);
  total += after.cents;
  watch.add(1);
}
if (total > 0) report(file, watch.result);
