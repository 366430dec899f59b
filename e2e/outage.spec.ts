import { ConsolePage, expectToMove } from './console-page.ts';
import { expect, test } from './weir-server.ts';

test('the server is killed and comes back: the page ages, then goes on by itself', async ({
  page,
  weir,
  problems,
}) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/slow-map.ts');
  await view.openJob(weir, id);
  const restored = () => view.figure('Last checkpoint');
  await expect(restored()).toContainText(/#[2-9]/);
  await expect(view.verdict).toContainText('slow-map is the bottleneck');

  const past = page.getByRole('region', { name: 'Last 30 minutes' });
  const bottleneck = past.locator('title', { hasText: /^bottleneck: slow-map from / });
  const begin = (await bottleneck.first().textContent()) ?? '';

  await weir.kill();
  await expect(page.getByRole('status').filter({ hasText: 'Reconnecting' })).toBeVisible();
  const status = page.getByRole('status').filter({ hasText: 'Not connected' });
  await expect(status).toContainText(/data .* old/);
  await expectToMove(status);
  await expect(page.getByText('NOT LIVE', { exact: true })).toBeVisible();
  await expect(view.node('slow-map')).toContainText('busy');
  await expect(view.verdict).toContainText('slow-map is the bottleneck');
  await expect(page.getByRole('main')).toHaveAttribute('data-stale', /.*/);

  // A view whose code was not loaded before: the page stays, and opens it once it can.
  await view.tab('Timeline');
  await expect(page.getByRole('alert')).toContainText('The server does not answer');
  await expect(view.verdict).toContainText('slow-map is the bottleneck');

  await weir.start();
  await expect(page.getByText('LIVE', { exact: true })).toBeVisible();
  await expect(page.getByRole('grid', { name: 'What happened' })).toBeVisible();
  const unstyled = () =>
    document.querySelectorAll('link[rel="stylesheet"]').length - document.styleSheets.length;
  expect(await page.evaluate(unstyled)).toBe(0);
  await view.tab('Graph');
  await view.expectState('RUNNING');
  await expectToMove(view.figure('Records in').getByTitle(/per second/));
  await expect(view.node('slow-map')).toBeVisible();
  await expect(past.locator('title', { hasText: begin }), 'what was before stays').toHaveCount(1);
  await view.tab('Checkpoints');
  await expect(page.getByRole('region', { name: 'Failed and restored' })).toContainText(
    /Restored #\d+/,
  );
  // What failed while there was no server is what this is about.
  problems.length = 0;
});
