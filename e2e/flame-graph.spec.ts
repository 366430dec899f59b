import { readFile } from 'node:fs/promises';
import type { FlameGraphAnswer } from '@weir/console-protocol';
import { expectAccessible } from './accessible.ts';
import type { Page } from '@playwright/test';
import { ConsolePage, type Theme } from './console-page.ts';
import { expect, test } from './weir-server.ts';

for (const theme of ['light', 'dark'] satisfies Theme[]) {
  test(`the flame graph leads to the line that burns the CPU (${theme})`, async ({
    page,
    weir,
  }) => {
    await page.emulateMedia({ colorScheme: theme });
    const view = new ConsolePage(page);
    const id = await weir.run('e2e/jobs/slow-map.ts');
    await view.openJob(weir, id);
    await view.tab('Flame graph');
    const says = page.getByRole('status', { name: 'What the profile says' });
    await expect(says).toContainText(
      /cores in use\. Most in the job’s own code: .* at slow-map\.ts:\d+/,
    );

    const own = page.getByRole('region', { name: 'Hottest of the job’s own code' });
    await expect(own).toContainText(/slow-map\.ts:\d+/);
    await expect(own, 'with the lines themselves').toContainText('performance.now()');

    // The heaviest function, between its callers and callees; the line is there to be copied.
    const heaviest = page.getByRole('table', { name: 'Heaviest by self' });
    await heaviest
      .getByRole('row')
      .filter({ hasText: 'slow-map' })
      .first()
      .getByRole('button')
      .click();
    const chosen = page.getByRole('region', { name: /^Function / });
    await expect(chosen).toContainText('in slow-map');
    await expect(page.getByRole('table', { name: 'Callers' }).getByRole('row')).not.toHaveCount(0);
    await expect(page).toHaveURL(/node=/);
    const offCpu = page.getByRole('region', { name: 'The same operator off CPU' });
    await expect(offCpu).toContainText(/^.*slow-map runs \d\.\d of its \d subtasks’ time/);

    // Search says the share of what it found.
    await page.getByRole('searchbox', { name: 'Search frames' }).fill('slow-map');
    await expect(page.getByRole('status', { name: 'Share of the matches' })).toHaveText(
      /[1-9]\d?\u202f%/,
    );
    await expect(page).toHaveURL(/q=slow-map/);
    await expectAccessible(page, 'on CPU');

    await walkByKeys(page);

    // Waiting, from the task states.
    await page.getByRole('button', { name: 'Off CPU' }).click();
    const times = page.getByRole('table', { name: /^Where \d+ subtasks spend their time/ });
    const row = times.getByRole('row', { name: /^slow-map/ });
    await expect(await view.cell(row, 'Running')).toHaveText(/^[12]\.\d/);
    await expectAccessible(page, 'off CPU');
    await row.getByRole('button').click();
    await expect(page.getByRole('combobox', { name: 'Vertex' })).toHaveValue(/[0-9a-f]{32}/);
    await page.reload();
    await expect(times.getByRole('row', { name: /^slow-map/ })).toBeVisible();
    await expect(times.getByRole('row')).toHaveCount(2);
  });
}

test('two moments are compared, and a profile leaves for other tools', async ({ page, weir }) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/slow-map.ts');
  await view.openJob(weir, id, 'Flame graph');
  const says = page.getByRole('status', { name: 'What the profile says' });
  await expect(says).toContainText('cores in use');

  const compare = page.getByRole('combobox', { name: 'Compare with' });
  await expect.poll(() => compare.getByRole('option').count()).toBeGreaterThan(1);
  await compare.selectOption({ index: 1 });
  await expect(page.getByText('share grew')).toBeVisible();
  await expect(says).toContainText(/points (more|less) than at|Much the same as at/);
  await expect(page).toHaveURL(/base=\d+/);
  await page.getByRole('button', { name: 'Compare no more' }).click();
  await expect(says).toContainText('cores in use');

  const [profile, folded] = [await exported(page, 'cpuprofile'), await exported(page, 'folded')];
  const { nodes, samples } = JSON.parse(profile) as { nodes: unknown[]; samples: number[] };
  expect(nodes.length).toBeGreaterThan(5);
  expect(samples.length).toBeGreaterThan(20);
  expect(folded).toMatch(/;slow-map;.*slow-map\.ts:\d+\) \d+\n/);
});

test('sampling lasts as long as somebody looks; what was taken is kept', async ({ page, weir }) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/slow-map.ts');
  const answer = () => weir.get<FlameGraphAnswer>(`/weir/v1/jobs/${id}/flamegraph`);
  expect(await answer()).toMatchObject({ attached: 0, viewers: 0, moments: [] });
  await view.openJob(weir, id, 'Flame graph');
  const says = page.getByRole('status', { name: 'What the profile says' });
  await expect(says).toContainText('cores in use');
  // A verdict takes a short profile of its own, at its own time.
  await expect.poll(answer).toMatchObject({ attached: 2, viewers: 1 });
  await view.tab('Graph');
  await expect.poll(async () => (await answer()).attached).toBe(0);
  const { moments } = await answer();
  expect(moments.length).toBeGreaterThan(0);

  await page.goto(`${weir.url}/c/embedded/jobs/${id}/flame?at=${moments.at(-1)!.to}`);
  await expect(says).toContainText('cores in use');
  await expect(page.getByText('a kept profile')).toBeVisible();
  await page.goto(`${weir.url}/c/embedded/jobs/${id}/flame?at=${moments[0]!.from - 600_000}`);
  await expect(says).toContainText('threads are sampled only while someone looks');
  await page.getByRole('button', { name: /Go to the last one that is kept/ }).click();
  await expect(says).toContainText('cores in use');
  await expect.poll(answer).toMatchObject({ attached: 0, viewers: 0 });
});

async function walkByKeys(page: Page): Promise<void> {
  const picture = page.getByRole('application', { name: 'Flame graph' });
  await picture.focus();
  const node = () => new URL(page.url()).searchParams.get('node');
  const before = node();
  await page.keyboard.press('ArrowUp');
  await expect.poll(node).not.toBe(before);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/zoom=/);
  await page.keyboard.press('Escape');
  await expect(page).not.toHaveURL(/zoom=/);
}

async function exported(page: Page, format: string): Promise<string> {
  const download = page.waitForEvent('download');
  await page.getByRole('combobox', { name: 'Export' }).selectOption(format);
  return readFile(await (await download).path(), 'utf8');
}
