/** Results as a table, and their place in `docs/performance.md`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { type Benchmark, CATALOGUE } from './catalogue.ts';
import type { ConsoleRow } from './console/run.ts';
import { KAFKA_COLUMNS, type KafkaRow, kafkaCells } from './kafka.ts';
import type { Measurement, Throughput } from './workload/measurement.ts';

/** One benchmark's repeats, side by side. */
export interface Result {
  readonly benchmark: Benchmark;
  readonly engine: readonly Measurement[];
  readonly baseline: readonly Measurement[];
}

const BEGIN = '<!-- begin of measurements, written by npm run bench -->';
const END = '<!-- end of measurements -->';
const CONSOLE_BEGIN = '<!-- begin of the console, written by npm run bench -- console -->';
const KAFKA_BEGIN = '<!-- begin of Kafka, written by npm run bench -- kafka -->';
const KAFKA_END = '<!-- end of Kafka -->';
const CONSOLE_END = '<!-- end of the console -->';

/** The middle one by what a reader looks at first. */
export function medianOf(measurements: readonly Measurement[]): Measurement | null {
  const sorted = [...measurements].sort((left, right) => costOf(left) - costOf(right));
  return sorted[sorted.length >> 1] ?? null;
}

export function lineOf({ benchmark, engine, baseline }: Result): string {
  const measured = medianOf(engine);
  const byHand = medianOf(baseline);
  if (measured === null) return `${benchmark.title}: not measured`;
  const own = textOf(measured, benchmark.recordsPerResult);
  if (byHand === null) return `${benchmark.title}: ${own}`;
  const other = textOf(byHand, benchmark.recordsPerResult);
  const ratio = (costOf(byHand) / costOf(measured)).toFixed(2);
  return `${benchmark.title}: ${own}; ${benchmark.by}: ${other}; ratio ${ratio}`;
}

/** Renews the generated part of the page; rows of benchmarks that were not run stay. */
export function writeReport(file: string, results: readonly Result[], atMs: number): void {
  const page = existsSync(file) ? readFileSync(file, 'utf8') : `${BEGIN}\n${END}\n`;
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  const rows = new Map<string, string>();
  for (const line of page.slice(from, to).split('\n')) rows.set(titleOf(line), line);
  for (const result of results) {
    const row = isThroughput(medianOf(result.engine)) ? throughputRow(result) : timesRow(result);
    rows.set(result.benchmark.title, row);
  }
  const table = tableOf(rows, atMs);
  writeFileSync(file, `${page.slice(0, from)}${BEGIN}\n\n${table}\n${page.slice(to)}`);
}

/** Renews the console's part of the page. */
export function writeConsoleReport(file: string, rows: readonly ConsoleRow[], atMs: number): void {
  const cells = rows.map(({ title, budget, measured }) => [title, budget, measured]);
  const columns = ['Console', 'Budget', 'Measured'];
  renew(file, CONSOLE_BEGIN, CONSOLE_END, machineLine(atMs), columns, cells);
}

/** Renews Kafka's part of the page. */
export function writeKafkaReport(file: string, rows: readonly KafkaRow[], atMs: number): void {
  const rounds = rows[0]?.rounds.length ?? 0;
  const intro = `${machineLine(atMs)} The middle of ${rounds} rounds.`;
  renew(file, KAFKA_BEGIN, KAFKA_END, intro, KAFKA_COLUMNS, rows.map(kafkaCells));
}

/** A table in the place of what stands between two marks of the page. */
function renew(
  file: string,
  begin: string,
  end: string,
  intro: string,
  columns: readonly string[],
  rows: ReadonlyArray<readonly string[]>,
): void {
  const page = readFileSync(file, 'utf8');
  const [before, after] = [page.slice(0, page.indexOf(begin)), page.slice(page.indexOf(end))];
  const lines = [columns, columns.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  const table = [intro, '', ...lines, ''].join('\n');
  writeFileSync(file, `${before}${begin}\n\n${table}\n${after}`);
}

function machineLine(atMs: number): string {
  const [cpu] = cpus();
  const memoryGb = Math.round(totalmem() / 2 ** 30);
  const day = new Date(atMs).toISOString().slice(0, 10);
  const machine = `${cpu?.model.trim()}, ${cpus().length} cores, ${memoryGb} GB`;
  return `Last measured on ${day}: ${machine}, Node ${process.versions.node}.`;
}

function titleOf(line: string): string {
  return line.split(' | ')[0]!.replace(/^\| /, '');
}

/** `rows` by title. */
function tableOf(rows: ReadonlyMap<string, string>, atMs: number): string {
  const inOrder = (unit: Benchmark['unit']): readonly string[] =>
    CATALOGUE.filter((benchmark) => benchmark.unit === unit)
      .map(({ title }) => rows.get(title))
      .filter((row) => row !== undefined);
  return [
    machineLine(atMs),
    '',
    '| Throughput | Weir, M records/CPU-s | M records/s | by hand | M records/CPU-s | ratio | of ceiling |',
    '|---|---|---|---|---|---|---|',
    ...inOrder('records'),
    '',
    '| Times, ms | Weir p50 | p99 | longest | by hand | p50 | p99 | longest |',
    '|---|---|---|---|---|---|---|---|',
    ...inOrder('ms'),
    '',
  ].join('\n');
}

function throughputRow({ benchmark, engine, baseline }: Result): string {
  const own = medianOf(engine) as Throughput;
  const other = medianOf(baseline);
  const { recordsPerResult, ceiling, title, by } = benchmark;
  const perCpu = rate(own.records, own.cpuSeconds, recordsPerResult);
  const perSecond = rate(own.records, own.seconds, recordsPerResult);
  const otherRate =
    other !== null && isThroughput(other)
      ? rate(other.records, other.cpuSeconds, recordsPerResult)
      : null;
  const ratio = otherRate === null ? '' : (perCpu / otherRate).toFixed(2);
  const share = ceiling === null ? '' : `${Math.round((perCpu / ceiling) * 100)}% of ${ceiling}`;
  const cells = [title, perCpu.toFixed(2), perSecond.toFixed(2), by, otherRate?.toFixed(2) ?? ''];
  return `| ${[...cells, ratio, share].join(' | ')} |`;
}

function timesRow({ benchmark, engine, baseline }: Result): string {
  const cells = [...timeCells(medianOf(engine)), benchmark.by, ...timeCells(medianOf(baseline))];
  return `| ${[benchmark.title, ...cells].join(' | ')} |`;
}

function timeCells(measurement: Measurement | null): readonly string[] {
  if (measurement === null || isThroughput(measurement)) return ['', '', ''];
  const { p50Ms, p99Ms, maxMs } = measurement;
  return [p50Ms, p99Ms, maxMs].map((ms) => (ms < 10 ? ms.toFixed(2) : ms.toFixed(0)));
}

function textOf(measurement: Measurement, recordsPerResult: number): string {
  if (isThroughput(measurement)) {
    const perCpu = rate(measurement.records, measurement.cpuSeconds, recordsPerResult);
    const perSecond = rate(measurement.records, measurement.seconds, recordsPerResult);
    return `${perCpu.toFixed(2)} M/CPU-s (${perSecond.toFixed(2)} M/s)`;
  }
  return `p50, p99, longest ${timeCells(measurement).join(', ')} ms`;
}

function rate(records: number, seconds: number, recordsPerResult: number): number {
  return (records * recordsPerResult) / seconds / 1e6;
}

/** CPU seconds a record, or the longest time: what a smaller one of is better. */
function costOf(measurement: Measurement): number {
  if (isThroughput(measurement)) return measurement.cpuSeconds / measurement.records;
  return measurement.maxMs;
}

function isThroughput(measurement: Measurement | null): measurement is Throughput {
  return measurement !== null && 'cpuSeconds' in measurement;
}
