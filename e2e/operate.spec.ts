import { existsSync } from 'node:fs';
import { ConsolePage } from './console-page.ts';
import { expect, test } from './weir-server.ts';

test('rescale: stopped with a savepoint, started from it at another parallelism', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/slow-map.ts', [], ['--parallelism', '1']);
  await view.openJob(weir, id);
  await view.expectState('RUNNING');
  await view.job.getByRole('button', { name: 'Rescale' }).click();
  const dialog = page.getByRole('dialog', { name: 'Rescale slow-map' });
  await expect(dialog.getByRole('radio', { name: /^Now/ })).toBeChecked();
  const rescale = dialog.getByRole('button', { name: /^Rescale to/ });
  await dialog.getByRole('textbox', { name: 'Parallelism' }).fill('999');
  await expect(dialog.getByRole('status')).toContainText('at most 128 subtasks');
  await dialog.getByRole('textbox', { name: 'Parallelism' }).fill('1');
  await expect(rescale, 'to what it is already').toBeDisabled();
  await dialog.getByRole('button', { name: 'One more' }).click();
  await expect(dialog).toContainText('×1 → ×2');
  await expect(dialog).toContainText('nothing; the sources go on where they stop');
  await rescale.click();
  await expect(dialog).toBeHidden();
  const done = view.toast('slow-map runs again at ×2');
  await expect(done.getByRole('listitem')).toContainText([
    /^Savepoint #\d+, .*; stopped$/,
    /^Started, all \d+ subtasks run$/,
  ]);
  const savepoint = (await done.getByRole('code').textContent()) ?? '';
  expect(existsSync(savepoint), savepoint).toBe(true);

  await expect(page).not.toHaveURL(new RegExp(id));
  await view.expectState('RUNNING');
  await expect(view.node('slow-map')).toContainText('×2');
  expect(await stateOf(weir, id)).toBe('FINISHED');
  await view.tab('Checkpoints');
  const restored = page.getByRole('region', { name: 'Failed and restored' });
  await expect(restored).toContainText(savepoint);
});

test('an ended job is restarted from its savepoint, with other arguments', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/slow-map.ts', ['--first'], ['--parallelism', '1']);
  await view.openJob(weir, id);
  await view.expectState('RUNNING');
  await view.job.getByRole('button', { name: 'Stop with savepoint' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop with savepoint' }).click();
  await view.expectState('FINISHED');

  await view.job.getByRole('button', { name: 'Restart from…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Restart slow-map' });
  const known = dialog.getByRole('group', { name: 'Known checkpoints and savepoints' });
  await expect(known.getByRole('radio', { name: /^#\d+ savepoint, newest/ })).toBeChecked();
  await expect(known.getByRole('radio'), 'deleted checkpoints are not offered').toHaveCount(1);
  await expect(dialog.getByRole('textbox', { name: 'Arguments' })).toHaveValue('--first');
  await dialog.getByRole('textbox', { name: 'Arguments' }).fill('--second "two words"');
  await expect(dialog).toContainText('it has ended already');
  await dialog.getByRole('button', { name: /^Restart from #\d+$/ }).click();
  await expect(view.toast('slow-map runs again')).toBeVisible();
  await expect(page).not.toHaveURL(new RegExp(id));
  await view.expectState('RUNNING');
  const again = new URL(page.url()).pathname.split('/').at(-2)!;
  const info = await weir.get<{ readonly args: string[] }>(`/weir/v1/jobs/${again}`);
  expect(info.args).toEqual(['--second', 'two words']);
});

test('a restart that is refused says so, and the job runs on', async ({ page, weir, problems }) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/slow-map.ts', [], ['--parallelism', '1']);
  await view.openJob(weir, id);
  await view.expectState('RUNNING');
  await view.job.getByRole('button', { name: 'Restart from…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Restart slow-map' });
  await dialog.getByRole('radio', { name: 'Path' }).click();
  await expect(dialog.getByRole('button', { name: /^Restart from/ })).toBeDisabled();
  await dialog.getByRole('textbox', { name: 'Path' }).fill('/nowhere/savepoint-1');
  await expect(dialog).toContainText('by a cancel; no savepoint of now is taken');
  await dialog.getByRole('button', { name: 'Restart from this path' }).click();
  const failed = view.toast('slow-map was not restarted');
  await expect(failed).toContainText('there is no savepoint or checkpoint at /nowhere/savepoint-1');
  await view.expectState('RUNNING');
  expect(await stateOf(weir, id)).toBe('RUNNING');
  expect(problems.splice(0).join('\n')).toContain('/rerun');
});

test('the empty console starts an example with one click', async ({ page, weir, problems }) => {
  const view = new ConsolePage(page);
  await view.openJobs(weir);
  const example = page.getByRole('listitem', { name: 'Word count' });
  await expect(example).toContainText('weir run apps/examples/quickstart/job.ts');

  await page.route('**/weir/v1/jobs', (route) =>
    route.fulfill({ status: 400, json: { errors: ['job.ts:3: there is no sink.'] } }),
  );
  await example.getByRole('button', { name: 'Start Word count' }).click();
  const failure = example.getByRole('alert');
  await expect(failure).toContainText('Word count was not started.');
  await expect(failure).toContainText('job.ts:3: there is no sink.');
  expect(problems.splice(0).join()).toContain('400');
  await page.unroute('**/weir/v1/jobs');

  await example.getByRole('button', { name: 'Start Word count' }).click();
  await expect(page).toHaveURL(/\/jobs\/[0-9a-f]{32}\/graph$/);
  await expect(page).toHaveTitle(/word count/);
  await view.expectState('FINISHED');
});

test('the palette jumps to operators, jobs and actions; keys jump to pages', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/slow-map.ts');
  await weir.run('apps/examples/quickstart/job.ts');
  await view.openJobs(weir);
  const palette = page.getByRole('dialog', { name: 'Command palette' });
  const field = palette.getByRole('combobox', { name: 'Jump to' });
  await page.getByRole('button', { name: 'Jump to' }).click();
  await field.fill('slow');
  await expect(palette.getByRole('option', { selected: true })).toContainText('slow-map');
  await field.press('Enter');
  await expect(palette).toBeHidden();
  await expect(page).toHaveURL(new RegExp(`/jobs/${id}/graph$`));
  await view.expectState('RUNNING');

  await page.keyboard.press('Control+k');
  await expect(field).toBeFocused();
  await field.fill('count');
  const operators = palette.getByRole('group', { name: 'Operators of slow-map' });
  await expect(operators.getByRole('option', { name: /^count/ })).toBeVisible();
  await field.press('Enter');
  await expect(page.getByRole('complementary', { name: 'Inspector: count' })).toBeVisible();

  await page.keyboard.press('Control+k');
  await field.fill('rescale');
  await field.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Rescale slow-map' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await field.fill('theme dark');
  await field.press('Enter');
  await expect(page.getByRole('button', { name: /^Theme: dark/ })).toBeVisible();
  await page.keyboard.press('Control+k');
  await field.fill('there is no such thing');
  await expect(palette.getByText('Nothing is called so.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(palette).toBeHidden();

  await page.setViewportSize({ width: 1024, height: 768 });
  const more = page.getByRole('button', { name: 'More actions' });
  await expect(page.getByRole('button', { name: 'Stop with savepoint' })).toBeHidden();
  await more.click();
  await page.getByRole('button', { name: 'Restart from…' }).click();
  await expect(page.getByRole('dialog', { name: 'Restart slow-map' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(more).toHaveAttribute('aria-expanded', 'false');
  await page.setViewportSize({ width: 1440, height: 900 });

  await page.keyboard.press('g');
  await page.keyboard.press('o');
  await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('j');
  await expect(page.getByRole('heading', { name: 'Jobs', level: 1 })).toBeVisible();
  await page.keyboard.press('?');
  const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(list).toContainText('Jump to a job, an operator, an action');
  await page.keyboard.press('Escape');
  await expect(list).toBeHidden();
  await page.getByRole('searchbox', { name: 'Search jobs' }).pressSequentially('g j?');
  await expect(page.getByRole('searchbox', { name: 'Search jobs' }), 'text in fields').toHaveValue(
    'g j?',
  );
});

test('task managers: each with its job, its slot threads and its memory', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  await page.goto(`${weir.url}/c/embedded/task-managers`);
  await expect(page.getByText(/^No job runs, and each task manager/)).toBeVisible();
  await weir.run('e2e/jobs/slow-map.ts');
  const row = page.getByRole('row', { name: /^tm-.*slow-map/ });
  await expect(row, 'how its job does').toContainText(/Held up|Steady backlog|Falling behind/);
  const cells = row.getByRole('list', { name: 'Busy slot threads' }).getByRole('listitem');
  await expect(cells).toHaveText([/^\d+$/, /^\d+$/]);
  await expect(await view.cell(row, 'Cores')).toHaveText(/^\d\.\d\d$/);
  await expect(await view.cell(row, 'Heap')).toHaveText(/MiB.* of .*[GM]iB/);
  const threads = page.getByRole('region', { name: /^Slot threads of / });
  await expect(threads.getByRole('img', { name: /slow-map.* \d+ %/ })).toHaveCount(2);
  await row.getByRole('link', { name: 'slow-map' }).click();
  await view.expectState('RUNNING');
});

test('the lists say in words how each job does', async ({ page, weir }) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/slow-map.ts');
  await view.openJobs(weir);
  const row = page.getByRole('row', { name: /^slow-map/ });
  await expect(await view.cell(row, 'Health')).toHaveText(
    /(Held up|Steady backlog|Falling behind).*slow-map (is the bottleneck|finds no free core), \d/,
  );
  await page.getByRole('link', { name: 'Overview', exact: true }).click();
  // A backlog that does not grow is told, but nobody has to come for it.
  await expect(page.getByText('1 job runs; none needs you.')).toBeVisible();
  await fetch(`${weir.url}/jobs/${id}?mode=cancel`, { method: 'PATCH' });
  await view.openJobs(weir);
  await expect(await view.cell(row, 'Health')).toHaveText(/^Canceled/);
});

async function stateOf(weir: { get<T>(path: string): Promise<T> }, jobId: string): Promise<string> {
  return (await weir.get<{ readonly state: string }>(`/jobs/${jobId}`)).state;
}
