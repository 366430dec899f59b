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
    const watermark = await view.cell(row, 'Watermark');
    await expect(watermark).toHaveText(/1970/);
    const instant = async () => Date.parse((await watermark.getAttribute('title')) ?? '');
    const before = await instant();
    await expect.poll(instant, `the watermark of ${name} advances`).toBeGreaterThan(before);
    await expect(await view.cell(row, 'Late dropped')).toHaveText('0');
  }
  const chart = page.getByRole('img', { name: /^Watermark lag of the last 30 minutes; now \d/ });
  await expect(chart.locator('svg path.recharts-curve').first()).toBeVisible();
});
