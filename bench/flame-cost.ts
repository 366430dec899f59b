/**
 * What an open flame graph costs: one job runs on while a viewer comes and goes; records per second
 * of the process's CPU without the viewer, with it (its coming included), and after it has gone.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from './engine.ts';

export interface FlameCost {
  /** M records per CPU second. */
  readonly closed: number;
  readonly open: number;
  readonly closedAgain: number;
  readonly samples: number;
  /** Threads with a profiler: while it was open, and after. */
  readonly attachedOpen: number;
  readonly attachedAfter: number;
}

interface Answer {
  readonly attached: number;
  readonly profile: { readonly samples: number } | null;
}

interface Reading {
  readonly cpuNanos: number;
  readonly records: number;
}

const RECORDS = 4_000_000_000;
const WARM_MS = 6000;
const PHASE_MS = 16_000;
const ROUNDS = 4;
const POLL_MS = 2000;
const BEGIN = '<!-- begin of the flame graph, written by npm run bench -->';
const END = '<!-- end of the flame graph -->';

/** Phases follow each other closely and again and again: what else the machine does hits all. */
export async function measureFlameCost(engine: Engine): Promise<FlameCost> {
  const parameters = { file: engine.file('flame'), records: RECORDS, keys: 1000, pace: 0 };
  const jobId = await engine.start('stateless-chain', parameters);
  const watch = new JobWatch(engine, jobId);
  await watch.running();
  await delay(WARM_MS);
  const sums = { closed: nothing(), open: nothing(), closedAgain: nothing() };
  let opened: Answer = { attached: 0, profile: null };
  let after = opened;
  for (let round = 0; round < ROUNDS; round++) {
    add(sums.closed, await watch.during(() => delay(PHASE_MS)));
    add(
      sums.open,
      await watch.during(async () => {
        for (let ms = 0; ms < PHASE_MS; ms += POLL_MS) {
          opened = await watch.look('&viewer=bench');
          await delay(POLL_MS);
        }
      }),
    );
    await watch.leave();
    add(sums.closedAgain, await watch.during(() => delay(PHASE_MS)));
    after = await watch.look('');
  }
  await engine.cancel(jobId);
  return {
    closed: perCpuSecond(sums.closed),
    open: perCpuSecond(sums.open),
    closedAgain: perCpuSecond(sums.closedAgain),
    samples: opened.profile?.samples ?? 0,
    attachedOpen: opened.attached,
    attachedAfter: after.attached,
  };
}

export function flameCostText(cost: FlameCost): string {
  const { closed, open, closedAgain, samples, attachedOpen, attachedAfter } = cost;
  const rates = [closed, open, closedAgain].map((rate) => rate.toFixed(2)).join(', ');
  return (
    `closed, open, closed again: ${rates} M records/CPU-s; open costs ${costOf(cost)} %, ` +
    `${samples} samples in 20 s, ${attachedOpen} threads attached, ${attachedAfter} after`
  );
}

/** Renews its part of the page. */
export function writeFlameCost(file: string, cost: FlameCost, atMs: number): void {
  const page = readFileSync(file, 'utf8');
  const day = new Date(atMs).toISOString().slice(0, 10);
  const text = [
    BEGIN,
    '',
    '| Flame graph | closed | open | closed again | open costs | threads attached, open and after |',
    '|---|---|---|---|---|---|',
    `| map → filter → map, M records/CPU-s, ${day} | ${cost.closed.toFixed(2)} | ` +
      `${cost.open.toFixed(2)} | ${cost.closedAgain.toFixed(2)} | ${costOf(cost)} % | ` +
      `${cost.attachedOpen}, ${cost.attachedAfter} |`,
    '',
    END,
  ].join('\n');
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  const next =
    from < 0
      ? `${page.trimEnd()}\n\n${text}\n`
      : page.slice(0, from) + text + page.slice(to + END.length);
  writeFileSync(file, next);
}

/** Against the phases before and after it, in percent. */
function costOf({ closed, open, closedAgain }: FlameCost): string {
  const without = (closed + closedAgain) / 2;
  return (100 * (1 - open / without)).toFixed(1);
}

class JobWatch {
  readonly #engine: Engine;
  readonly #jobId: string;
  #vertexId = '';
  #taskManagerId = '';

  constructor(engine: Engine, jobId: string) {
    this.#engine = engine;
    this.#jobId = jobId;
  }

  async running(): Promise<void> {
    for (;;) {
      const job = await this.#engine.get<{
        state: string;
        vertices: readonly { id: string }[];
      }>(`/jobs/${this.#jobId}`);
      this.#vertexId = job.vertices[0]!.id;
      const { taskmanagers } = await this.#engine.get<{ taskmanagers: readonly { id: string }[] }>(
        '/taskmanagers',
      );
      this.#taskManagerId = taskmanagers[0]?.id ?? '';
      if (job.state === 'RUNNING' && this.#taskManagerId !== '') return;
      await delay(100);
    }
  }

  look(query: string): Promise<Answer> {
    return this.#engine.get(`/weir/v1/jobs/${this.#jobId}/flamegraph?mode=on${query}`);
  }

  leave(): Promise<void> {
    return this.#engine.delete(`/weir/v1/jobs/${this.#jobId}/flamegraph?viewer=bench`);
  }

  async during(run: () => Promise<unknown>): Promise<Reading> {
    const before = await this.#reading();
    await run();
    const after = await this.#reading();
    return {
      cpuNanos: after.cpuNanos - before.cpuNanos,
      records: after.records - before.records,
    };
  }

  /** Both of one frame of metrics. */
  async #reading(): Promise<Reading> {
    for (;;) {
      const before = await this.#cpuNanos();
      const records = await this.#records();
      const cpuNanos = await this.#cpuNanos();
      if (cpuNanos === before && records > 0) return { cpuNanos, records };
    }
  }

  async #cpuNanos(): Promise<number> {
    const [metric] = await this.#engine.get<readonly { value: string }[]>(
      `/taskmanagers/${this.#taskManagerId}/metrics?get=Status.JVM.CPU.Time`,
    );
    return Number(metric?.value ?? 0);
  }

  /** Of all operators of the chain the source's. */
  async #records(): Promise<number> {
    const path = `/jobs/${this.#jobId}/vertices/${this.#vertexId}/metrics`;
    const ids = await this.#engine.get<readonly { id: string }[]>(path);
    const id = ids.find((one) => /orders\.numRecordsOut$/.test(one.id))?.id ?? '';
    const [metric] = await this.#engine.get<readonly { value: string }[]>(`${path}?get=${id}`);
    return Number(metric?.value ?? 0);
  }
}

function nothing(): { cpuNanos: number; records: number } {
  return { cpuNanos: 0, records: 0 };
}

function add(sum: { cpuNanos: number; records: number }, one: Reading): void {
  sum.cpuNanos += one.cpuNanos;
  sum.records += one.records;
}

function perCpuSecond({ cpuNanos, records }: Reading): number {
  return records / (cpuNanos / 1e9) / 1e6;
}
