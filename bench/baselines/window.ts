/** Per window a Map from user to its sum; put out when a record of the next window comes. */
import { report, Stopwatch } from '../workload/measurement.ts';
import { type Order, orderAt, userNames } from '../workload/orders.ts';
import { parametersOf, recordsPerWindow } from '../workload/parameters.ts';
import { addOrders, userOf } from '../workload/steps.ts';

const WINDOW_MS = 1000;
const { file, records, keys } = parametersOf(process.argv.slice(2));
const users = userNames(keys);
const perWindow = recordsPerWindow(keys);
const results = (records / perWindow) * keys;
const watch = new Stopwatch(keys, results);
const windows = new Map<number, Map<string, Order>>();
let newest = 0;
let total = 0;

function fire(window: Map<string, Order>): void {
  for (const sum of window.values()) {
    total += sum.cents;
    watch.add(1);
  }
}

for (let id = 0; id < records; id++) {
  const order = orderAt(id, users, perWindow);
  const start = order.timeMs - (order.timeMs % WINDOW_MS);
  let window = windows.get(start);
  if (window === undefined) {
    const closed = windows.get(newest);
    if (closed !== undefined) fire(closed);
    windows.delete(newest);
    window = new Map();
    windows.set(start, window);
    newest = start;
  }
  const user = userOf(order);
  const before = window.get(user);
  window.set(user, before === undefined ? order : addOrders(before, order));
}
for (const window of windows.values()) fire(window);
if (total > 0) report(file, watch.result);
