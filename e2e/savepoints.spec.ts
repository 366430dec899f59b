import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expectAccessibleInBothThemes } from './accessible.ts';
import { ConsolePage, expectToMove } from './console-page.ts';
import { expect, test, type WeirServer } from './weir-server.ts';

test('a savepoint from the page: asked for, followed, on disk, in the history', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/slow-map.ts');
  await view.openJob(weir, id, 'Checkpoints');
  await view.job.getByRole('button', { name: 'Savepoint', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Savepoint of slow-map' });
  await expect(dialog).toContainText('the job runs on');
  await dialog.getByRole('button', { name: 'Trigger savepoint' }).click();
  await expect(dialog).toBeHidden();
  await expect(view.toast('Savepoint of slow-map')).toBeVisible();
  const done = view.toast('Savepoint written');
  await expect(done.getByRole('button', { name: 'Copy the path' })).toBeVisible();
  const path = (await done.getByRole('code').textContent()) ?? '';
  expect(path.startsWith(savepointsOf(weir)), path).toBe(true);
  expect(existsSync(join(path, '_metadata'))).toBe(true);

  const strip = page.getByRole('region', { name: 'Last 60 checkpoints' });
  await strip.getByRole('button', { name: /^#\d+, savepoint, / }).click();
  await expect(page.getByRole('heading', { name: /^Savepoint #\d+$/ })).toBeVisible();
  await expect(page.getByRole('region', { name: /^Checkpoint #/ })).toContainText(path);
  await expect(page).toHaveURL(/checkpoint=\d+/);
  await view.expectState('RUNNING');
});

test('stop with a savepoint ends the job live', async ({ page, weir }) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/slow-map.ts');
  await view.openJob(weir, id);
  await view.job.getByRole('button', { name: 'Stop with savepoint' }).click();
  const dialog = page.getByRole('dialog', { name: 'Stop slow-map with a savepoint' });
  await expect(dialog.getByRole('radio', { name: /^To resume later/ })).toBeChecked();
  await expect(dialog).toContainText('resume from the savepoint');
  await dialog.getByRole('radio', { name: /^Drain/ }).check();
  await expect(dialog).toContainText('event time is over');
  await dialog.getByRole('radio', { name: /^To resume later/ }).check();
  await dialog.getByRole('button', { name: 'Stop with savepoint' }).click();
  const done = view.toast('slow-map is stopped, savepoint written');
  await expect(done).toBeVisible();
  const path = (await done.getByRole('code').textContent()) ?? '';
  expect(existsSync(join(path, '_metadata'))).toBe(true);
  await view.expectState('FINISHED');
  await expect(view.verdict).toContainText('Stopped with savepoint');
  await expect(view.job.getByRole('button', { name: 'Cancel' })).toBeHidden();
  expect(await stateOf(weir, id)).toBe('FINISHED');

  const resumed = await weir.run('e2e/jobs/slow-map.ts', [], ['--from', path]);
  await view.openJob(weir, resumed, 'Checkpoints');
  const restored = page.getByRole('region', { name: 'Failed and restored' });
  await expect(restored).toContainText('Restored from savepoint');
  await expect(restored).toContainText(path);
});

test('cancel asks twice, then ends the job live', async ({ page, weir }) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/slow-map.ts');
  await view.openJob(weir, id);
  await expectToMove(view.figure('Records in').getByTitle(/per second/));
  await view.job.getByRole('button', { name: 'Cancel' }).click();
  const dialog = page.getByRole('dialog', { name: 'Cancel slow-map without a savepoint?' });
  const cancel = dialog.getByRole('button', { name: 'Cancel job' });
  await expect(cancel).toBeDisabled();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  expect(await stateOf(weir, id)).toBe('RUNNING');

  await view.job.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toContainText(/since checkpoint #\d+|No checkpoint is completed/);
  await dialog.getByRole('textbox', { name: /job's name to confirm/ }).fill('slow-ma');
  await expect(cancel).toBeDisabled();
  await dialog.getByRole('textbox', { name: /job's name to confirm/ }).fill('slow-map');
  await cancel.click();
  await expect(dialog).toBeHidden();
  await expect(view.toast('slow-map is canceled')).toContainText(/^.*in .*s\.$/m);
  await view.expectState('CANCELED');
  await expect(view.verdict).toContainText('Canceled');
  expect(await stateOf(weir, id)).toBe('CANCELED');
  await page.getByRole('button', { name: /^Its last numbers, \d/ }).click();
  await expect(page).toHaveURL(/[?&]at=\d+/);
  await expect(view.node('slow-map')).toContainText(/busy \d+/);
  await view.openJobs(weir);
  await expect(page.getByRole('row', { name: /^slow-map/ })).toContainText('CANCELED');
});

test('savepoints of the server: of which job, whether they fit, restarted from, disposed of', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  await page.goto(`${weir.url}/c/embedded/savepoints`);
  await expect(page.getByText('No savepoint yet.')).toBeVisible();
  const id = await weir.run('e2e/jobs/many-splits.ts');
  await view.openJob(weir, id);
  await view.job.getByRole('button', { name: 'Savepoint', exact: true }).click();
  const asks = page.getByRole('dialog', { name: 'Savepoint of many-splits' });
  await asks.getByRole('button', { name: 'Trigger savepoint' }).click();
  const done = view.toast('Savepoint written');
  await expect(done).toBeVisible();
  const path = (await done.getByRole('code').textContent()) ?? '';
  await done.getByRole('button', { name: 'All savepoints' }).click();

  const table = page.getByRole('table', { name: 'Savepoints, newest first' });
  const row = table.getByRole('row', { name: /^#\d+/ });
  await expect(row).toContainText('many-splits');
  await expect(row).toContainText('fits its job');
  await expect(row).toContainText(/\d+.(B|KiB)/);
  await expectAccessibleInBothThemes(page);
  await row.getByRole('button', { name: /^Restart from/ }).click();
  const restart = page.getByRole('dialog', { name: 'Restart many-splits' });
  const chosen = restart.getByRole('radio', { checked: true }).and(restart.locator('input'));
  await expect(chosen).toHaveCount(1);
  await expect(restart.getByRole('button', { name: /^Restart from #\d+$/ })).toBeEnabled();
  await page.keyboard.press('Escape');

  await page.getByRole('navigation', { name: 'Main' }).getByText('Savepoints').click();
  await row.getByRole('button', { name: /^Dispose…/ }).click();
  const dispose = page.getByRole('dialog', {
    name: /^Dispose of savepoint #\d+ of many-splits\?$/,
  });
  await expect(dispose).toContainText(path);
  await dispose.getByRole('button', { name: 'Keep it' }).click();
  expect(existsSync(path)).toBe(true);
  await row.getByRole('button', { name: /^Dispose…/ }).click();
  await dispose.getByRole('button', { name: 'Dispose of it' }).click();
  await expect(dispose).toBeHidden();
  await expect(view.toast('Savepoint disposed of')).toContainText('is gone');
  await expect(page.getByText('No savepoint yet.')).toBeVisible();
  expect(existsSync(path)).toBe(false);
});

function savepointsOf(weir: WeirServer): string {
  return join(weir.folder, 'data', 'savepoints');
}

async function stateOf(weir: WeirServer, jobId: string): Promise<string> {
  return (await weir.get<{ readonly state: string }>(`/jobs/${jobId}`)).state;
}
