/**
 * `npm run soak:verdicts -- [--draws 20] [--from 1] [--minutes 10] [--kind slow-map]`: many draws
 * of what can go wrong, one after the other, and jobs about which nothing may be said beside them.
 * Takes as long as the draws do, about 22 s each, and no less than the minutes. One of all kinds,
 * at least twenty draws and ten minutes, writes its table into `docs/verdicts.md`.
 */
import { parseArgs } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { WeirServer } from '../weir-server.ts';
import {
  cancel,
  type CaseResult,
  describeCase,
  falseAlarms,
  Machine,
  runTrouble,
  startCase,
} from './case-run.ts';
import { type CalmResult, machineLoad, writeReport } from './report.ts';
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

const loadBefore = machineLoad();
const weir = new WeirServer();
await weir.start();
const machine = new Machine().watch();
const startedAtMs = Date.now();
const calm = minutes === 0 ? [] : await Promise.all(CALM.map(startCalm));
const troubles = TROUBLES.filter((kind) => values.kind === undefined || kind === values.kind);
const results: CaseResult[] = [];
for (let draw = 0; draw < draws; draw++) {
  const kind = troubles[draw % troubles.length] as Trouble;
  const result = await runTrouble(weir, drawPlan(kind, from + draw));
  results.push(result);
  console.log(describeCase(result));
}
const right = results.filter(({ isRight }) => isRight).length;
if (draws > 0) console.log(`${right} of ${draws} right within 10 s`);
await delay(Math.max(0, startedAtMs + minutes * 60_000 - Date.now()));
const calmResults: CalmResult[] = [];
for (const { kind, jobId } of calm) {
  const said = await falseAlarms(weir, jobId, machine);
  calmResults.push({ kind, alarms: said });
  const lasted = ((Date.now() - startedAtMs) / 60_000).toFixed(1);
  console.log(`${kind}: ${said.length} false alarms in ${lasted} minutes`, said);
  await cancel(weir, jobId);
}
if (values.kind === undefined && draws >= 20 && minutes >= 10) {
  const command = `npm run soak:verdicts -- --draws ${draws} --from ${from} --minutes ${minutes}`;
  const lasted = (Date.now() - startedAtMs) / 60_000;
  writeReport({ command, minutes: lasted, results, calm: calmResults, loadBefore });
}
await weir.close();
const isQuiet = calmResults.every(({ alarms }) => alarms.length === 0);
process.exit(right >= draws * 0.9 && isQuiet ? 0 : 1);

async function startCalm(kind: (typeof CALM)[number]) {
  return { kind, ...(await startCase(weir, drawPlan(kind, from))) };
}
