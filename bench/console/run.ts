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
  type OpenPage,
  panning,
  scriptingPerTick,
  socketBytesPerSecond,
  ticksRead,
} from './page-measures.ts';
import { SyntheticProcess } from './synthetic-process.ts';
import { Viewers } from './viewers.ts';

const LARGE = { jobs: 100, vertices: 1000, parallelism: 128, speed: 1 };
/** A viewer's memory does not depend on the subtasks, so that the hour needs none. */
const HOUR = { jobs: 2, vertices: 1000, parallelism: 2, speed: 40 };
/** Ticks of a second: from half an hour on a page forgets as much as it learns. */
const HEAP_AT = [1800, 2700, 3600];
const MIB = 1_048_576;
const VIEWERS = { reading: 90, stalled: 10 };
/** What the same viewers watch to no harm of the job: a server and a job of their own. */
const ELSEWHERE = { jobs: 1, vertices: 15, parallelism: 1, speed: 1 };
/** ms. */
const BUDGET = { picture: 1000, tick: 4, panning: 8 };

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
  await hour(add);
  await viewers(engine, quick, add);
  return rows;
}

type Add = (title: string, budget: string, measured: string) => void;

async function largeJob(quick: boolean, add: Add): Promise<void> {
  const seconds = quick ? 6 : 15;
  const server = await SyntheticProcess.start(LARGE);
  const browser = await launch();
  try {
    // Once a first viewer has seen numbers, the server has begun.
    const warm = await openGraph(browser, server, '');
    await warm.page.context().close();
    const idle = await server.cores(10);
    add('First useful picture of the graph, from navigation', '< 1,000 ms', await picture());
    const groups = await openGraph(browser, server, '');
    await delay(SETTLED_MS);
    await atWork('all groups', groups);
    const bytes = await socketBytesPerSecond(groups, 10);
    add('Socket to one viewer', '', `${(bytes / 1024).toFixed(0)} KiB/s`);
    await groups.page.context().close();
    const every = await openGraph(browser, server, '?in=*');
    await every.page.locator('.block-canvas').waitFor({ timeout: 60_000 });
    await delay(SETTLED_MS);
    await atWork('every vertex', every);
    await every.page.context().close();
    add('Server with nobody looking', '', idle === null ? 'unknown' : `${idle.toFixed(2)} cores`);
  } finally {
    await browser.close();
    await server.close();
  }

  /** The middle one of several. */
  async function picture(): Promise<string> {
    const took: number[] = [];
    for (let i = 0; i < PICTURES; i++) {
      const opened = await openGraph(browser, server, '');
      took.push(opened.firstPictureMs);
      await opened.page.context().close();
    }
    return against(BUDGET.picture, middle(took), ms(middle(took)));
  }

  async function atWork(shown: string, opened: OpenPage): Promise<void> {
    const tick = await scriptingPerTick(opened, seconds);
    add(`JavaScript per tick, ${shown}`, '≤ 4 ms', against(BUDGET.tick, tick, ms(tick)));
    const pan = await panning(opened, 5);
    const title = `Main-thread tasks while panning ${shown}, p50 / p95 / longest`;
    add(title, 'p95 ≤ 8 ms', against(BUDGET.panning, pan[1] ?? 0, list(pan)));
  }
}

const PICTURES = 5;
/** After it a page has loaded the past and what it shows later. */
const SETTLED_MS = 5000;

function against(most: number, value: number, text: string): string {
  return value <= most ? text : `${text}, over it`;
}

async function hour(add: Add): Promise<void> {
  const server = await SyntheticProcess.start(HOUR);
  const browser = await launch();
  try {
    const opened = await openGraph(browser, server, '');
    const heap: number[] = [];
    for (const ticks of HEAP_AT) {
      await ticksRead(opened, ticks);
      heap.push((await heapBytes(opened)) / MIB);
    }
    const growth = heap[2]! - heap[0]!;
    const mib = heap.map((one) => one.toFixed(1)).join(' → ');
    const text = `${mib} MiB (${growth < 0 ? '−' : '+'}${Math.abs(growth).toFixed(1)})`;
    const title = 'Heap after 30, 45 and 60 minutes of ticks, after a collection';
    add(title, 'no growth', growth > NOISE_MIB ? `${text}, grown` : text);
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Compiled code and what else the browser keeps come and go. */
const NOISE_MIB = 1;

/**
 * In turn without viewers, with viewers, and with as many at another server: what they cost the
 * machine, whose cores share caches, is not what they cost the job.
 */
async function viewers(engine: Engine, quick: boolean, add: Add): Promise<void> {
  const benchmark = CATALOGUE.find(({ name }) => name === 'stateless-chain')!;
  const records = quick ? benchmark.records / 4 : benchmark.records;
  const elsewhere = await SyntheticProcess.start(ELSEWHERE);
  const rates = { alone: [] as number[], watched: [] as number[], beside: [] as number[] };
  try {
    for (let repeat = 0; repeat < (quick ? 3 : 5); repeat++) {
      for (const kind of ['alone', 'watched', 'beside'] as const) {
        const url = kind === 'watched' ? engine.url : elsewhere.url;
        const attached =
          kind === 'alone' ? null : await Viewers.attach(url, VIEWERS.reading, VIEWERS.stalled);
        if (kind === 'beside') attached?.watch(elsewhere.jobId);
        const file = engine.file(`${kind}-${repeat}`);
        const parameters = { file, records, keys: benchmark.keys, pace: 0 };
        const started = (jobId: string) => {
          if (kind === 'watched') attached?.watch(jobId);
        };
        const measured = (await engine.run(benchmark.job, parameters, started)) as Throughput;
        rates[kind].push(measured.records / measured.cpuSeconds / 1e6);
        attached?.close();
      }
    }
  } finally {
    await elsewhere.close();
  }
  const [alone, watched, beside] = [rates.alone, rates.watched, rates.beside].map(middle);
  const change = (rate = 0) => {
    const percent = (rate / alone! - 1) * 100;
    return `${rate.toFixed(2)} (${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(1)} %)`;
  };
  add(
    'M records a CPU second of a job’s process: alone, with 100 viewers of which 10 stall, with as many at another server',
    'unchanged by its viewers',
    `${alone!.toFixed(2)}, ${change(watched)}, ${change(beside)}`,
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
