import { expectAccessible } from './accessible.ts';
import { ConsolePage, type Theme } from './console-page.ts';
import { expect, test } from './synthetic-cluster.ts';

for (const theme of ['light', 'dark'] satisfies Theme[]) {
  test(`hundreds of vertices start as groups, the cause flagged (${theme})`, async ({
    page,
    cluster,
  }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    const view = new ConsolePage(page);
    await view.openJob(cluster, cluster.jobId);
    const graph = page.getByRole('application', { name: 'Job graph' });
    const groups = page.getByRole('navigation', { name: 'Groups' });
    await expect(groups).toContainText('15, 210 vertices');
    const merchant = graph.getByRole('button', { name: /^Bottleneck merchant-30d merchant 22/ });
    await expect(merchant).toBeVisible();
    await expect(merchant).toContainText(/max 100.% busy/);
    await expect(graph.getByRole('button', { name: /^velocity 32 vertices/ })).toBeVisible();
    await expect(graph.getByLabel(/^enrich to merchant, \d+ edges/)).toBeAttached();
    const top = page.getByRole('region', { name: 'Top of 210 by busyness' });
    await expect(top.getByRole('button').first()).toContainText(/merchant-30d\s*merchant\s*100/);

    await top.getByRole('button').first().click();
    const inspector = page.getByRole('complementary', { name: 'Inspector: merchant-30d' });
    await expect(inspector.getByRole('img', { name: /stripe across: a key/ })).toBeVisible();
    const table = inspector.getByRole('table', { name: 'Subtasks, busiest first' });
    await expect(table.getByRole('row').nth(1)).toHaveAccessibleName(/^19 100.%/);
    await expect(table.getByRole('row')).toHaveCount(13);
    await inspector.getByRole('button', { name: 'Show all 33 subtasks' }).click();
    await expect(table.getByRole('row')).toHaveCount(34);
    await expect(inspector).toContainText(/vertices are backpressured by it/);

    await expectAccessible(page);
  });
}

test('by keyboard alone: into a group, to a vertex, up again, and to what was searched', async ({
  page,
  cluster,
}) => {
  const view = new ConsolePage(page);
  await view.openJob(cluster, cluster.jobId);
  const graph = page.getByRole('application', { name: 'Job graph' });
  await expect(graph.getByRole('button', { name: /^ingest 12/ })).toBeVisible();
  await page.keyboard.press('/');
  const search = page.getByRole('searchbox', { name: 'Find operator' });
  await expect(search).toBeFocused();
  for (let presses = 0; presses < 3; presses++) await page.keyboard.press('Tab');
  await expect(graph.getByRole('button', { name: /^ingest 12/ })).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(graph.getByRole('button', { name: /^enrich 24/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/in=enrich/);
  const groups = page.getByRole('navigation', { name: 'Groups' });
  await expect(groups).toContainText('enrich24 vertices');
  await expect(graph.getByRole('button', { name: /^parse 12 vertices/ })).toBeVisible();
  await expect(graph.locator('.compact-node')).toHaveCount(24);
  await page.keyboard.press('u');
  await expect(page).not.toHaveURL(/in=/);
  await expect(graph.getByRole('button', { name: /^merchant 22|merchant-30d/ })).toBeVisible();

  await page.keyboard.press('/');
  await search.fill('acquirer-30d');
  const found = page.getByRole('list', { name: 'Operators found' });
  await expect(found.getByRole('button', { name: 'merchant-acquirer-30d merchant' })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/vertex=/);
  const inspector = page.getByRole('complementary', { name: 'Inspector: merchant-acquirer-30d' });
  await expect(inspector).toBeVisible();
  await inspector.getByRole('button', { name: 'Open group' }).press('Enter');
  await expect(page).toHaveURL(/in=merchant/);
  await expect(graph.getByRole('button', { name: /^acquirer-30d/ })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await page.reload();
  await expect(inspector).toBeVisible();
  await expect(graph.getByRole('button', { name: /^Bottleneck merchant-30d/ })).toBeVisible();
});

test('every vertex at once: blocks on a canvas, walked by keyboard, found by the pointer', async ({
  page,
  cluster,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const view = new ConsolePage(page);
  await view.openJob(cluster, cluster.jobId);
  await page.getByRole('button', { name: 'Every vertex' }).click();
  const blocks = page.locator('canvas[data-blocks="210"]');
  await expect(blocks).toBeVisible();
  await expect(page.locator('.react-flow__node')).toHaveCount(0);
  const cursor = page.getByRole('button', { name: '210 vertices; arrows walk along the edges' });
  await cursor.focus();
  const walked = page.locator('.blocks-cursor');
  await expect(walked).toHaveText('ingest-0');
  await page.keyboard.press('ArrowRight');
  await expect(walked).not.toHaveText('ingest-0');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: /^Inspector: / })).toBeVisible();
  await page.keyboard.press('Escape');
  const table = page.getByRole('navigation', { name: 'Graph or table' });
  await table.getByRole('button', { name: 'Table' }).click();
  await expect(page.getByRole('row', { name: /^merchant-30d Bottleneck/ })).toBeVisible();
});
