import { join } from 'node:path';
import { ConsolePage, expectToMove } from './console-page.ts';
import { expect, test } from './weir-server.ts';

/** At this speed flights come faster than the database looks airports up, night and day. */
const OPTIONS = ['--speed', '20000', '--lookup-capacity', '8', '--bound', '30m'];

test('flights: the look-up is the bottleneck, and its database the reason', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  const out = join(weir.folder, 'out');
  const id = await weir.run('apps/examples/flights/job.ts', [...OPTIONS, '--out', out]);
  await view.openJob(weir, id);
  await view.expectState('RUNNING');
  for (const title of ['flights', 'delays per hour', 'late flights', 'delay cascades', 'alerts']) {
    await expect(view.node(title)).toBeVisible();
  }
  await expectToMove(view.figure('Records in').getByTitle(/per second/));
  const calls = page.getByRole('group', { name: 'Calls to airports (PostgreSQL)' });
  await expect(calls).toContainText(/p99 \d/);
  await expect(calls).toContainText('16 of 16');

  await expect(view.verdict).toContainText('airport look-up is the bottleneck');
  await expect(view.verdict).toContainText('waiting on airports (PostgreSQL)');
  await expect(view.cause('airport look-up')).toBeVisible();
  await expect(view.victim('flights')).toBeVisible();
  await expect(view.edge('flights', 'airport look-up')).toContainText(/(8\d|9\d|100) % full/);
  await expect(view.edge('delays per hour', 'late flights')).toContainText('late ⟶');

  await view.tab('Watermarks');
  const lag = page.getByRole('region', { name: 'Watermark lag', exact: true });
  await expect(lag).toContainText(/Event time is .* behind at the sinks/);
  const table = page.getByRole('table', { name: /^Watermarks of the vertices/ });
  const windows = table.getByRole('row', { name: /^delays per hour/ });
  await expect(await view.cell(windows, 'Lag')).toHaveText(/\d/);
  const apart = page.getByRole('table', { name: 'Set apart in side outputs:' });
  const lateOnes = apart.getByRole('row', { name: /^late → late flights/ });
  await expect(await view.cell(lateOnes, 'Records a second')).toHaveText(/\d.*rec\/s/);

  await view.job.getByRole('button', { name: 'Cancel' }).click();
  const dialog = page.getByRole('dialog', { name: 'Cancel flights without a savepoint?' });
  await dialog.getByRole('textbox', { name: /job's name to confirm/ }).fill('flights');
  await dialog.getByRole('button', { name: 'Cancel job' }).click();
  await view.expectState('CANCELED');
});
