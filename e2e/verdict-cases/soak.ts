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

const minutes = Number(values.minutes);

const weir = new WeirServer();
await weir.start();
const machine = new Machine().watch();
const startedAtMs = Date.now();
const calm = minutes === 0 ? [] : await Promise.all(CALM.map(startCalm));
const troubles = TROUBLES.filter((kind) => values.kind === undefined || kind === values.kind);
let right = 0;
for (let draw = 0; draw < draws; draw++) {
  const kind = troubles[draw % troubles.length] as Trouble;
  const result = await runTrouble(weir, drawPlan(kind, from + draw));
  if (result.isRight) right++;
  console.log(describeCase(result));
}
if (draws > 0) console.log(`${right} of ${draws} right within 10 s`);
await delay(Math.max(0, startedAtMs + minutes * 60_000 - Date.now()));
let alarms = 0;
for (const { kind, jobId } of calm) {
  const said = await falseAlarms(weir, jobId, machine);
  alarms += said.length;
  const lasted = ((Date.now() - startedAtMs) / 60_000).toFixed(1);
  console.log(`${kind}: ${said.length} false alarms in ${lasted} minutes`, said);
  await cancel(weir, jobId);
}
await weir.close();
process.exit(right >= draws * 0.9 && alarms === 0 ? 0 : 1);

async function startCalm(kind: (typeof CALM)[number]) {
  return { kind, ...(await startCase(weir, drawPlan(kind, from))) };
}
