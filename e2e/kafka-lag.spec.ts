import { type KafkaCluster, kafkaProblem, startKafka } from '@weir/dev-services';
import type { Locator } from '@playwright/test';
import type { JobHistory } from '@weir/console-protocol';
import { ConsolePage } from './console-page.ts';
import { expect, test } from './weir-server.ts';

const TOPIC = 'orders';
/** Records a second: three times what the job handles. */
const BURST_RATE = '2400';
/** Of what is left until a backlog is gone, the last seconds are over before they are read. */
const ESTIMATE_MS_MIN = 4000;
const ESTIMATES_MIN = 3;
/** Two jobs connect to a broker, on a machine that may have other things to do. */
const UP = { timeout: 60_000 };

const missing = await kafkaProblem();
test.skip(missing !== null, `nothing to run a broker with: ${missing}`);

let kafka: KafkaCluster;

test.beforeAll(async () => {
  test.setTimeout(240_000);
  kafka = await startKafka();
  await kafka.createTopic(TOPIC, 3);
});
test.afterAll(() => kafka?.stop());

test('a burst: lag grows, the verdict says why, it drains, and when was said rightly', async ({
  page,
  weir,
}) => {
  test.setTimeout(240_000);
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/kafka-lag.ts', [kafka.bootstrapServers, TOPIC]);
  await view.openJob(weir, id, 'Watermarks');
  await view.expectState('RUNNING');
  const splits = page.getByRole('region', { name: 'Source splits' });
  await expect(splits).toContainText('3 splits');
  const burst = [kafka.bootstrapServers, TOPIC, BURST_RATE];
  const burstId = await weir.run('e2e/jobs/kafka-burst.ts', burst);

  await splits.getByRole('button', { name: 'Records' }).click();
  const rows = splits.getByRole('table', { name: /^Splits of the sources/ });
  const full = rows.getByRole('row', { name: /^orders-\d/ }).first();
  const cell = (head: string) => view.cell(full, head);
  const outlook = page
    .getByRole('table', { name: 'How long the backlog lasts' })
    .getByRole('row', { name: /^As it is/ })
    .getByRole('cell')
    .last();

  await test.step('lag grows, in records and in seconds', async () => {
    await expect(await cell('Change')).toHaveText(/^\+\d/, UP);
    await expect(await cell('Drained')).toHaveText('growing');
    await expect(await cell('Behind')).toHaveText(/\d.?(ms|s)$/);
    await expect(outlook).toHaveText('grows');
  });

  await test.step('the verdict says which operator, why and where it goes', async () => {
    await expect(view.verdict).toContainText(
      /^price is the bottleneck: its subtask is \d+.% busy, \d+.% of it waiting on prices/,
      UP,
    );
    await expect(view.verdict).toContainText('everything upstream waits on it');
    await expect(view.verdict).toContainText(/falling behind by \d.*rec\/s/);
  });

  await test.step('the partitions without records are named, and hold nothing back', async () => {
    await expect(splits).toContainText('3 splits, 1 active, 2 idle');
    await expect(rows.getByRole('row', { name: /^orders-\d idle \d/ })).toHaveCount(2);
  });

  await fetch(`${weir.url}/jobs/${burstId}?mode=cancel`, { method: 'PATCH' });
  await test.step('it drains; how long that takes was right within a factor of two', async () => {
    const said = await estimatesUntilEmpty(outlook);
    await expect(await cell('Records')).toHaveText('0');
    await expect(outlook).toHaveText('nothing waits');
    const emptyAtMs = await emptyAt(weir.get(`/weir/v1/jobs/${id}/history`));
    const ratios = said
      .map(({ atMs, ms }) => ({ ms, leftMs: emptyAtMs - atMs }))
      .filter(({ ms, leftMs }) => Math.max(ms, leftMs) >= ESTIMATE_MS_MIN)
      .map(({ ms, leftMs }) => ms / leftMs);
    expect(ratios.length, JSON.stringify(said)).toBeGreaterThanOrEqual(ESTIMATES_MIN);
    const wrong = ratios.filter((ratio) => ratio < 0.5 || ratio > 2);
    // A machine that stands still for a while makes the one or other estimate wrong.
    expect(wrong.length, JSON.stringify({ ratios, wrong })).toBeLessThanOrEqual(ratios.length / 5);
  });
  await expect(view.verdict).toContainText(/^(Healthy|price was the bottleneck until)/);
});

interface Estimate {
  readonly atMs: number;
  readonly ms: number;
}

/** What the page says about the time that is left, each time that it says something else. */
async function estimatesUntilEmpty(outlook: Locator): Promise<Estimate[]> {
  const said: Estimate[] = [];
  let before = '';
  await expect
    .poll(
      async () => {
        const text = (await outlook.textContent()) ?? '';
        const ms = millisecondsIn(text);
        if (text !== before && ms !== null) said.push({ atMs: Date.now(), ms });
        before = text;
        return text;
      },
      { message: 'it drains', timeout: 150_000, intervals: [250] },
    )
    .toBe('nothing waits');
  return said;
}

/** Of `1 m 20 s`, `12 s` or `900 ms`; null of words. */
function millisecondsIn(text: string): number | null {
  const parts = [...text.matchAll(/([\d.]+)\s(ms|s|m|h)\b/g)];
  if (parts.length === 0) return null;
  return parts.reduce((sum, [, value, unit]) => sum + Number(value) * UNIT_MS[unit!]!, 0);
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** When the last backlog was gone, as the server saw it. */
async function emptyAt(history: Promise<JobHistory>): Promise<number> {
  const { ticks } = await history;
  const last = ticks.findLastIndex(({ pendingRecords }) => (pendingRecords ?? 0) > 0);
  return ticks[last + 1]!.t;
}
