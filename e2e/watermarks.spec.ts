import { expectAccessibleInBothThemes } from './accessible.ts';
import { ConsolePage } from './console-page.ts';
import { expect, test } from './weir-server.ts';

test('watermarks advance, and the operator that holds them back is named', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/slow-map.ts');
  await view.openJob(weir, id, 'Watermarks');
  const lag = page.getByRole('region', { name: 'Watermark lag', exact: true });
  await expect(lag).toContainText(/Event time is .* behind at the sinks/);
  const table = page.getByRole('table', { name: /^Watermarks of the vertices/ });
  for (const name of ['Sequence', 'slow-map', 'count']) {
    const row = table.getByRole('row', { name: new RegExp(`^${name}`) });
    await expect(row).toHaveAttribute('title', /^1970-/);
    const instant = async () => Date.parse((await row.getAttribute('title')) ?? '');
    const before = await instant();
    await expect.poll(instant, `the watermark of ${name} advances`).toBeGreaterThan(before);
    await expect(row.getByRole('img')).toHaveAccessibleName(/from its inputs, .* added$/);
  }
  const chart = page.getByRole('img', { name: /^Watermark lag of the last 30 minutes; now \d/ });
  await expect(chart.locator('svg path.recharts-curve').first()).toBeVisible();
  await expect(page.getByRole('region', { name: 'Source splits' })).toContainText(
    'do not report splits',
  );
  await expect(page.getByRole('region', { name: 'Late records' })).toContainText('No operator');
});

test('splits: who holds event time back, which is idle, which drains, what came too late', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/many-splits.ts', ['2000']);
  await view.openJob(weir, id, 'Watermarks');
  const lag = page.getByRole('region', { name: 'Watermark lag', exact: true });
  await expect(lag).toContainText(
    /orders-1, read by orders subtask 1, holds it back: it is (40|39).s behind orders-\d/,
  );
  const splits = page.getByRole('region', { name: 'Source splits' });
  await expect(splits).toContainText('2000 splits, 1999 active, 1 idle');
  const rows = splits.getByRole('table', { name: /^Splits of the sources/ });
  const first = rows.getByRole('row', { name: /^orders-/ }).first();
  await expect(first).toContainText('orders-1');
  await expect(first).toContainText('holds back');
  await expect(first).toContainText(/offset \d+/);
  await expect(await view.cell(first, 'Behind')).toHaveText(/^40.s$/);
  const inDocument = await rows.getByRole('row').count();
  expect(inDocument, 'only the rows in view are in the document').toBeLessThan(80);

  await splits.getByRole('button', { name: 'Records' }).click();
  await expect(page).toHaveURL(/by=records/);
  await expect(first).toContainText('orders-4');
  await expect(await view.cell(first, 'Drained')).toHaveText(/\d.(m|s|h)/);
  await expect(await view.cell(first, 'Change')).toHaveText(/^−/);

  const find = splits.getByRole('searchbox', { name: 'Find a split' });
  await find.fill('orders-2');
  await expect(page).toHaveURL(/split=orders-2/);
  const silent = rows.getByRole('row', { name: /^orders-2 / });
  await expect(silent).toContainText(/idle \d/);
  await find.fill('orders-3');
  const growing = rows.getByRole('row', { name: /^orders-3 / });
  await expect(growing).toBeVisible();
  await expect(await view.cell(growing, 'Drained')).toHaveText('growing');
  await expect(await view.cell(growing, 'Change')).toHaveText(/^\+/);
  await page.reload();
  await expect(growing).toBeVisible();
  await find.fill('no such split');
  await expect(splits).toContainText('No split’s name contains');

  const late = page.getByRole('table', { name: 'Late records dropped, by operator' });
  await expect(late.getByRole('row', { name: /^per second/ })).toContainText(/a minute/);
  const drain = page.getByRole('table', { name: 'How long the backlog lasts' });
  await expect(drain.getByRole('row', { name: /^As it is/ })).toBeVisible();
});

test('the view is accessible; the splits of a job that has ended are not asked for', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/many-splits.ts');
  await view.openJob(weir, id, 'Watermarks');
  const splits = page.getByRole('region', { name: 'Source splits' });
  await expect(splits).toContainText('8 splits');
  await expectAccessibleInBothThemes(page);
  await fetch(`${weir.url}/jobs/${id}?mode=cancel`, { method: 'PATCH' });
  await view.expectState('CANCELED');
  await expect(splits).toContainText('The job has ended');
});
