import { ConsolePage } from './console-page.ts';
import { expect, test } from './weir-server.ts';

test('a failure is shown with its operator and line, restarts are counted', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/failing.ts');
  await view.openJob(weir, id);
  await expect(view.job.getByText('1 restart', { exact: true })).toBeVisible();
  await view.expectState('FAILED');
  await expect(view.job.getByText('2 restarts', { exact: true })).toBeVisible();
  await expect(view.verdict).toContainText(
    'Failed: fragile: record 200 is not to my liking, 3 times in ten minutes.',
  );

  await view.tab('Exceptions');
  const newest = page.getByRole('button', { name: /record 200 is not to my liking/ }).first();
  await expect(newest).toContainText('fragile');
  await expect(newest).toContainText('subtask 0');
  await expect(newest).toHaveAttribute('aria-expanded', 'true');
  await expect(page.getByText(/failing\.ts:14:\d+/)).toBeVisible();
  await expect(page.getByRole('button', { name: /not to my liking/ })).toHaveCount(3);

  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Jobs' }).click();
  const row = page.getByRole('row', { name: /^failing/ });
  await expect(row).toContainText('FAILED');
  await expect(await view.cell(row, 'Restarts')).toHaveText('2');
});
