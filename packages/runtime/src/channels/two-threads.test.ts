/**
 * Real threads: this file is the test and, started again as a worker with a plan, one slot that
 * runs a task that sends and a task that receives.
 */
import { parentPort, Worker, workerData } from 'node:worker_threads';
import type { AtomicsPort, ObjectBatch, VertexId } from '@weir/core';
import type { JobEdge, JobGraph } from '@weir/graph';
import { type ExchangePlan, planExchange } from './exchange-plan.ts';
import { SlotExchange } from './slot-exchange.ts';

/** Enough for every segment to be used many times over, and for both threads to sleep often. */
const ROWS = 200_000;
const BATCH_ROWS = 500;

interface SlotData {
  readonly plan: ExchangePlan;
  readonly slot: number;
  readonly edges: readonly JobEdge[];
}

interface Report {
  readonly rows: number;
  readonly outOfOrder: number;
  readonly sleeps: number;
  readonly ended: boolean;
}

interface Row {
  readonly source: number;
  readonly sequence: number;
  readonly name: string;
}

const atomics: AtomicsPort = {
  load: (cells, index) => Atomics.load(cells, index),
  store: (cells, index, value) => void Atomics.store(cells, index, value),
  add: (cells, index, value) => Atomics.add(cells, index, value),
  notify: (cells, index) => void Atomics.notify(cells, index),
  waitAsync: (cells, index, expected) => {
    const result = Atomics.waitAsync(cells as Int32Array<SharedArrayBuffer>, index, expected);
    return result.async ? result.value : null;
  },
};
const data = workerData as SlotData | null;
if (data?.plan !== undefined) await runSlot(data);
else await defineTest();

async function defineTest(): Promise<void> {
  const { expect, test } = await import('vitest');
  test('two threads exchange everything, sleeping and waking each other', async () => {
    const { edges } = graph();
    const tasks = ['a', 'b'].flatMap((vertexId) =>
      [0, 1].map((subtask) => ({ vertexId, subtask, slot: subtask })),
    );
    const plan = planExchange(graph(), tasks, 2, 4096);
    const reports = await Promise.all([0, 1].map((slot) => startSlot({ plan, slot, edges })));
    expect(reports.map((report) => report.ended)).toEqual([true, true]);
    expect(reports.reduce((sum, { rows }) => sum + rows, 0)).toBe(2 * ROWS);
    expect(reports.reduce((sum, { outOfOrder }) => sum + outOfOrder, 0)).toBe(0);
    expect(reports.reduce((sum, { sleeps }) => sum + sleeps, 0)).toBeGreaterThan(0);
  }, 60_000);
}

function startSlot(slotData: SlotData): Promise<Report> {
  const worker = new Worker(new URL(import.meta.url), { workerData: slotData });
  return new Promise<Report>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  }).finally(() => worker.terminate());
}

function graph(): JobGraph {
  const vertices = ['a', 'b'].map((id) => ({
    id: id as VertexId,
    name: id,
    operators: [],
    parallelism: 2,
    maxParallelism: 128,
    slotSharingGroup: 'default',
  }));
  const edge = {
    index: 0,
    source: 'a' as VertexId,
    sourceOperator: 0,
    target: 'b' as VertexId,
    targetInput: 0,
    strategy: 'HASH' as const,
    outputTag: null,
  };
  return { name: 't', vertices, edges: [edge], configuration: {}, args: [], submittedAtMs: 0 };
}

async function runSlot({ plan, slot, edges }: SlotData): Promise<void> {
  const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
  const exchange = new SlotExchange({ plan, slot, atomics, clock, mode: 'EXACTLY_ONCE' });
  const keySelectors = new Map([[0, (row: Row) => row.name]]);
  const writer = exchange.createWriter({ vertexId: 'a', subtask: slot, edges, keySelectors });
  const gate = exchange.createGate('b', slot);

  let sent = 0;
  let received = 0;
  let outOfOrder = 0;
  let sleeps = 0;
  let ended = false;
  let pushedEnd = false;
  const last = [-1, -1];

  function send(): boolean {
    if (!writer.drain() || pushedEnd) return false;
    if (sent === ROWS) {
      pushedEnd = true;
      writer.push({ kind: 'endOfInput' });
    } else {
      const batch = Array.from({ length: BATCH_ROWS }, (_, i): Row => {
        const sequence = sent + i;
        return { source: slot, sequence, name: `key-${sequence % 1000}` };
      });
      sent += BATCH_ROWS;
      const count = batch.length;
      writer.push({ kind: 'objects', count, rows: batch, timestamps: null, keyHashes: null });
    }
    return writer.drain();
  }

  function receive(): boolean {
    const event = gate.next();
    if (event === null) return false;
    if (event.kind === 'endOfInput') ended = true;
    if (event.kind !== 'batch') return true;
    for (const row of (event.batch as ObjectBatch).rows as Row[]) {
      if (row.sequence <= last[row.source]!) outOfOrder++;
      last[row.source] = row.sequence;
      received++;
    }
    return true;
  }

  // waitAsync keeps no thread alive: the port does, until the parent ends this thread.
  parentPort?.on('message', () => {});
  while (!(ended && pushedEnd && writer.drain())) {
    const moved = [exchange.poll(), send(), receive()].includes(true);
    if (moved) continue;
    writer.flush();
    const sleep = exchange.sleep();
    if (sleep === null) continue;
    sleeps++;
    await sleep;
  }
  parentPort?.postMessage({ rows: received, outOfOrder, sleeps, ended });
}
