import { readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ConsolePage } from './console-page.ts';
import { expect, test } from './weir-server.ts';

test('a job whose newest checkpoint is damaged is suspended, and started anew from the one before', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  const keepTwo = ['-D', 'execution.checkpointing.num-retained=2'];
  const id = await weir.run('e2e/jobs/tides.ts', [], keepTwo);
  const record = join(weir.folder, 'data/jobs', `${id}.json`);
  await expect.poll(() => completed(record).length).toBe(2);
  await weir.kill();
  const [newest = '', older = ''] = completed(record);
  damage(newest);
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
  await expect(restored).toContainText(older);

  await view.openJob(weir, id);
  await view.job.getByRole('button', { name: 'Cancel' }).click();
  const cancel = page.getByRole('dialog');
  await expect(cancel).toContainText('are deleted with it. First start it anew from one');
  await cancel.getByRole('textbox').fill('tides');
  await cancel.getByRole('button', { name: 'Cancel job' }).click();
  await view.expectState('CANCELED');
});

/** Folders of those that the job's record knows, newest first: one that it does not is not used. */
function completed(record: string): string[] {
  try {
    const { record: job } = JSON.parse(readFileSync(record, 'utf8')) as Stored;
    return job.checkpoints.map(({ path }) => path).toReversed();
  } catch {
    // Not written yet.
    return [];
  }
}

interface Stored {
  readonly record: { readonly checkpoints: readonly { readonly path: string }[] };
}

function numberOf(checkpoint: string): number {
  return Number(basename(checkpoint).replace('chk-', ''));
}

/** What a disk that was not flushed leaves: files that end in the middle. */
function damage(checkpoint: string): void {
  for (const name of readdirSync(checkpoint).filter((file) => file !== '_metadata')) {
    const path = join(checkpoint, name);
    truncateSync(path, Math.floor(statSync(path).size / 2));
  }
}
