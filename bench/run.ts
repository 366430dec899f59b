/**
 * `npm run bench [-- names…] [--quick] [--repeats=N] [--profile]`: every benchmark in a real server
 * with its TaskManager process, in turn with the same work by hand. Without names all of them run;
 * `docs/performance.md` is brought up to date but for `--quick`. `console` measures the console and
 * its server instead, with a synthetic cluster and a real browser. `--profile` leaves CPU profiles of
 * the measured threads in the working directory.
 */
import { join } from 'node:path';
import { buildChanged } from '../tools/build.ts';
import { type Benchmark, CATALOGUE } from './catalogue.ts';
import { Engine, runBaseline } from './engine.ts';
import { type ConsoleRow, measureConsole } from './console/run.ts';
import { flameCostText, measureFlameCost, writeFlameCost } from './flame-cost.ts';
import {
  lineOf,
  medianOf,
  type Result,
  writeConsoleReport,
  writeKafkaReport,
  writeReport,
} from './report.ts';
import { type KafkaRow, kafkaCells, measureKafka } from './kafka.ts';
import type { Measurement } from './workload/measurement.ts';
import type { Parameters } from './workload/parameters.ts';
import { PROFILE_VARIABLE } from './workload/profile.ts';

/** Not one of the catalogue: it has no counterpart by hand. */
const CONSOLE = 'console';
const REPEATS = 3;
/** With `--quick`; the numbers are then good for a look only. */
const QUICK_SHARE = 0.25;
const PACE_UNKNOWN = 500_000;
const PACED_SECONDS = 4;
/** What an open flame graph costs; no benchmark with a counterpart by hand. */
const FLAME = 'flame';
/** Beside kafkajs and Kafka's own tools, on a broker of its own; only when asked for. */
const KAFKA = 'kafka';
const PAGE = join(import.meta.dirname, '../docs/performance.md');

const options = process.argv.slice(2);
const quick = options.includes('--quick');
const repeats = quick ? 1 : Number(optionValue('--repeats') ?? REPEATS);
const names = options.filter((option) => !option.startsWith('--'));
const known = [...CATALOGUE.map(nameOf), FLAME, CONSOLE, KAFKA];
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}; there are: ${known.join(', ')}`);
  process.exit(2);
}

if (options.includes('--profile')) process.env[PROFILE_VARIABLE] = join(process.cwd(), 'bench');
await buildChanged();
const engine = await Engine.launch();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void engine.close().then(() => process.exit(1)));
}
const results = new Map<string, Result>();
let consoleRows: readonly ConsoleRow[] = [];
let kafkaRows: readonly KafkaRow[] = [];
try {
  for (const benchmark of CATALOGUE) {
    if (names.length > 0 && !names.includes(benchmark.name)) continue;
    const result = await measure(benchmark);
    results.set(benchmark.name, result);
    console.log(lineOf(result));
  }
  if (names.length === 0 || names.includes(FLAME)) {
    const cost = await measureFlameCost(engine);
    console.log(`flame graph: ${flameCostText(cost)}`);
    if (!quick) writeFlameCost(PAGE, cost, Date.now());
  }
  if (names.includes(CONSOLE)) {
    consoleRows = await measureConsole(engine, quick, ({ title, budget, measured }) =>
      console.log(`${title}: ${measured}${budget === '' ? '' : ` (budget ${budget})`}`),
    );
  }
  if (names.includes(KAFKA)) {
    kafkaRows = await measureKafka(engine, repeats, quick);
    for (const row of kafkaRows) console.log(kafkaCells(row).join(' | '));
  }
} finally {
  await engine.close();
}
if (!quick && results.size > 0) writeReport(PAGE, [...results.values()], Date.now());
if (!quick && consoleRows.length > 0) writeConsoleReport(PAGE, consoleRows, Date.now());
if (!quick && kafkaRows.length > 0) writeKafkaReport(PAGE, kafkaRows, Date.now());

async function measure(benchmark: Benchmark): Promise<Result> {
  const own: Measurement[] = [];
  const byHand: Measurement[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const parameters = parametersOf(benchmark, repeat);
    own.push(
      benchmark.job === 'first-record'
        ? await engine.runFromCommandLine(parameters)
        : await engine.run(benchmark.job, parameters),
    );
    if (benchmark.baseline !== null) {
      byHand.push(await runBaseline(benchmark.baseline, parameters));
    }
  }
  return { benchmark, engine: own, baseline: byHand };
}

function parametersOf({ name, records, keys, pace }: Benchmark, repeat: number): Parameters {
  const file = engine.file(`${name}-${repeat}`);
  // Sinks count whole windows and halves.
  const unit = 2 * Math.max(keys, 50_000);
  const wanted = quick ? Math.ceil((records * QUICK_SHARE) / unit) * unit : records;
  if (pace === null) return { file, records: wanted, keys, pace: 0 };
  const perSecond = typeof pace === 'number' ? pace : paceOf(pace);
  return { file, records: perSecond * PACED_SECONDS, keys, pace: perSecond };
}

function paceOf({ of, share }: { readonly of: string; readonly share: number }): number {
  const reference = results.get(of);
  const measured = reference === undefined ? null : medianOf(reference.engine);
  if (measured === null || !('seconds' in measured)) return PACE_UNKNOWN;
  return Math.round((measured.records / measured.seconds) * share);
}

function nameOf({ name }: Benchmark): string {
  return name;
}

function optionValue(option: string): string | undefined {
  return options.find((given) => given.startsWith(`${option}=`))?.slice(option.length + 1);
}
