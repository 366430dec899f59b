/**
 * `npm run bench -- console`: the console and its server with a cluster of a thousand vertices × 128
 * subtasks and a hundred jobs, and a hundred viewers of a job, ten of them stalled.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { CATALOGUE } from '../catalogue.ts';
import type { Engine } from '../engine.ts';
import type { Throughput } from '../workload/measurement.ts';
import {
  heapBytes,
  launch,
  openGraph,
  panning,
  scriptingPerTick,
  socketBytesPerSecond,
} from './page-measures.ts';
import { SyntheticProcess } from './synthetic-process.ts';
import { Viewers } from './viewers.ts';

const LARGE = { jobs: 100, vertices: 1000, parallelism: 128, speed: 1 };
/** A viewer's memory does not depend on the subtasks, so that the hour needs none. */
const HOUR = { jobs: 2, vertices: 1000, parallelism: 2, speed: 20 };
const HOUR_S = 3600;
const MIB = 1_048_576;
const VIEWERS = { reading: 90, stalled: 10 };

export interface ConsoleRow {
  readonly title: string;
  readonly budget: string;
  readonly measured: string;
}

/** @param quick shorter, for a look. @param report told each row as it is known. */
export async function measureConsole(
  engine: Engine,
  quick: boolean,
  report: (row: ConsoleRow) => void,
): Promise<ConsoleRow[]> {
  const rows: ConsoleRow[] = [];
  const add = (title: string, budget: string, measured: string) => {
    const row = { title, budget, measured };
    rows.push(row);
    report(row);
  };
  await largeJob(quick, add);
  await hour(quick, add);
  await viewers(engine, quick, add);
  return rows;
}

type Add = (title: string, budget: string, measured: string) => void;

async function largeJob(quick: boolean, add: Add): Promise<void> {
  const seconds = quick ? 5 : 20;
  const server = await SyntheticProcess.start(LARGE);
  const browser = await launch();
  try {
    // Once a first viewer has seen numbers, the server has begun.
    const warm = await openGraph(browser, server, '');
    await warm.page.context().close();
    const cores = await server.cores(seconds);
    const first = await openGraph(browser, server, '');
    const pictures = [first.firstPictureMs];
    for (let i = 0; i < 2; i++) {
      const again = await openGraph(browser, server, '');
      pictures.push(again.firstPictureMs);
      await again.page.context().close();
    }
    pictures.sort((a, b) => a - b);
    add('First useful picture of the graph, from navigation', '< 1,000 ms', ms(pictures[1]!));
    await delay(3000);
    add('JavaScript per tick, all groups', '≤ 4 ms', ms(await scriptingPerTick(first, seconds)));
    add(
      'Main-thread tasks while panning groups, p50 / p95 / longest',
      'p95 ≤ 8 ms',
      list(await panning(first, 5)),
    );
    const bytes = await socketBytesPerSecond(first, 10);
    add('Socket to one viewer', '', `${(bytes / 1024).toFixed(0)} KiB/s`);
    await first.page.context().close();
    const every = await openGraph(browser, server, '?in=*');
    await every.page.locator('.block-canvas').waitFor({ timeout: 60_000 });
    await delay(3000);
    add('JavaScript per tick, every vertex', '≤ 4 ms', ms(await scriptingPerTick(every, seconds)));
    add(
      'Main-thread tasks while panning every vertex, p50 / p95 / longest',
      'p95 ≤ 8 ms',
      list(await panning(every, 5)),
    );
    await every.page.context().close();
    add('Server with nobody looking', '', cores === null ? 'unknown' : `${cores.toFixed(2)} cores`);
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Heap at a third of the hour, when every ring is full, and at its end. */
async function hour(quick: boolean, add: Add): Promise<void> {
  const server = await SyntheticProcess.start(HOUR);
  const browser = await launch();
  try {
    const opened = await openGraph(browser, server, '');
    const wall = (HOUR_S / HOUR.speed / (quick ? 6 : 1)) * 1000;
    const heap: number[] = [];
    for (let third = 0; third < 3; third++) {
      await delay(wall / 3);
      heap.push((await heapBytes(opened)) / MIB);
    }
    const growth = heap[2]! - heap[0]!;
    const text = `${heap.map((mib) => mib.toFixed(1)).join(' → ')} MiB (${growth.toFixed(1)})`;
    add('Heap after 20, 40 and 60 minutes of ticks (20 a second)', 'no growth', text);
  } finally {
    await browser.close();
    await server.close();
  }
}

/** In turn without and with viewers, in one run. */
async function viewers(engine: Engine, quick: boolean, add: Add): Promise<void> {
  const benchmark = CATALOGUE.find(({ name }) => name === 'stateless-chain')!;
  const records = quick ? benchmark.records / 4 : benchmark.records;
  const rates = { alone: [] as number[], watched: [] as number[] };
  for (let repeat = 0; repeat < (quick ? 1 : 3); repeat++) {
    for (const kind of ['alone', 'watched'] as const) {
      const attached =
        kind === 'alone'
          ? null
          : await Viewers.attach(engine.url, VIEWERS.reading, VIEWERS.stalled);
      const parameters = {
        file: engine.file(`${kind}-${repeat}`),
        records,
        keys: benchmark.keys,
        pace: 0,
      };
      const run = engine.run(benchmark.job, parameters, (jobId) => attached?.watch(jobId));
      const { records: done, cpuSeconds } = (await run) as Throughput;
      rates[kind].push(done / cpuSeconds / 1e6);
      attached?.close();
    }
  }
  const [alone, watched] = [middle(rates.alone), middle(rates.watched)];
  const change = ((watched / alone - 1) * 100).toFixed(1);
  add(
    'A job’s throughput per CPU second with 100 viewers, 10 of them stalled',
    'unchanged',
    `${alone.toFixed(2)} → ${watched.toFixed(2)} M/CPU-s (${change} %)`,
  );
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 0)} ms`;
}

function list(values: readonly number[]): string {
  return `${values.map((value) => value.toFixed(1)).join(' / ')} ms`;
}
