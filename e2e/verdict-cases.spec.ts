/**
 * What goes wrong in real jobs is named, operator and cause, within ten seconds; jobs in which
 * nothing does are left in peace. One draw of each case; `npm run soak:verdicts` makes more.
 */
import { expect, test } from '@playwright/test';
import {
  cancel,
  type CaseResult,
  describeCase,
  falseAlarms,
  Machine,
  runTrouble,
  startCase,
} from './verdict-cases/case-run.ts';
import { CALM, drawPlan, TROUBLES, type Trouble, WAITING } from './verdict-cases/plan.ts';
import { WeirServer } from './weir-server.ts';

const SEED = 1;
/** Of ten; as eighteen of twenty. */
const WRONG_MAX = 1;

let weir: WeirServer;

test.beforeAll(async () => {
  weir = new WeirServer();
  await weir.start();
});

test.afterAll(() => weir.close());

test('the right operator and cause within ten seconds, and no false alarm', async () => {
  test.setTimeout(300_000);
  const machine = new Machine().watch();
  const calm = await Promise.all(CALM.map((kind) => startCase(weir, drawPlan(kind, SEED))));
  // Those that compute need a core each; the others wait most of the time.
  const lanes = [TROUBLES.filter((kind) => !WAITING.includes(kind)), WAITING];
  const results = (await Promise.all(lanes.map((lane) => inTurn(lane)))).flat();
  const wrong = results.filter(({ isRight }) => !isRight);
  const report = results.map(describeCase).join('\n');
  await test.info().attach('cases', { body: report });
  expect(results).toHaveLength(TROUBLES.length);
  expect(wrong.length, report).toBeLessThanOrEqual(WRONG_MAX);
  for (const { jobId } of calm) {
    expect(await falseAlarms(weir, jobId, machine)).toEqual([]);
    await cancel(weir, jobId);
  }
});

async function inTurn(kinds: readonly Trouble[]): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const kind of kinds) results.push(await runTrouble(weir, drawPlan(kind, SEED)));
  return results;
}
