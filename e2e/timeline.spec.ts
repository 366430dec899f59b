import { join } from 'node:path';
import { expectAccessible } from './accessible.ts';
import type { Page } from '@playwright/test';
import { ConsolePage, type Theme } from './console-page.ts';
import { expect, test, type WeirServer } from './weir-server.ts';

const JOB = 'e2e/jobs/restarting.ts';

/** Runs a job that fails twice and then goes on; resolves once it has done so. */
async function failTwice(weir: WeirServer): Promise<string> {
  const id = await weir.run(JOB, [join(weir.folder, 'failures'), '2']);
  const restarts = async () => {
    const { restarts: count } = await weir.get<{ restarts: number }>(`/weir/v1/jobs/${id}`);
    return count;
  };
  await expect.poll(restarts).toBe(2);
  await expect
    .poll(async () => (await weir.get<{ state: string }>(`/v1/jobs/${id}`)).state)
    .toBe('RUNNING');
  return id;
}

function rows(page: Page) {
  return page.getByRole('grid', { name: 'What happened' }).getByRole('row');
}

for (const theme of ['light', 'dark'] satisfies Theme[]) {
  test(`failures, restarts and what a user did, and the way to the moment (${theme})`, async ({
    page,
    weir,
  }) => {
    const view = new ConsolePage(page);
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    const id = await failTwice(weir);
    await view.openJob(weir, id, 'Timeline');
    await view.job.getByRole('button', { name: 'Savepoint', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Trigger savepoint' }).click();
    await expect(
      rows(page).filter({ hasText: 'Savepoint triggered from the console' }),
    ).toBeVisible();
    await expect(rows(page).filter({ hasText: 'Submitted by the weir command' })).toBeVisible();

    const cause = rows(page).filter({ hasText: /RangeError: number \d+ is not to my liking/ });
    await expect(cause, 'equal failures are one row').toHaveCount(1);
    await expect(cause).toContainText('moody');
    await expect(cause).toContainText('restarting.ts:31');
    await expect(cause).toContainText('×2');
    await expect(rows(page).filter({ hasText: /RESTARTING after RangeError/ })).toHaveCount(2);

    const detail = page.getByRole('complementary', { name: 'The selected moment' });
    await cause.click();
    await expect(detail.getByRole('heading', { name: 'RangeError' })).toBeVisible();
    const steps = detail.getByRole('region', { name: 'What it did to the job' });
    await expect(steps.getByRole('listitem').first()).toContainText('RangeError in moody');
    await expect(steps).toContainText(/RESTARTING.*RUNNING/);
    const stack = detail.getByRole('region', { name: 'Stack' });
    await expect(stack).toContainText('throw new RangeError(');
    await stack.getByRole('button', { name: /^All/ }).click();
    await expect(stack).toContainText('MapOperator.map');
    const logs = detail.getByRole('region', { name: 'Logs around it' });
    await expect(logs).toContainText(/number \d+ is the last one/);

    await expectAccessible(page);

    await detail.getByRole('button', { name: /^Go to/ }).click();
    await expect(page).toHaveURL(/[?&]at=\d+/);
  });
}

test('by keyboard: arrows walk what happened, Enter goes there; still there after a restart of the server', async ({
  page,
  weir,
  problems,
}) => {
  const view = new ConsolePage(page);
  const id = await failTwice(weir);
  await view.openJob(weir, id, 'Timeline');
  const cause = rows(page).filter({ hasText: 'RangeError: number' });
  await expect(cause).toHaveAttribute('aria-selected', 'true');
  await cause.focus();
  await page.keyboard.press('End');
  const oldest = rows(page).last();
  await expect(oldest).toHaveAttribute('aria-selected', 'true');
  await expect(oldest).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/[?&]at=\d+/);

  const kinds = page.getByRole('group', { name: 'Kinds' });
  await kinds.getByRole('button', { name: /^Exceptions 1$/ }).click();
  await expect(rows(page), 'the head and the one').toHaveCount(2);

  await weir.kill();
  await weir.start();
  problems.length = 0;
  await view.openJob(weir, id, 'Timeline');
  await expect(rows(page).filter({ hasText: 'RangeError: number' })).toContainText('×2');
  await expect(rows(page).filter({ hasText: 'Submitted by the weir command' })).toBeVisible();
  problems.length = 0;
});
