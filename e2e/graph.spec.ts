import type { Locator } from '@playwright/test';
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

  const { height } = await boxOf(map);
  await page.keyboard.press('-');
  await expect.poll(async () => (await boxOf(map)).height).toBeLessThan(height);
  await page.keyboard.press('0');
  await expect.poll(async () => (await boxOf(map)).height).toBe(height);
});

async function boxOf(node: Locator): Promise<{ readonly height: number }> {
  return (await node.boundingBox()) ?? { height: 0 };
}

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

test('colours by what one asks for, with the range of the whole graph; chains and edges open up', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/slow-map.ts');
  await view.openJob(weir, id);
  await expect(view.cause('slow-map')).toBeVisible();
  const legend = page.getByRole('region', { name: 'Legend' });
  await expect(legend).toContainText(/\d.%.*100.%/);
  const colour = page.getByRole('combobox', { name: 'Colour by' });
  for (const [mode, unit] of [
    ['records per second', /rec\/s/],
    ['checkpoint duration', /\d.m?s/],
    ['skew', /×/],
    ['backpressure', /%/],
  ] as const) {
    await colour.selectOption(mode);
    const top = page.getByRole('region', { name: `Top by ${mode}` });
    await expect(top.getByRole('button').first()).toContainText(unit);
    await expect(legend).toContainText(unit);
    // The cause is named whatever the colour says.
    await expect(view.cause('slow-map')).toBeVisible();
  }
  await expect(page).toHaveURL(/color=backpressure/);

  const chain = page.getByRole('button', { name: 'Operators of Sequence' });
  await chain.press('Enter');
  await expect(page).toHaveURL(/expanded=[0-9a-f]{32}/);
  const operators = page.getByRole('row', { name: /^Map \d/, includeHidden: true });
  await expect(operators).toHaveText(/Map[\d.]+.k?\d+.%/);
  await page.reload();
  await expect(chain).toHaveAttribute('aria-expanded', 'true');
  await expect(colour).toHaveValue('backpressure');
  await chain.press('Enter');
  await expect(page).not.toHaveURL(/expanded=/);

  const edge = view.edge('slow-map', 'count');
  const card = page.getByRole('tooltip');
  // The closed chain may be placed anew while the pointer is on its way.
  await expect(async () => {
    const { x, y } = await edge.locator('path').first().evaluate(middleOf);
    await page.mouse.move(x, y);
    await expect(card).toContainText('slow-map → count', { timeout: 1000 });
  }).toPass();
  await expect(card).toContainText(/HASH, 4 channels/);
  await expect(card).toContainText(/Records.*rec\/s.*Bytes.*\/s.*Channel.*% full.*Barrier/s);
});

/** Where the middle of a line is on the screen; the middle of its box may lie beside it. */
function middleOf(element: SVGElement | HTMLElement): { x: number; y: number } {
  const path = element as SVGPathElement;
  const { x, y } = path.getPointAtLength(path.getTotalLength() / 2);
  const { a, d, e, f } = path.getScreenCTM()!;
  return { x: x * a + e, y: y * d + f };
}
