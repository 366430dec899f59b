/** What a long soak found, as the table in `docs/verdicts.md`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { type CaseResult, describeCase, type Spoken } from './case-run.ts';
import { TROUBLES } from './plan.ts';

const PAGE = join(import.meta.dirname, '../../docs/verdicts.md');
const BEGIN = '<!-- Written by soak:verdicts: begin -->';
const END = '<!-- Written by soak:verdicts: end -->';

export interface CalmResult {
  readonly kind: string;
  readonly alarms: readonly Spoken[];
}

export interface Soak {
  readonly command: string;
  readonly minutes: number;
  readonly results: readonly CaseResult[];
  readonly calm: readonly CalmResult[];
  /** Processes that wanted a core before anything was started. */
  readonly loadBefore: number;
}

/** Before a soak begins. */
export function machineLoad(): number {
  return loadavg()[0]!;
}

/** Puts the soak's table in the place of the one before. */
export function writeReport(soak: Soak): void {
  const page = readFileSync(PAGE, 'utf8');
  const [before, rest] = page.split(BEGIN) as [string, string];
  const after = rest.slice(rest.indexOf(END) + END.length);
  writeFileSync(PAGE, `${before}${BEGIN}\n${reportOf(soak)}\n${END}${after}`);
}

export function reportOf({ command, minutes, results, calm, loadBefore }: Soak): string {
  const right = results.filter(({ isRight }) => isRight).length;
  const date = new Date().toISOString().slice(0, 10);
  const { model = 'unknown', length: cores } = { model: cpus()[0]?.model, length: cpus().length };
  const full = results.filter(({ machineWasFull }) => machineWasFull).length;
  const wrong = results.filter(({ isRight }) => !isRight);
  return [
    '',
    `\`${command}\`, ${date}, ${cores} cores (${model.trim()}), load ${loadBefore.toFixed(1)} ` +
      `before it began. **${right} of ${results.length} right within ten seconds**; all cores ` +
      `were in use during ${full} of them.`,
    '',
    '| Case | Right | Spoken after, s |',
    '|---|---|---|',
    ...TROUBLES.map((kind) =>
      rowOf(
        kind,
        results.filter(({ plan }) => plan.kind === kind),
      ),
    ),
    ...calm.map(
      ({ kind, alarms }) =>
        `| ${kind}, ${minutes.toFixed(1)} minutes | ${alarms.length} false alarms | |`,
    ),
    ...(wrong.length === 0 ? [] : ['', ...wrong.map((one) => `- ${describeCase(one)}`)]),
    '',
  ].join('\n');
}

function rowOf(kind: string, results: readonly CaseResult[]): string {
  const right = results.filter(({ isRight }) => isRight);
  const after = right.flatMap(({ inTime }) => (inTime === null ? [] : [inTime.afterMs]));
  const seconds = after.map((ms) => (Math.max(0, ms) / 1000).toFixed(1)).join(', ');
  return `| ${kind} | ${right.length} of ${results.length} | ${seconds} |`;
}
