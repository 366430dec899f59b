/** The same filter and projection with the methods of arrays. */
import { report, Stopwatch } from '../workload/measurement.ts';
import { parametersOf } from '../workload/parameters.ts';

interface Row {
  readonly id: number;
  readonly key: number;
  readonly value: number;
  readonly time: number;
}

const BATCH_RECORDS = 1000;
const { file, records } = parametersOf(process.argv.slice(2));
const watch = new Stopwatch(records / 10, records / 2);
let total = 0;
for (let id = 0; id < records; ) {
  const batch: Row[] = [];
  for (let i = 0; i < BATCH_RECORDS; i++, id++) {
    const key = (Math.imul(id, 0x9e3779b1) >>> 0) % 1000;
    batch.push({ id, key, value: id % 100, time: id });
  }
  const selected = batch
    .filter(({ value }) => value < 50)
    .map((row) => ({ id: row.id, key: row.key, euros: row.value * 0.01 }));
  for (const { euros } of selected) total += euros;
  watch.add(selected.length);
}
if (total > 0) report(file, watch.result);
