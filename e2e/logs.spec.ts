import { expectAccessible } from './accessible.ts';
import { ConsolePage, type Theme } from './console-page.ts';
import { expect, test } from './weir-server.ts';

test('the log is followed, searched and cut to a level', async ({ page, weir }) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/talkative.ts');
  await view.openJob(weir, id, 'Logs');
  const log = page.getByRole('log');
  // It ends at once: then there is nothing to follow, and the same leads to the end.
  const follow = page.getByRole('button', { name: /^(Follow|Following|At the end|To the end)$/ });
  await expect(log, 'the newest is in view').toContainText('record 299');
  await expect(follow).toHaveAttribute('aria-pressed', 'true');

  const search = page.getByRole('searchbox', { name: 'Search the log' });
  await search.fill('needle');
  await expect(page.getByText('30 found')).toBeVisible();
  await search.press('Enter');
  await expect(page.getByText('1 of 30')).toBeVisible();
  await expect(log.getByText('second line of 0', { exact: false }).first()).toBeInViewport();
  await expect(follow, 'no longer at the end').toHaveAttribute('aria-pressed', 'false');
  await search.press('Shift+Enter');
  await expect(page.getByText('30 of 30')).toBeVisible();
  await page.getByRole('button', { name: 'Warn' }).click();
  await expect(page.getByText('30 lines')).toBeVisible();
  await expect(log).not.toContainText('record 299');
  await expect(page).toHaveURL(/q=needle/);
  await expect(page).toHaveURL(/level=warn/);
  await page.reload();
  await expect(page.getByText('30 lines')).toBeVisible();
  await page.getByRole('button', { name: 'Error' }).click();
  await expect(page.getByText('No line is of that level and place.')).toBeVisible();
});

for (const theme of ['light', 'dark'] satisfies Theme[]) {
  test(`lines know their operator; a link to one holds after the job and the server ended (${theme})`, async ({
    page,
    weir,
    problems,
  }) => {
    const view = new ConsolePage(page);
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    const id = await weir.run('e2e/jobs/talkative.ts');
    await view.openJob(weir, id, 'Logs');
    await view.expectState('FINISHED');
    const log = page.getByRole('log');
    await expect(log.getByText('talk#0', { exact: true }).first()).toBeVisible();
    await expect(log, 'what the server did stands there too').toContainText('FINISHED');
    const operator = page.getByRole('combobox', { name: 'Operator' });
    await operator.selectOption({ label: 'talk' });
    await expect(page.getByText('300 lines')).toBeVisible();
    await expect(log).not.toContainText('FINISHED');
    await page.getByRole('combobox', { name: 'Subtask' }).selectOption('Subtask 0');
    await expect(page).toHaveURL(/subtask=0/);
    await expectAccessible(page);

    const search = page.getByRole('searchbox', { name: 'Search the log' });
    await search.fill('needle 150');
    await search.press('Enter');
    const line = log.locator('.log-line').filter({ hasText: 'needle 150' });
    await line.getByRole('link').click();
    await expect(page).toHaveURL(/line=\d+/);
    await expect(page.getByText(/^a minute around/)).toBeVisible();

    await weir.kill();
    await weir.start();
    await page.reload();
    await expect(line).toBeInViewport();
    await expect(page.getByText('300 lines')).toBeVisible();
    problems.length = 0;
  });
}
