/** map → filter → map in a loop over objects. */
import { report, Stopwatch } from '../workload/measurement.ts';
import { orderAt, userNames } from '../workload/orders.ts';
import { parametersOf } from '../workload/parameters.ts';
import { isEven, toEuros, withTax } from '../workload/steps.ts';

const { file, records } = parametersOf(process.argv.slice(2));
const users = userNames(1000);
const watch = new Stopwatch(records / 10, records / 2);
let total = 0;
for (let id = 0; id < records; id++) {
  const priced = toEuros(orderAt(id, users, 1000));
  if (!isEven(priced)) continue;
  total += withTax(priced).euros;
  watch.add(1);
}
if (total > 0) report(file, watch.result);
