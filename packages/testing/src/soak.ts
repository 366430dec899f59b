/**
 * `npm run soak -- --seeds 10000 [--from 1] [--workers 2]`: simulates many jobs under faults.
 * `npm run soak -- --seed 42 [--trace]`: replays one, with everything that happened.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { WeirError } from '@weir/core';
import { replayLine, type SimulationReport } from './simulator/simulation.ts';
import { soak } from './simulator/soak-runner.ts';

const PROGRESS_MS = 5000;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    workers: { type: 'string', default: String(availableParallelism()) },
    trace: { type: 'boolean', default: false },
  },
});

const single = values.seed === undefined ? null : wholeNumber('seed', values.seed);
const from = single ?? wholeNumber('from', values.from);
const seeds = single === null ? wholeNumber('seeds', values.seeds) : 1;
const workers = wholeNumber('workers', values.workers);
const startedAtMs = performance.now();
let done = 0;
let failed = 0;

const progress = setInterval(() => {
  const perSecond = (done / ((performance.now() - startedAtMs) / 1000)).toFixed(1);
  console.log(`${done} of ${seeds} seeds, ${failed} failed, ${perSecond} a second`);
}, PROGRESS_MS);

const { events, failures } = await soak({
  from,
  seeds,
  workers,
  trace: values.trace,
  onReport(report) {
    done++;
    if (values.trace) for (const line of report.trace) console.log(line);
    if (single !== null) console.log(JSON.stringify(report.scenario, null, 2));
    if (report.violations.length === 0) return;
    failed++;
    console.log(describeFailure(report));
  },
});

clearInterval(progress);
const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
console.log(
  `soak: ${done} seeds from ${from}, ${failures.length} failed, ` +
    `${events.toLocaleString('en')} events in ${seconds} s`,
);
process.exit(failures.length === 0 ? 0 : 1);

function describeFailure({ seed, violations }: SimulationReport): string {
  const lines = violations.map(({ law, what }) => `  ${law}: ${what}`);
  return [`seed ${seed} broke a law`, ...lines, `  replay: ${replayLine(seed)}`].join('\n');
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new WeirError('ARGUMENT_INVALID', `--${name} takes a whole number, not "${text}"`);
}
