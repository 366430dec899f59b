/** map → filter → map with the methods of arrays, a thousand orders at a time. */
import { report, Stopwatch } from '../workload/measurement.ts';
import { type Order, orderAt, userNames } from '../workload/orders.ts';
import { parametersOf } from '../workload/parameters.ts';
import { isEven, toEuros, withTax } from '../workload/steps.ts';

const BATCH_RECORDS = 1000;
const { file, records } = parametersOf(process.argv.slice(2));
const users = userNames(1000);
const watch = new Stopwatch(records / 10, records / 2);
let total = 0;
for (let id = 0; id < records; ) {
  const batch: Order[] = [];
  for (let i = 0; i < BATCH_RECORDS; i++) batch.push(orderAt(id++, users, 1000));
  const priced = batch.map(toEuros).filter(isEven).map(withTax);
  for (const { euros } of priced) total += euros;
  watch.add(priced.length);
}
if (total > 0) report(file, watch.result);
