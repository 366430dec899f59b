/**
 * Objects between two threads: the exchange against what one would write by hand in Node, a
 * `postMessage` of the same batches. One sending and one receiving thread, 1,000 records a batch,
 * 6 fields with 2 strings, the receiver reads every record.
 */
import { Worker } from 'node:worker_threads';
import type { VertexId } from '@weir/core';
import type { JobGraph } from '@weir/graph';
import { planExchange } from '@weir/runtime';

export interface BenchResult {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: { readonly name: string; readonly value: number };
}

const BATCHES = 2_000;
const BATCHES_WARM_UP = 400;
const RUNS = 3;

/** Takes about ten seconds. */
export async function run(): Promise<BenchResult[]> {
  const exchange: number[] = [];
  const messages: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    exchange.push(await measure('exchange'));
    messages.push(await measure('postMessage'));
  }
  const baseline = { name: 'postMessage of the same batches', value: median(messages) };
  const name = 'exchange: object records between two threads, keyed';
  return [{ name, value: median(exchange), unit: 'records/s', baseline }];
}

async function measure(mode: 'exchange' | 'postMessage'): Promise<number> {
  const graph = pairGraph();
  const tasks = [
    { vertexId: 'a', subtask: 0, slot: 0 },
    { vertexId: 'b', subtask: 0, slot: 1 },
  ];
  const plan = planExchange(graph, tasks, 2);
  const { port1, port2 } = new MessageChannel();
  const workers = [port1, port2].map((port, slot) => {
    const data = { mode, slot, port, plan, edges: graph.edges };
    return new Worker(new URL('./exchange.slot.ts', import.meta.url), {
      workerData: { ...data, batches: BATCHES, warmUp: BATCHES_WARM_UP },
      transferList: [port],
    });
  });
  try {
    const results = workers.map(
      (worker) =>
        new Promise<number>((resolve, reject) => {
          worker.once('message', resolve);
          worker.once('error', reject);
        }),
    );
    const [, perSecond] = await Promise.all(results);
    return perSecond!;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function pairGraph(): JobGraph {
  const vertices = ['a', 'b'].map((id) => ({
    id: id as VertexId,
    name: id,
    operators: [],
    parallelism: 1,
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
  return { name: 'bench', vertices, edges: [edge], configuration: {}, args: [], submittedAtMs: 0 };
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[values.length >> 1]!;
}
