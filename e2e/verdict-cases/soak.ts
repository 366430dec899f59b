/**
 * `npm run soak:verdicts -- [--draws 20] [--from 1] [--minutes 10] [--kind slow-map]`: many draws
 * of what can go wrong, one after the other, and jobs about which nothing may be said beside them.
 */
import { parseArgs } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { WeirServer } from '../weir-server.ts';
import { cancel, describeCase, falseAlarms, Machine, runTrouble, startCase } from './case-run.ts';
import { CALM, drawPlan, type Trouble, TROUBLES } from './plan.ts';

const { values } = parseArgs({
  options: {
    draws: { type: 'string', default: '20' },
    from: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '10' },
    kind: { type: 'string' },
  },
});
const draws = Number(values.draws);
const from = Number(values.from);

const weir = new WeirServer();
await weir.start();
const troubles = TROUBLES.filter((kind) => values.kind === undefined || kind === values.kind);
let right = 0;
for (let draw = 0; draw < draws; draw++) {
  const kind = troubles[draw % troubles.length] as Trouble;
  const result = await runTrouble(weir, drawPlan(kind, from + draw));
  if (result.isRight) right++;
  console.log(describeCase(result));
}
if (draws > 0) console.log(`${right} of ${draws} right within 10 s`);
const alarms = await calmAlarms(Number(values.minutes));
await weir.close();
process.exit(right >= draws * 0.9 && alarms === 0 ? 0 : 1);

async function calmAlarms(minutes: number): Promise<number> {
  if (minutes === 0) return 0;
  const jobs = await Promise.all(
    CALM.map(async (kind) => ({ kind, ...(await startCase(weir, drawPlan(kind, from))) })),
  );
  const machine = new Machine();
  await delay(minutes * 60_000);
  let alarms = 0;
  for (const { kind, jobId } of jobs) {
    const said = await falseAlarms(weir, jobId, machine.isFull);
    alarms += said.length;
    console.log(`${kind}: ${said.length} false alarms in ${minutes} minutes`, said);
    await cancel(weir, jobId);
  }
  return alarms;
}
