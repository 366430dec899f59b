/**
 * A worker thread that runs seeds: each message to it is a seed, each message from it that seed's
 * report. With a mutation, it loads the engine with that change.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { invariant } from '@weir/core';
import type { SimulationReport } from './simulation.ts';
import { mutateSource, type SourceMutation } from './source-mutation.ts';

export interface SoakWorkerData {
  readonly mutation: SourceMutation | null;
  readonly trace: boolean;
}

invariant(parentPort !== null, 'seeds are run in a worker thread');
const port = parentPort;
const { mutation, trace } = workerData as SoakWorkerData;
const isMutated = mutation === null ? () => true : mutateSource(mutation);
// The engine must not be loaded before the mutation is in place.
const { runSeed } = await import('./simulation.ts');
invariant(isMutated(), 'the mutated module is not part of the simulation', {
  file: mutation?.file ?? '',
});

const rejections: string[] = [];
process.on('unhandledRejection', (reason) => {
  rejections.push(reason instanceof Error ? (reason.stack ?? reason.message) : String(reason));
});

port.on('message', async (seed: number) => {
  const report = await runSeed(seed, { trace });
  const violations = [
    ...report.violations,
    ...rejections
      .splice(0)
      .map((what) => ({ law: 'no-unexpected-failure' as const, what: `unhandled: ${what}` })),
  ];
  port.postMessage({ ...report, violations } satisfies SimulationReport);
});
