/** The same filter and projection over objects. */
import { report, Stopwatch } from '../workload/measurement.ts';
import { parametersOf } from '../workload/parameters.ts';

const { file, records } = parametersOf(process.argv.slice(2));
const watch = new Stopwatch(records / 10, records / 2);
let total = 0;
for (let id = 0; id < records; id++) {
  const row = { id, key: (Math.imul(id, 0x9e3779b1) >>> 0) % 1000, value: id % 100, time: id };
  if (row.value >= 50) continue;
  const selected = { id: row.id, key: row.key, euros: row.value * 0.01 };
  total += selected.euros;
  watch.add(1);
}
if (total > 0) report(file, watch.result);
