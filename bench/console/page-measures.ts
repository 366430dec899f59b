/** What a real Chromium takes to show the largest job: first picture, ticks, panning, memory. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Browser, type CDPSession, chromium, type Page } from '@playwright/test';
import { findChromium } from '../../tools/chromium.ts';
import type { SyntheticProcess } from './synthetic-process.ts';
import { percentile, scriptingMs, taskMs, traced } from './trace.ts';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--enable-precise-memory-info'];

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: FLAGS });
}

/** Of a server with a hundred thousand subtasks on a machine that is busy with other work. */
const START_MS_MAX = 600_000;

export interface OpenPage {
  readonly page: Page;
  readonly session: CDPSession;
  /** From the start of the navigation until all groups stood there with a number, ms. */
  readonly firstPictureMs: number;
}

/** @param path behind the job's address. */
export async function openGraph(
  browser: Browser,
  { url, jobId }: SyntheticProcess,
  path: string,
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(watchForPicture);
  await page.addInitScript(countTicks);
  await page.goto(`${url}/c/embedded/jobs/${jobId}/graph${path}`);
  const firstPictureMs = await page
    .waitForFunction(() => (globalThis as { pictureAt?: number }).pictureAt ?? 0, null, {
      timeout: START_MS_MAX,
    })
    .then((handle) => handle.jsonValue());
  return { page, session: await context.newCDPSession(page), firstPictureMs };
}

/** In the page: notes the frame after the graph first has numbers. */
function watchForPicture(): void {
  const look = () => {
    const text = document.querySelector('.group-node p b')?.textContent ?? '';
    const blocks = document.querySelector('.block-canvas');
    if (/\d/.test(text) || blocks !== null) {
      requestAnimationFrame(() => {
        (globalThis as { pictureAt?: number }).pictureAt = performance.now();
      });
    } else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** In the page: how many messages in binary came, which are one a tick. */
function countTicks(): void {
  const counted = globalThis as { ticksRead?: number };
  counted.ticksRead = 0;
  globalThis.WebSocket = class extends WebSocket {
    constructor(url: string | URL) {
      super(url);
      this.addEventListener('message', ({ data }) => {
        if (typeof data !== 'string') counted.ticksRead = (counted.ticksRead ?? 0) + 1;
      });
    }
  };
}

/** Until a page has been sent so many ticks. */
export async function ticksRead({ page }: OpenPage, ticks: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => ((globalThis as { ticksRead?: number }).ticksRead ?? 0) >= wanted,
    ticks,
    { timeout: START_MS_MAX, polling: 250 },
  );
}

/** Milliseconds of all JavaScript for each tick that came, over so many seconds at rest. */
export async function scriptingPerTick(
  { page, session }: OpenPage,
  seconds: number,
): Promise<number> {
  const ticks = () => page.evaluate(() => (globalThis as { ticksRead?: number }).ticksRead ?? 0);
  const before = await ticks();
  const events = await traced(session, () => delay(seconds * 1000));
  return scriptingMs(events) / ((await ticks()) - before);
}

/** The tasks of the main thread while the graph is dragged to and fro: p50, p95, longest, ms. */
export async function panning({ page, session }: OpenPage, seconds: number): Promise<number[]> {
  const box = await page.locator('.graph-canvas').boundingBox();
  if (box === null) return [];
  const [x, y] = [box.x + box.width / 2, box.y + box.height - 40];
  const events = await traced(session, async () => {
    await page.mouse.move(x, y);
    await page.mouse.down();
    const end = Date.now() + seconds * 1000;
    for (let step = 0; Date.now() < end; step++) {
      await page.mouse.move(x + 180 * Math.sin(step / 9), y - 90 + 90 * Math.cos(step / 7));
    }
    await page.mouse.up();
  });
  const tasks = taskMs(events).filter((ms) => ms >= TASK_MS_MIN);
  return [percentile(tasks, 0.5), percentile(tasks, 0.95), tasks.at(-1) ?? 0];
}

/** Shorter tasks do nothing that anyone waits for, and would hide the others in a percentile. */
const TASK_MS_MIN = 0.1;

/** Bytes over the page's sockets, a second. */
export async function socketBytesPerSecond({ session }: OpenPage, seconds: number) {
  let bytes = 0;
  const count = ({ response }: { response: { opcode: number; payloadData: string } }) => {
    const text = response.payloadData;
    bytes += response.opcode === 2 ? (text.length * 3) / 4 : text.length;
  };
  await session.send('Network.enable');
  session.on('Network.webSocketFrameReceived', count);
  await delay(seconds * 1000);
  session.off('Network.webSocketFrameReceived', count);
  await session.send('Network.disable');
  return bytes / seconds;
}

/** Heap after a collection, typed arrays included, in bytes. */
export async function heapBytes({ session }: OpenPage): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const usage = (await session.send('Runtime.getHeapUsage')) as {
    usedSize: number;
    embedderHeapUsedSize?: number;
    backingStorageSize?: number;
  };
  return usage.usedSize + (usage.embedderHeapUsedSize ?? 0) + (usage.backingStorageSize ?? 0);
}
