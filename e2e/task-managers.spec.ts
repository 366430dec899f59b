import { expectAccessible } from './accessible.ts';
import { ConsolePage, type Theme } from './console-page.ts';
import { expect, test } from './weir-server.ts';

interface ThreadDump {
  readonly threadInfos: readonly { threadName: string; stringifiedThreadInfo: string }[];
}

for (const theme of ['light', 'dark'] satisfies Theme[]) {
  test(`memory, stacks on demand, and the way to the log (${theme})`, async ({ page, weir }) => {
    const view = new ConsolePage(page);
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await weir.run('e2e/jobs/slow-map.ts');
    await page.goto(`${weir.url}/c/embedded/task-managers`);
    await expect(page.getByRole('row', { name: /^tm-.*slow-map/ })).toBeVisible();
    const memory = page.getByRole('region', { name: 'Memory' });
    await expect(memory).toContainText(/MiB of the process/);
    await expect(memory.getByRole('img', { name: /^Heap, 2 threads .*MiB/ })).toBeVisible();
    await expect(page.getByRole('region', { name: 'Heap', exact: true })).toContainText(/MiB of /);

    const stacks = page.getByRole('region', { name: 'Thread stacks' });
    const looked = () => stacks.getByRole('listitem').filter({ hasText: /slow-map#\d/ });
    const look = stacks.getByRole('button', { name: /^Look/ });
    await expect(look).toBeEnabled();
    await expect(async () => {
      await look.click();
      await expect(looked().first()).toContainText('slow-map.ts:', { timeout: 3000 });
    }).toPass();
    await looked().first().locator('summary').press('Enter');
    await expect(looked().first().locator('pre')).toContainText(/slow-map\.ts:\d+\)/);
    await expectAccessible(page);

    const { taskmanagers } = await weir.get<{ taskmanagers: { id: string }[] }>('/taskmanagers');
    const dump = await weir.get<ThreadDump>(`/taskmanagers/${taskmanagers[0]!.id}/thread-dump`);
    const texts = dump.threadInfos.map(({ stringifiedThreadInfo }) => stringifiedThreadInfo);
    expect(texts.join('\n')).toMatch(/"slot-?\s?\d"/);
    expect(texts.length, 'the main thread and two slots').toBe(3);

    await page
      .getByRole('region', { name: /^Slot threads of / })
      .getByRole('link', { name: 'Logs' })
      .click();
    await expect(page).toHaveURL(/\/logs/);
    await view.expectState('RUNNING');
  });
}

test('options say where they come from, and what is secret never leaves the server', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  const options = ['-D', 'heartbeat.timeout=20 s', '-D', 's3.secret-key=hunter2'];
  const id = await weir.run('e2e/jobs/slow-map.ts', ['--db-password', 'swordfish'], options);
  const bodies: string[] = [];
  page.on('response', (response) => {
    if (response.url().includes('/weir/') || response.url().includes('/v1/')) {
      void response.text().then(
        (text) => bodies.push(text),
        () => {},
      );
    }
  });
  await view.openJob(weir, id, 'Config');
  const row = (key: string) => page.getByRole('row').filter({ hasText: key });
  await expect(row('execution.checkpointing.interval')).toContainText(/1\u202fs.*job.*off/);
  await expect(row('heartbeat.timeout')).toContainText(/20\u202fs.*command line.*50\u202fs/);
  await expect(row('s3.secret-key')).toContainText('hidden');
  await expect(row('task.cancellation.timeout')).toContainText('default');
  const facts = page.getByRole('complementary', { name: 'The job in facts' });
  await expect(facts).toContainText('every 1\u202fs');
  await expect(facts).toContainText('exponential-delay, by default');
  await expect(facts).toContainText('--db-password ******');
  await page.getByRole('searchbox', { name: 'Find option' }).fill('heartbeat');
  await expect(row('execution.checkpointing.interval')).toHaveCount(0);
  await page.getByRole('searchbox', { name: 'Find option' }).fill('');
  await page.getByRole('button', { name: /^Set \d/ }).click();
  await expect(row('task.cancellation.timeout')).toHaveCount(0);
  await expectAccessible(page);
  for (const path of [
    `/weir/v1/jobs/${id}`,
    `/weir/v1/jobs/${id}/deployments`,
    `/jobs/${id}/config`,
  ]) {
    bodies.push(await (await fetch(`${weir.url}${path}`)).text());
  }
  expect(bodies.length).toBeGreaterThan(4);
  for (const body of bodies) expect(body).not.toMatch(/hunter2|swordfish/);
});
