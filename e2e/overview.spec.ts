import type { Page } from '@playwright/test';
import { expectAccessibleInBothThemes } from './accessible.ts';
import { ConsolePage } from './console-page.ts';
import { expect, test } from './weir-server.ts';

test('the overview says who needs somebody; ended jobs keep their history', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  const failing = await weir.run('e2e/jobs/failing.ts');
  await weir.run('e2e/jobs/many-splits.ts');
  await page.goto(`${weir.url}/c/embedded/overview`);
  const row = page.getByRole('row', { name: /^failing.*FAILED/ });
  await expect(row).toBeVisible();
  await expect(row).toContainText(/Failed.*fragile: .*record 200 is not to my liking/);
  const sentence = page.getByRole('paragraph').filter({ hasText: /needs? you/ });
  await expect(sentence).toContainText('failing has failed');
  const tile = page.getByRole('region', { name: 'This server' });
  await expect(tile).toContainText('1 failed');
  await expect(tile).toContainText(/\d.*rec\/s/);
  await page.setViewportSize({ width: 800, height: 700 });
  await expect(page.getByRole('link', { name: 'Task managers' })).toBeVisible();
  const width = () => document.documentElement.scrollWidth;
  expect(await page.evaluate(width), 'the page itself does not scroll sideways').toBe(800);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ forcedColors: 'active' });
  await page.keyboard.press('Tab');
  const outline = () => getComputedStyle(document.activeElement!).outlineStyle;
  expect(await page.evaluate(outline), 'the focus is seen where no shadow is').toBe('solid');
  await page.emulateMedia({ forcedColors: null });

  await row.getByRole('link', { name: 'failing' }).click();
  await expect(page).toHaveURL(new RegExp(`/jobs/${failing}/graph`));
  await expect(page.getByRole('application', { name: 'Job graph' })).toContainText('fragile');
  await view.tab('Checkpoints');
  await expect(page.getByText('The job ended without a checkpoint.')).toBeVisible();
});

test('a hundred and fifty jobs: sorted, grouped, found, by keyboard, in the address', async ({
  page,
  weir,
}) => {
  await feedJobs(page, 150);
  await page.goto(`${weir.url}/c/embedded/overview`);
  const table = page.getByRole('table', { name: 'Jobs of this server' });
  const jobs = table.getByRole('row', { name: /^job-/ });
  await expect(page.getByText('150 jobs, worst first')).toBeVisible();
  await expect(jobs.first()).toContainText('Failed');
  expect(await jobs.count(), 'only rows in view are in the document').toBeLessThan(60);

  const head = table.getByRole('columnheader', { name: 'In, rec/s' });
  await head.getByRole('button').press('Enter');
  await expect(page).toHaveURL(/sort=in/);
  await expect(head).toHaveAttribute('aria-sort', 'descending');
  await expect(jobs.first()).toContainText('job-149');
  await head.getByRole('button').click();
  await expect(head).toHaveAttribute('aria-sort', 'ascending');
  await page.reload();
  await expect(head).toHaveAttribute('aria-sort', 'ascending');

  await page.getByLabel('Group by').selectOption('state');
  await expect(page).toHaveURL(/group=state/);
  await expect(table.getByRole('rowheader', { name: /^RUNNING \d+ jobs/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: 'Overview' }).click();
  await page.keyboard.press('/');
  await page.keyboard.type('job-77');
  await expect(jobs).toHaveCount(1);
  await expect(page.getByText('1 of 150 jobs')).toBeVisible();
  await expect(page).toHaveURL(/q=job-77/);
  await expectAccessibleInBothThemes(page);
});

/** The server's own socket, with so many jobs in the place of its list. */
async function feedJobs(page: Page, count: number): Promise<void> {
  await page.routeWebSocket('**/ws', (socket) => {
    const server = socket.connectToServer();
    server.onMessage((text) => {
      const message = JSON.parse(String(text)) as { op: string; data?: { t: number } };
      if (message.op !== 'jobs') {
        socket.send(text);
        return;
      }
      const jobs = Array.from({ length: count }, (_, at) => jobOf(at, message.data!.t));
      socket.send(JSON.stringify({ ...message, data: { ...message.data, jobs } }));
    });
  });
}

function jobOf(at: number, now: number) {
  const ended = at % 10 === 3;
  return {
    jobId: at.toString(16).padStart(32, '0'),
    name: `job-${at}`,
    state: ended ? (at % 20 === 3 ? 'FAILED' : 'FINISHED') : 'RUNNING',
    startedAt: now - at * 60_000,
    endedAt: ended ? now - 1000 : null,
    parallelism: 1 + (at % 8),
    vertices: 4,
    tasksRunning: ended ? 0 : 4,
    tasksTotal: 4,
    restarts: at % 3,
    recordsIn: ended ? null : at * 10,
    recordsOut: ended ? null : at * 10,
    watermarkLag: ended ? null : at * 7,
    pendingRecords: ended ? null : at,
    lastCheckpoint: { id: at, completedAt: now - 3000, durationMs: 90 + at, bytes: at * 1000 },
    sparkline: Array.from({ length: 60 }, (_, second) => at * 10 + (second % 7)),
  };
}
