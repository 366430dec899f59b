/** A Map from user to sum, written as JSON every two seconds in the same thread. */
import { rmSync, writeFileSync } from 'node:fs';
import { GapMeter } from '../workload/gap-sink.ts';
import { report } from '../workload/measurement.ts';
import { type Order, orderAt, userNames } from '../workload/orders.ts';
import { parametersOf } from '../workload/parameters.ts';
import { addOrders, userOf } from '../workload/steps.ts';

const CHECKPOINT_MS = 2000;
const RECORDS_PER_LOOK = 1024;
const { file, records, keys } = parametersOf(process.argv.slice(2));
const users = userNames(keys);
const meter = new GapMeter(2 * keys);
const sums = new Map<string, Order>();
let lastMs = Date.now();
for (let id = 0; id < records; id++) {
  const order = orderAt(id, users, 1000);
  const user = userOf(order);
  const before = sums.get(user);
  sums.set(user, before === undefined ? order : addOrders(before, order));
  meter.look();
  if (id % RECORDS_PER_LOOK !== 0 || Date.now() - lastMs < CHECKPOINT_MS) continue;
  writeFileSync(`${file}.snapshot`, JSON.stringify([...sums]));
  lastMs = Date.now();
}
rmSync(`${file}.snapshot`, { force: true });
report(file, meter.result);
