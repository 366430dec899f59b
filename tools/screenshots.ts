/**
 * `npm run screenshots [-- VIEW …]`: the console's views on the flights job, and a graph of hundreds
 * of vertices that are made up, in both themes, to `docs/screenshots`. Takes some minutes: it waits
 * for peaks, so that there is a bottleneck to see, and has the job restarted in between.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from '@playwright/test';
import { SyntheticProcess } from '../bench/console/synthetic-process.ts';
import { buildChanged } from './build.ts';
import { findChromium } from './chromium.ts';
import { runExample, runningJobs, startServer } from './local-server.ts';

const root = join(import.meta.dirname, '..');
const OUT = join(root, 'docs/screenshots');
const PORT = '18081';
const SIZE = { width: 1440, height: 900 };
const JOB = 'flights';
const HISTORY_MS = 60_000;
const SETTLED_MS = 4000;
const BOTTLENECK_MS = 180_000;

interface View {
  readonly name: string;
  readonly path: (jobId: string) => string;
  /** What is done on the page before the picture. */
  readonly act?: (page: Page) => Promise<void>;
}

const cluster = '/c/embedded';
const jobPath = (tab: string) => (jobId: string) => `${cluster}/jobs/${jobId}/${tab}`;

const VIEWS: readonly View[] = [
  { name: 'overview', path: () => `${cluster}/overview` },
  { name: 'jobs', path: () => `${cluster}/jobs` },
  { name: 'job-graph', path: jobPath('graph') },
  {
    name: 'evidence',
    path: jobPath('graph'),
    act: (page) => page.getByRole('button', { name: 'Evidence' }).click({ timeout: BOTTLENECK_MS }),
  },
  {
    name: 'inspector',
    path: jobPath('graph'),
    act: async (page) => {
      await page
        .getByRole('button', { name: /airport look-up/ })
        .first()
        .click();
    },
  },
  { name: 'checkpoints', path: jobPath('checkpoints') },
  { name: 'watermarks-lag', path: jobPath('watermarks') },
  { name: 'flame-graph', path: jobPath('flame'), act: (page) => page.waitForTimeout(10_000) },
  {
    name: 'flame-graph-off-cpu',
    path: jobPath('flame?mode=off'),
    act: (page) => page.waitForTimeout(4000),
  },
  {
    name: 'flame-graph-compared',
    path: jobPath('flame'),
    act: async (page) => {
      await page.waitForTimeout(10_000);
      await page.getByRole('combobox', { name: 'Compare with' }).selectOption({ index: 1 });
    },
  },
  { name: 'timeline', path: jobPath('timeline') },
  { name: 'what-changed', path: jobPath('what-changed') },
  { name: 'exceptions', path: jobPath('exceptions') },
  { name: 'logs', path: jobPath('logs') },
  { name: 'config', path: jobPath('config') },
  {
    name: 'paused',
    path: (jobId) => `${cluster}/jobs/${jobId}/graph?at=${Date.now() - HISTORY_MS / 2}`,
  },
  {
    name: 'paused-range',
    path: (jobId) =>
      `${cluster}/jobs/${jobId}/graph?from=${Date.now() - HISTORY_MS}&to=${Date.now() - 5000}`,
  },
  { name: 'task-managers', path: () => `${cluster}/task-managers` },
  { name: 'savepoints', path: () => `${cluster}/savepoints` },
  { name: 'settings', path: () => `${cluster}/settings` },
  {
    name: 'savepoint-dialog',
    path: jobPath('graph'),
    act: async (page) => {
      await page.getByRole('button', { name: 'Stop with savepoint' }).first().click();
    },
  },
  {
    name: 'rescale-dialog',
    path: jobPath('graph'),
    act: async (page) => {
      await page.getByRole('button', { name: 'Rescale' }).first().click();
      await page.getByRole('textbox', { name: 'Parallelism' }).fill('4');
    },
  },
  {
    name: 'palette',
    path: jobPath('graph'),
    act: (page) => page.keyboard.press('Control+K'),
  },
];

/** Pictures of a bottleneck. */
const AT_A_PEAK = new Set(['job-graph', 'evidence', 'inspector', 'rescale-dialog', 'paused']);

const LARGE: View = { name: 'large-graph', path: jobPath('graph') };
const LARGE_SIZE = { jobs: 1, vertices: 420, parallelism: 16, speed: 1 };

/** A second version of the job, from a savepoint of the first. */
async function rescaled(url: string, jobId: string): Promise<string> {
  const response = await fetch(`${url}/weir/v1/jobs/${jobId}/rerun`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-weir-client': 'screenshots' },
    body: JSON.stringify({ parallelism: 2, stopFirst: 'savepoint', args: ['--lookup-batch', '5'] }),
  });
  if (!response.ok) throw new Error(await response.text());
  return ((await response.json()) as { jobId: string }).jobId;
}

async function untilBottleneck(browser: Browser, url: string, jobId: string): Promise<void> {
  const page = await browser.newPage({ viewport: SIZE });
  await page.goto(url + jobPath('graph')(jobId));
  await bottleneckOn(page);
  await page.close();
}

async function bottleneckOn(page: Page): Promise<void> {
  await page.getByText('is the bottleneck').first().waitFor({ timeout: BOTTLENECK_MS });
}

async function takeAll(browser: Browser, url: string, jobId: string, views: readonly View[]) {
  for (const theme of ['dark', 'light'] as const) {
    const page = await browser.newPage({
      viewport: SIZE,
      colorScheme: theme,
      reducedMotion: 'reduce',
    });
    for (const { name, path, act } of views) {
      if (AT_A_PEAK.has(name)) await untilBottleneck(browser, url, jobId);
      await page.goto(url + path(jobId));
      await page.waitForTimeout(SETTLED_MS);
      // A peak may have passed in between.
      if (name === 'job-graph') await bottleneckOn(page);
      await act?.(page);
      await page.waitForTimeout(SETTLED_MS / 4);
      await page.screenshot({ path: join(OUT, `${name}-${theme}.png`) });
      console.log(`${name}-${theme}.png`);
    }
    await page.close();
  }
}

async function takeLarge(browser: Browser): Promise<void> {
  const server = await SyntheticProcess.start(LARGE_SIZE);
  try {
    await new Promise((resolve) => setTimeout(resolve, HISTORY_MS / 2));
    await takeAll(browser, server.url, server.jobId, [LARGE]);
  } finally {
    await server.close();
  }
}

async function main(): Promise<number> {
  const wanted = process.argv.slice(2);
  const isWanted = ({ name }: View) => wanted.length === 0 || wanted.includes(name);
  const views = VIEWS.filter(isWanted);
  await buildChanged();
  const data = mkdtempSync(join(tmpdir(), 'weir-screenshots-'));
  const server = await startServer(PORT, [
    ...['--port', PORT, '--prometheus-port', 'off', '--data-dir', join(data, 'data')],
  ]);
  if (server === null) return 1;
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  });
  try {
    if (isWanted(LARGE)) await takeLarge(browser);
    if (views.length === 0) return 0;
    await runExample(server.url, JOB, ['--parallelism', '2'], ['--out', join(data, 'out')]);
    const [first = ''] = await runningJobs(server.url, JOB);
    await new Promise((resolve) => setTimeout(resolve, HISTORY_MS));
    const jobId = await rescaled(server.url, first);
    await new Promise((resolve) => setTimeout(resolve, HISTORY_MS));
    await takeAll(browser, server.url, jobId, views);
    return 0;
  } finally {
    await browser.close();
    process.kill(process.pid, 'SIGTERM');
    await server.ended;
    rmSync(data, { recursive: true, force: true });
  }
}

process.exit(await main());
