import type { Locator } from '@playwright/test';
import { ConsolePage, expectToMove, type Theme } from './console-page.ts';
import { expect, test } from './weir-server.ts';

test('an empty console teaches; a started job appears and moves by itself', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  await page.goto(weir.url);
  await expect(page).toHaveTitle(/Overview/);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Jobs' }).click();
  await expect(page.getByText('No job runs on this server yet.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Run an example' })).toContainText('weir run');
  const own = page.getByRole('region', { name: 'Write a job of your own' });
  await expect(own).toContainText('StreamExecutionEnvironment');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await own.getByRole('button', { name: 'Copy: weir run job.ts' }).click();
  await expect(own.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('weir run job.ts');

  const id = await weir.run('e2e/jobs/slow-map.ts');
  const row = page.getByRole('row', { name: /^slow-map/ });
  await expect(row).toContainText('RUNNING');
  await expect(await view.cell(row, 'Tasks')).toHaveText('6/6');
  await expect(await view.cell(row, 'In, rec/s')).toHaveText(/[1-9]/);
  await expectToMove(await view.cell(row, 'In, rec/s'));
  await expect(await view.cell(row, 'Size')).toHaveText(/KiB/);

  await page.getByRole('searchbox', { name: 'Search jobs' }).fill('none such');
  await expect(page.getByText('No job matches.')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search jobs' }).fill('slow');
  await row.getByRole('link', { name: 'slow-map' }).click();
  await expect(page).toHaveURL(new RegExp(`/jobs/${id}/graph$`));
  await expect(page).toHaveTitle(/slow-map/);
});

for (const theme of ['light', 'dark'] satisfies Theme[]) {
  test(`the bottleneck is named and marked, its victims are hatched (${theme})`, async ({
    page,
    weir,
  }) => {
    const view = new ConsolePage(page);
    await page.emulateMedia({ colorScheme: theme });
    const id = await weir.run('e2e/jobs/slow-map.ts');
    await view.openJob(weir, id);
    await view.expectState('RUNNING');
    await expect(view.edge('Sequence', 'slow-map')).toContainText('REBALANCE');
    await expect(view.edge('slow-map', 'count')).toContainText('HASH');
    await expect(view.node('count')).toContainText('report');
    await expectToMove(view.figure('Records in').getByTitle(/per second/));
    await expectToMove(view.figure('Last checkpoint').getByTitle(/acknowledged/));

    await expect(view.verdict).toContainText('slow-map is the bottleneck');
    // Both of its threads compute without a pause, which a small machine may have no cores for.
    await expect(view.verdict).toContainText(
      /(in its own code|other threads have the .* of one); everything upstream waits on it/,
    );
    const cause = view.cause('slow-map');
    await expect(cause).toContainText('Bottleneck');
    await expect.poll(() => headOf(cause).then(isRed), 'the cause is red').toBe(true);
    const victim = view.victim('Sequence');
    await expect(victim).toBeVisible();
    const head = await headOf(victim);
    expect(head.image, 'the victim is hatched').toContain('gradient');
    expect(isRed(head), 'the victim is not red').toBe(false);
    await expect(view.edge('Sequence', 'slow-map')).toContainText(/(8\d|9\d|100) % full/);
    await page.getByRole('button', { name: 'Evidence' }).click();
    const evidence = page.getByRole('dialog', { name: 'Evidence' });
    await expect(evidence).toContainText('Upstream backpressured');
    await evidence.getByRole('link', { name: 'In the graph' }).click();
    await expect(evidence).toBeHidden();
    const inspector = page.getByRole('complementary', { name: 'Inspector: slow-map' });
    await expect(inspector).toContainText('Bottleneck');
    await page.keyboard.press('Escape');
    await expect(inspector).toBeHidden();
    await page.keyboard.press('b');
    await expect(inspector).toContainText('Bottleneck');
  });
}

interface Head {
  readonly colour: string;
  readonly image: string;
}

/** What the head of a node is painted with. */
function headOf(node: Locator): Promise<Head> {
  return node.locator('header').evaluate((head) => {
    const { backgroundColor, backgroundImage } = getComputedStyle(head);
    return { colour: backgroundColor, image: backgroundImage };
  });
}

function isRed({ colour }: Head): boolean {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return red > 150 && green < red / 2 && blue < red / 2;
}
