import { ConsolePage } from './console-page.ts';
import { expect, test } from './weir-server.ts';

test('the graph is walked by keyboard and its selection is in the address', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/slow-map.ts');
  await view.openJob(weir, id);
  const [source, map, count] = [view.node('Sequence'), view.node('slow-map'), view.node('count')];
  await page.getByRole('searchbox', { name: 'Find operator' }).focus();
  // Past "Graph" and "Table" comes the first node.
  for (let presses = 0; presses < 3; presses++) await page.keyboard.press('Tab');
  await expect(source).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(map).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(count).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  const inspector = page.getByRole('complementary', { name: 'Inspector: slow-map' });
  await expect(inspector).toBeVisible();
  await expect(map).toHaveAttribute('aria-pressed', 'true');
  await expect(page).toHaveURL(/vertex=[0-9a-f]{32}/);

  const subtasks = inspector.getByRole('table', { name: 'Subtasks, busiest first' });
  const rows = subtasks.getByRole('row').filter({ hasText: 'running' });
  await expect(rows).toHaveCount(2);
  await expect(await view.cell(rows.first(), 'Busy')).toHaveText(/\d+.%/);
  await expect(await view.cell(rows.first(), 'In/s')).toHaveText(/[1-9]/);
  await expect(inspector.getByRole('img', { name: /Records per second/ })).toBeVisible();
  await expect(inspector.getByRole('region', { name: 'Operators' })).toContainText('slow-map.ts:');

  await page.reload();
  await expect(inspector).toBeVisible();
  await expect(map).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('Escape');
  await expect(inspector).toBeHidden();
  await expect(page).not.toHaveURL(/vertex=/);
});

test('the table says the same as the graph; the search finds an operator in both', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/slow-map.ts');
  await view.openJob(weir, id);
  const search = page.getByRole('searchbox', { name: 'Find operator' });
  await search.fill('slow');
  await expect(view.node('count')).toHaveClass(/dim/);
  await expect(view.node('slow-map')).not.toHaveClass(/dim/);
  await search.fill('');
  const views = page.getByRole('navigation', { name: 'Graph or table' });
  await views.getByRole('button', { name: 'Table' }).click();
  await expect(page).toHaveURL(/view=table/);

  const table = page.getByRole('table', { name: 'Vertices of the job, from source to sink' });
  const row = table.getByRole('row', { name: /^slow-map/ });
  await expect(await view.cell(row, 'Reads from')).toHaveText('Sequence (REBALANCE)');
  await expect(await view.cell(row, 'Par.')).toHaveText('2');
  await expect(await view.cell(row, 'Busy')).toHaveText(/^(9\d|100) %$/);
  await expect(row).toContainText('Bottleneck');
  const first = table.getByRole('row', { name: /^Sequence/ });
  await expect(await view.cell(first, 'Backpr.')).toHaveText(/^([5-9]\d|100) %$/);
  await search.fill('count');
  await expect(table.getByRole('row')).toHaveCount(2);
  await table.getByRole('button', { name: 'count' }).press('Enter');
  await expect(page.getByRole('complementary', { name: 'Inspector: count' })).toBeVisible();
});
