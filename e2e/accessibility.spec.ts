import type { Page } from '@playwright/test';
import { expectAccessible } from './accessible.ts';
import { ConsolePage, type Theme } from './console-page.ts';
import { expect, test } from './weir-server.ts';

const ACTIONS = ['Savepoint', 'Stop with savepoint', 'Restart from…', 'Rescale', 'Cancel'];
const OVERLAYS = [
  ['Control+k', 'Command palette'],
  ['?', 'Keyboard shortcuts'],
] as const;

for (const theme of ['light', 'dark'] satisfies Theme[]) {
  test(`no serious violation in any view (${theme})`, async ({ page, weir }) => {
    const view = new ConsolePage(page);
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await view.openJobs(weir);
    await expectAccessible(page, 'no jobs');
    for (const [keys, name] of OVERLAYS) {
      await page.keyboard.press(keys);
      await expect(page.getByRole('dialog', { name })).toBeVisible();
      await expectAccessible(page, name);
      await page.keyboard.press('Escape');
    }
    await weir.run('e2e/jobs/failing.ts');
    const id = await weir.run('e2e/jobs/slow-map.ts');
    await expect(page.getByRole('row', { name: /^failing.*FAILED/ })).toBeVisible();
    await expectAccessible(page, 'jobs');
    await page.getByRole('link', { name: 'failing' }).click();
    await view.tab('Exceptions');
    await expect(page.getByText(/failing\.ts:\d+/).first()).toBeVisible();
    await expectAccessible(page, 'exceptions');

    await view.openJob(weir, id);
    await expect(view.verdict).toContainText('slow-map is the bottleneck');
    await page.getByRole('button', { name: 'Evidence' }).click();
    await expect(page.getByRole('dialog', { name: 'Evidence' })).toBeVisible();
    await expectAccessible(page, 'evidence of the verdict');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog', { name: 'Evidence' })).toBeHidden();
    await view.node('slow-map').press('Enter');
    await expect(page.getByRole('row', { name: /running$/ })).toHaveCount(2);
    await expectAccessible(page, 'graph with inspector');
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    await expectAccessible(page, 'graph as table');
    for (const tab of ['Checkpoints', 'Watermarks', 'Config'] as const) {
      await view.tab(tab);
      await expect(page.getByRole('main').getByRole('table').first()).toBeVisible();
      await expectAccessible(page, tab);
    }
    await view.tab('Logs');
    await expect(page.getByRole('searchbox', { name: 'Search the log' })).toBeVisible();
    await expectAccessible(page, 'Logs');
    await page.goto(`${weir.url}/c/embedded/task-managers`);
    await expect(page.getByRole('row', { name: /^tm-.*slow-map/ })).toBeVisible();
    await expectAccessible(page, 'task managers');
  });

  test(`no serious violation in any dialog (${theme})`, async ({ page, weir }) => {
    const view = new ConsolePage(page);
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    const id = await weir.run('e2e/jobs/slow-map.ts');
    await view.openJob(weir, id);
    for (const action of ACTIONS) {
      await view.job.getByRole('button', { name: action, exact: true }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await expectAccessible(page, `dialog of ${action}`);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toBeHidden();
    }
  });
}

test('from the list of jobs to a savepoint by keyboard alone', async ({ page, weir }) => {
  const view = new ConsolePage(page);
  await weir.run('e2e/jobs/slow-map.ts');
  await view.openJobs(weir);
  const job = page.getByRole('row').getByRole('link', { name: 'slow-map' });
  await expect(job).toBeVisible();
  await tabTo(page, 'slow-map');
  await expect(job).toBeFocused();
  await page.keyboard.press('Enter');
  await view.expectState('RUNNING');
  const savepoint = view.job.getByRole('button', { name: 'Savepoint', exact: true });
  await tabTo(page, 'Savepoint');
  await expect(savepoint).toBeFocused();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Savepoint of slow-map' });
  await expect(dialog).toBeVisible();
  await tabTo(page, 'Trigger savepoint');
  await page.keyboard.press('Enter');
  await expect(view.toast('Savepoint written')).toBeVisible();
  await expect(savepoint, 'focus is back where it was').toBeFocused();
});

/** Presses Tab until what has the focus reads so; as many times as a patient viewer would. */
async function tabTo(page: Page, text: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    const focused = await page.evaluate(() => document.activeElement?.textContent?.trim());
    if (focused === text) return;
    await page.keyboard.press('Tab');
  }
  expect.soft(null, `Tab reaches "${text}"`).toBe(text);
}
