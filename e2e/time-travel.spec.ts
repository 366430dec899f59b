import type { Page } from '@playwright/test';
import { expectAccessible } from './accessible.ts';
import { ConsolePage, expectToMove, type Theme } from './console-page.ts';
import { expect, test } from './weir-server.ts';

/** What the page shows of one tick, read in one go, so that no other tick comes between. */
interface Reading {
  readonly at: number;
  readonly verdict: string;
  readonly figures: Readonly<Record<string, string>>;
  readonly vertices: readonly string[];
}

const FIGURES = ['Records in', 'Records out', 'Watermark lag', 'Not read yet'];

function read(page: Page): Promise<Reading> {
  return page.evaluate((names) => {
    const text = (selector: string) => {
      const element = document.querySelector(selector);
      return element?.textContent.replace(/\s+/g, ' ') ?? `no ${selector}`;
    };
    const playhead = document.querySelector('[role=slider][aria-label="Moment shown"]');
    const vertices = document.querySelectorAll('[data-node]');
    return {
      at: Number(playhead?.getAttribute('aria-valuenow')),
      verdict: text('[role=status][aria-label=Verdict] p'),
      figures: Object.fromEntries(
        names.map((name) => [name, text(`[role=group][aria-label="${name}"] .value`)]),
      ),
      vertices: [...vertices].map((vertex) => vertex.textContent.replace(/\s+/g, ' ')),
    };
  }, FIGURES);
}

const playhead = (page: Page) => page.getByRole('slider', { name: 'Moment shown' });
const control = (page: Page) => page.getByRole('group', { name: 'Time', exact: true });

test('a moment shows what was shown live, in memory and after a kill of the server', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/tides.ts');
  await view.openJob(weir, id);
  await expect(view.verdict).toContainText('tidal look-up is the bottleneck');
  await expect(view.figure('Records in').locator('.value')).toHaveText(/[1-9].*rec/);
  await expect(view.node('count')).toBeVisible();
  const live = await read(page);
  expect(live.at).toBeGreaterThan(0);
  expect(live.vertices).toHaveLength(3);
  await expectToMove(view.figure('Watermark lag').locator('.value'));

  const subtasks = page.getByRole('table', { name: 'Subtasks, busiest first' });
  let table = '';

  await test.step('paused: a while later the same page goes back, step by step', async () => {
    await page.keyboard.press('p');
    await expect(control(page).getByRole('button', { name: 'Back to live' })).toBeVisible();
    await expect(async () => {
      await page.keyboard.press('[');
      await expect(playhead(page)).toHaveAttribute('aria-valuenow', `${live.at}`, { timeout: 500 });
    }).toPass();
    await expect(page).toHaveURL(new RegExp(`at=${live.at}`));
    await expect.poll(() => read(page)).toEqual(live);
    await expect(control(page)).toContainText('figures of 1');
    await expect(view.figure('Records in')).toContainText('now');
    await view.node('tidal look-up').press('Enter');
    await expect(subtasks.getByRole('row')).toHaveCount(3);
    await expect(subtasks).toContainText('100');
    table = (await subtasks.textContent()) ?? '';
    await page.keyboard.press('Escape');
  });

  await test.step('the moment goes along to another view, and back is back', async () => {
    await view.tab('Checkpoints');
    await expect(page).toHaveURL(new RegExp(`checkpoints.*at=${live.at}`));
    await page.goBack();
    await expect(playhead(page)).toHaveAttribute('aria-valuenow', `${live.at}`);
    await page.keyboard.press('l');
    await expect(control(page)).toContainText('LIVE');
    await expect(page).not.toHaveURL(/at=/);
    await expectToMove(view.figure('Watermark lag').locator('.value'));
  });

  await test.step('killed, started and loaded anew, it still is what it was', async () => {
    await page.goto('about:blank');
    await weir.kill();
    await weir.start();
    await page.goto(`${weir.url}/c/embedded/jobs/${id}/graph?at=${live.at}`);
    await expect(control(page).getByRole('status', { name: 'Time shown' })).toContainText(/of 1.s/);
    await expect(async () => expect(differences(live, await read(page))).toEqual([])).toPass();
    await view.node('tidal look-up').press('Enter');
    await expect(subtasks.getByRole('row')).toHaveCount(3);
    await expect.poll(() => subtasks.textContent()).toBe(table);
  });
});

/** Words that differ, and numbers that differ by more than a rounding of what is kept. */
function differences(then: Reading, now: Reading): string[] {
  const texts = ({ at, verdict, figures, vertices }: Reading) =>
    [`${at}`, verdict, ...Object.values(figures), ...vertices].join(' | ');
  const [left, right] = [then, now].map((reading) => texts(reading).split(NUMBER));
  const same = (a: string, b: string | undefined) => {
    if (a === b || b === undefined) return a === b;
    const unit = 10 ** -(a.split('.')[1]?.length ?? 0);
    return Math.abs(Number(a) - Number(b)) <= unit * 1.001;
  };
  return left!.flatMap((a, at) => (same(a, right![at]) ? [] : [`${a} became ${right![at]}`]));
}

const NUMBER = /(\d+(?:\.\d+)?)/;

test('a range shows means and how it was spent; a finished job has its past', async ({
  page,
  weir,
}) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/tides.ts', ['1500']);
  await view.openJob(weir, id);
  await view.expectState('FINISHED');
  await expect(control(page)).toContainText('ENDED');
  await playhead(page).press('ArrowLeft');
  await view.expectState('RUNNING');
  await playhead(page).press('Shift+ArrowLeft');
  await expect(page).toHaveURL(/from=\d+.*to=\d+/);
  await expect(view.verdict).toContainText(/for all of the time|\d+.%/);
  await expect(view.figure('Records in')).toContainText('mean');
  await expect(view.figure('Records in').locator('.note')).toContainText(/\d.* to .*\d/);
  await expect(view.job.getByText('0 restarts in the range')).toBeVisible();

  const strip = page.getByRole('region', { name: 'Last 30 minutes' }).getByRole('img');
  const box = await strip.boundingBox();
  expect(box).not.toBeNull();
  const at = (share: number) => ({ x: box!.width * share, y: 50 });
  await strip.click({ position: at(0.5) });
  await expect(view.verdict).toContainText('there is nothing before');
  await expect(control(page)).toContainText('nothing kept');
  await page.goBack();
  await expect(page).toHaveURL(/from=\d+/);
  await control(page).getByRole('button', { name: 'To the end' }).click();
  await view.expectState('FINISHED');

  await test.step('a range is dragged with Shift, an instant without', async () => {
    const end = box!.x + box!.width - 18;
    const drag = async (begin: number) => {
      await page.mouse.move(end - begin, box!.y + 40);
      await page.mouse.down();
      await page.mouse.move(end - 20, box!.y + 40);
      await page.mouse.move(end - 8, box!.y + 40);
      await page.mouse.up();
    };
    await page.keyboard.down('Shift');
    await drag(40);
    await page.keyboard.up('Shift');
    await expect(page).toHaveURL(/from=\d+.*to=\d+/);
    await expect(view.figure('Records in')).toContainText('mean');
    await drag(90);
    await expect(page).toHaveURL(/at=\d+/);
    await expect(page).not.toHaveURL(/from=/);
  });

  await test.step('the past goes on by itself to the end', async () => {
    await control(page).getByRole('button', { name: 'Replay from here' }).click();
    await expect(control(page)).toContainText('ENDED');
    await view.expectState('FINISHED');
  });
});

test('a time is typed, a restart is jumped to, the palette knows both', async ({ page, weir }) => {
  const view = new ConsolePage(page);
  const id = await weir.run('e2e/jobs/failing.ts');
  await view.openJob(weir, id);
  await view.expectState('FAILED');
  await control(page).getByRole('button', { name: 'Choose a time' }).click();
  const menu = page.getByRole('dialog', { name: 'Choose a time' });
  const time = menu.getByRole('textbox', { name: 'Time', exact: true });
  await expect(time).toBeFocused();
  await time.fill('soon');
  await time.press('Enter');
  await expect(menu.getByText('That is no time')).toBeVisible();
  await menu.getByRole('button', { name: /^Exception before/ }).click();
  await expect(page).toHaveURL(/at=\d+/);
  await page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await view.tab('Exceptions');
  await expect(page.getByText(/failing\.ts:\d+/).first()).toBeVisible();

  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Jump to' }).fill('previous restart');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/exceptions.*at=\d+/);
  await page.keyboard.press('g');
  await page.keyboard.press('g');
  await expect(playhead(page)).toBeVisible();
  await control(page)
    .getByRole('button', { name: /^\d\d:\d\d:\d\d$/ })
    .click();
  await time.fill('10m');
  await menu.getByRole('button', { name: 'Go' }).click();
  await expect(view.verdict).toContainText('there is nothing before');
});

for (const theme of ['light', 'dark'] satisfies Theme[]) {
  test(`the past is accessible (${theme})`, async ({ page, weir }) => {
    const view = new ConsolePage(page);
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    const id = await weir.run('e2e/jobs/tides.ts', ['600']);
    await view.openJob(weir, id);
    await view.expectState('FINISHED');
    await playhead(page).press('ArrowLeft');
    await expect(control(page).getByRole('button', { name: 'To the end' })).toBeVisible();
    await expectAccessible(page, 'paused');
    await control(page)
      .getByRole('button', { name: /^\d\d:\d\d:\d\d$/ })
      .click();
    await expectAccessible(page, 'time menu');
    await page.keyboard.press('Escape');
    await playhead(page).press('Shift+ArrowLeft');
    await expect(page).toHaveURL(/from=\d+/);
    await expectAccessible(page, 'range');
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await expect(page.getByRole('table', { name: 'History by resolution' })).toBeVisible();
    await expectAccessible(page, 'settings');
    const quota = page.getByRole('textbox', { name: 'Quota' });
    await quota.fill('little');
    await expect(page.getByRole('button', { name: 'Set', exact: true })).toBeDisabled();
    await quota.fill('512 MiB');
    await quota.press('Enter');
    await expect(page.getByText(/of 512.MiB are used/)).toBeVisible();
  });
}
