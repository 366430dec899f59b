import { Worker } from 'node:worker_threads';
import type { VertexId } from '@weir/core';
import type { JobGraph } from '@weir/graph';
import { expect, test } from 'vitest';
import { planExchange } from './exchange-plan.ts';

/** Enough for every segment to be used many times over, and for both threads to sleep often. */
const ROWS = 200_000;

interface Report {
  readonly rows: number;
  readonly outOfOrder: number;
  readonly sleeps: number;
  readonly ended: boolean;
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

test('two threads exchange everything, sleeping and waking each other', async () => {
  const job = graph();
  const tasks = ['a', 'b'].flatMap((vertexId) =>
    [0, 1].map((subtask) => ({ vertexId, subtask, slot: subtask })),
  );
  const plan = planExchange(job, tasks, 2, 4096);
  const reports = await Promise.all(
    [0, 1].map((slot) => {
      const workerData = { plan, slot, edges: job.edges, rows: ROWS };
      const worker = new Worker(new URL('./two-threads.slot.ts', import.meta.url), { workerData });
      return new Promise<Report>((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      }).finally(() => worker.terminate());
    }),
  );
  expect(reports.map((report) => report.ended)).toEqual([true, true]);
  expect(reports.reduce((sum, { rows }) => sum + rows, 0)).toBe(2 * ROWS);
  expect(reports.reduce((sum, { outOfOrder }) => sum + outOfOrder, 0)).toBe(0);
  expect(reports.reduce((sum, { sleeps }) => sum + sleeps, 0)).toBeGreaterThan(0);
}, 60_000);
