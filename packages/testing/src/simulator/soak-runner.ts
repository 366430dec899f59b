/** Runs many seeds in worker threads, which load the engine as Node does, without a test runner. */
import { Worker } from 'node:worker_threads';
import { SeededRandom } from '../seeded-random.ts';
import { drawScenario, type Scenario } from './scenario.ts';
import type { SimulationReport } from './simulation.ts';
import type { SoakWorkerData } from './soak-worker.ts';
import type { SourceMutation } from './source-mutation.ts';

export interface SoakOptions {
  readonly from: number;
  readonly seeds: number;
  /** Seeds of other scenarios are passed over, and not counted. */
  readonly scenarios?: (scenario: Scenario) => boolean;
  readonly workers: number;
  readonly trace?: boolean;
  readonly mutation?: SourceMutation;
  /** Begins no further seed after the first failure. */
  readonly stopAtFailure?: boolean;
  onReport?(report: SimulationReport): void;
}

export interface SoakResult {
  readonly seeds: number;
  readonly events: number;
  /** In the order of their seeds. */
  readonly failures: readonly SimulationReport[];
}

/** @throws what keeps a worker from running seeds at all. */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const { from, seeds, workers, trace = false, mutation = null, stopAtFailure = false } = options;
  const { scenarios = () => true } = options;
  const failures: SimulationReport[] = [];
  let done = 0;
  let events = 0;
  let next = from;
  let taken = 0;
  const take = (): number | null => {
    if (taken >= seeds || (stopAtFailure && failures.length > 0)) return null;
    while (!scenarios(drawScenario(new SeededRandom(next)))) next++;
    taken++;
    return next++;
  };
  const onReport = (report: SimulationReport): void => {
    done++;
    events += report.events;
    if (report.violations.length > 0) failures.push(report);
    options.onReport?.(report);
  };
  const count = Math.max(1, Math.min(workers, seeds));
  const data: SoakWorkerData = { mutation, trace };
  await Promise.all(Array.from({ length: count }, () => runWorker(data, take, onReport)));
  failures.sort((left, right) => left.seed - right.seed);
  return { seeds: done, events, failures };
}

function runWorker(
  workerData: SoakWorkerData,
  take: () => number | null,
  onReport: (report: SimulationReport) => void,
): Promise<void> {
  const url = new URL('./soak-worker.ts', import.meta.url);
  const worker = new Worker(url, { workerData, execArgv: [] });
  const feed = (): void => {
    const seed = take();
    if (seed === null) void worker.terminate();
    else worker.postMessage(seed);
  };
  return new Promise((resolve, reject) => {
    worker.on('message', (report: SimulationReport) => {
      onReport(report);
      feed();
    });
    worker.on('error', reject);
    worker.on('exit', () => resolve());
    feed();
  });
}
