import { ConsolePage } from './console-page.ts';
import { expect, test } from './weir-server.ts';

test('checkpoints: strip, charts, phases by operator and subtask, percentiles, trigger', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/slow-map.ts');
  await view.openJob(weir, id, 'Checkpoints');
  const strip = page.getByRole('region', { name: 'Last 60 checkpoints' });
  const bars = strip.getByRole('button', { name: /^#\d+, completed/ });
  await expect.poll(() => bars.count()).toBeGreaterThanOrEqual(2);
  const before = await bars.count();
  await expect.poll(() => bars.count(), 'the strip grows').toBeGreaterThan(before);

  const history = page.getByRole('region', { name: 'History' });
  for (const name of [/^Duration of .*checkpoints; now \d/, /^Size of .*checkpoints; now \d/]) {
    const chart = history.getByRole('img', { name });
    await expect(chart.locator('svg path.recharts-curve').first()).toBeVisible();
  }
  const summary = page.getByRole('table', { name: /^Percentiles/ });
  const endToEnd = summary.getByRole('row', { name: /^End to end/ });
  for (const [at, head] of ['p50', 'p90', 'p95', 'p99', 'max'].entries()) {
    await expect(endToEnd.getByRole('cell').nth(at), head).toHaveText(/\d.(ms|s)$/);
  }
  await expect(summary.getByRole('row', { name: /^Start delay/ })).toContainText(/\d/);

  await bars.first().click();
  await expect(page.getByRole('heading', { name: /^Checkpoint #\d+$/ })).toBeVisible();
  const gantt = page.getByRole('table', { name: /^Operators and their subtasks/ });
  await expect(gantt.getByRole('rowheader')).toHaveCount(3);
  await expect(gantt.getByRole('rowheader').first()).toContainText('last to acknowledge');
  const count = gantt.getByRole('row', { name: /^count ×2/ });
  await expect(
    count.getByRole('img', { name: /^start delay .*, alignment .*, sync .*, async / }),
  ).toBeVisible();
  await count.getByRole('button', { name: /^count/ }).click();
  await expect(gantt.getByRole('rowheader', { name: /^subtask [01]/ })).toHaveCount(2);
  await expect(gantt.getByText('slowest of 2')).toBeVisible();
  await expect(page).toHaveURL(/checkpoint=\d+/);
  await expect(page).toHaveURL(/open=[0-9a-f]{32}/);
  await page.reload();
  await expect(gantt.getByText('slowest of 2')).toBeVisible();
  const reading = page.getByRole('region', { name: /^Checkpoint #/ }).getByRole('paragraph');
  await expect(reading.first()).toHaveText(/^(As usual\. Most of it:|Slow because) .*\d.%/);
  await page.getByRole('button', { name: 'Follow newest' }).click();
  await expect(page).not.toHaveURL(/checkpoint=/);

  await strip.getByRole('button', { name: 'Trigger checkpoint' }).click();
  await expect(view.toast('Checkpoint completed')).toContainText(/#\d+, .* in .* on the timeline/);
  const configuration = page.getByRole('region', { name: 'Configuration' });
  await expect(configuration).toContainText('exactly once');
});

test('checkpoints that fail say who never acknowledged and what it was doing', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/late-barrier.ts');
  await view.openJob(weir, id, 'Checkpoints');
  const strip = page.getByRole('region', { name: 'Last 60 checkpoints' });
  const failed = strip.getByRole('button', { name: /^#\d+, failed/ });
  await expect(failed.first()).toBeVisible();
  await failed.first().click();
  const detail = page.getByRole('region', { name: /^Checkpoint #/ });
  await expect(detail).toContainText(
    /Failed: price never acknowledged, nor did 1 other; it waited on prices/,
  );
  await expect(detail).toContainText(/expired after 1500 ms/);
  await expect(view.verdict).toContainText(
    /No checkpoint completes: \d+ failed in a row\. The last: checkpoint \d+ expired/,
  );
  const gantt = page.getByRole('table', { name: /^Operators and their subtasks/ });
  await expect(gantt.getByRole('row', { name: /^price/ })).toContainText('1 not acknowledged');

  const side = page.getByRole('region', { name: 'Failed and restored' });
  await side.getByRole('button', { name: /^#1 failed/ }).click();
  await expect(page).toHaveURL(/checkpoint=1$/);
  // Also of the job's first second, of which no figures were there when it failed.
  await expect(page.getByRole('heading', { name: 'Checkpoint #1' })).toBeVisible();
  await expect(detail).toContainText(/price never acknowledged.*; it waited on prices/);
  await view.openJobs(weir);
  await expect(page.getByRole('row', { name: /^late-barrier/ })).toContainText('No checkpoint');
});

test('checkpoints of a moment, of an ended job, and after a restart of the server', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/many-splits.ts');
  await view.openJob(weir, id, 'Checkpoints');
  const bars = page
    .getByRole('region', { name: 'Last 60 checkpoints' })
    .getByRole('button', { name: /^#\d+, completed/ });
  await expect.poll(() => bars.count()).toBeGreaterThanOrEqual(3);
  await fetch(`${weir.url}/jobs/${id}?mode=cancel`, { method: 'PATCH' });
  await view.expectState('CANCELED');
  const { checkpoints } = await weir.get<Past>(`/weir/v1/jobs/${id}/checkpoints?from=0`);
  const second = checkpoints.find((one) => one.id === 2)!;
  const until = second.trigger_timestamp + second.end_to_end_duration;
  const summary = page.getByRole('table', { name: /^Percentiles/ });
  const shown = async () => {
    await expect(bars).toHaveCount(2);
    await expect(page.getByRole('heading', { name: 'Checkpoint #2' })).toBeVisible();
    return (await summary.getByRole('cell').allTextContents()).join();
  };
  await page.goto(`${weir.url}/c/embedded/jobs/${id}/checkpoints?at=${until}`);
  const before = await shown();
  await expect(page.getByText('2 completed · 0 failed until then')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Trigger checkpoint' })).toBeHidden();
  // A page that is open would try to connect.
  await page.goto('about:blank');
  await weir.kill();
  await weir.start();
  await page.goto(`${weir.url}/c/embedded/jobs/${id}/checkpoints?at=${until}`);
  expect(await shown()).toBe(before);
});

interface Past {
  readonly checkpoints: readonly {
    readonly id: number;
    readonly trigger_timestamp: number;
    readonly end_to_end_duration: number;
  }[];
}
