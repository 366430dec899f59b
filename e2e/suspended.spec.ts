import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { ConsolePage } from './console-page.ts';
import { expect, test } from './weir-server.ts';

test('a job whose newest checkpoint is damaged is suspended, and started anew from the one before', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  const keepTwo = ['-D', 'execution.checkpointing.num-retained=2'];
  const id = await weir.run('e2e/jobs/tides.ts', [], keepTwo);
  const folder = join(weir.folder, 'data/checkpoints', id);
  await expect.poll(() => completed(folder).length).toBe(2);
  await weir.kill();
  const [newest = '', older = ''] = completed(folder);
  damage(join(folder, newest));
  await weir.start();

  await view.openJob(weir, id);
  await view.expectState('SUSPENDED');
  await expect(view.verdict).toContainText(/^Suspended: .*Its checkpoints are kept/);
  await expect(view.job.getByRole('button', { name: 'Savepoint', exact: true })).toBeDisabled();
  await view.job.getByRole('button', { name: 'Restart from…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Restart tides' });
  await expect(dialog).toContainText('it stands still already');
  await expect(dialog).toContainText('cancel this one once that has completed a checkpoint');
  await dialog.getByRole('radio', { name: new RegExp(`^#${numberOf(older)} checkpoint`) }).click();
  await dialog.getByRole('button', { name: `Restart from #${numberOf(older)}` }).click();
  await expect(view.toast('tides runs again')).toBeVisible();
  await expect(page).not.toHaveURL(new RegExp(id));
  await view.expectState('RUNNING');
  await view.tab('Checkpoints');
  const restored = page.getByRole('region', { name: 'Failed and restored' });
  await expect(restored).toContainText(join(folder, older));

  await view.openJob(weir, id);
  await view.job.getByRole('button', { name: 'Cancel' }).click();
  const cancel = page.getByRole('dialog');
  await expect(cancel).toContainText('are deleted with it. First start it anew from one');
  await cancel.getByRole('textbox').fill('tides');
  await cancel.getByRole('button', { name: 'Cancel job' }).click();
  await view.expectState('CANCELED');
});

/** Newest first. */
function completed(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => readdirSync(join(folder, name)).includes('_metadata'))
      .sort((a, b) => numberOf(b) - numberOf(a));
  } catch {
    // Nothing is written yet, or it is being replaced.
    return [];
  }
}

function numberOf(checkpoint: string): number {
  return Number(checkpoint.replace('chk-', ''));
}

/** What a disk that was not flushed leaves: files that end in the middle. */
function damage(checkpoint: string): void {
  for (const name of readdirSync(checkpoint).filter((file) => file !== '_metadata')) {
    const path = join(checkpoint, name);
    truncateSync(path, Math.floor(statSync(path).size / 2));
  }
}
