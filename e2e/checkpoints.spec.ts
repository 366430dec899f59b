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
  for (const head of ['min', 'p50', 'p95', 'max']) {
    await expect(
      endToEnd.getByRole('cell').nth(['min', 'p50', 'p95', 'max'].indexOf(head)),
      head,
    ).toHaveText(/\d.(ms|s)$/);
  }

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
  await page.getByRole('button', { name: 'Follow newest' }).click();
  await expect(page).not.toHaveURL(/checkpoint=/);

  await strip.getByRole('button', { name: 'Trigger checkpoint' }).click();
  await expect(view.toast('Checkpoint completed')).toContainText(/#\d+ in /);
  const configuration = page.getByRole('region', { name: 'Configuration' });
  await expect(configuration).toContainText('exactly once');
});
