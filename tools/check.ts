/**
 * `npm run check`: types, lint with formatting, boundaries and unused code, side by side.
 * Prints the output of what failed, and one line for each check.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const bin = join(import.meta.dirname, '..', 'node_modules', '.bin');
const CHECKS: ReadonlyArray<readonly [name: string, program: string, args: readonly string[]]> = [
  ['types', join(bin, 'tsc'), ['-b']],
  ['types of bench', join(bin, 'tsc'), ['-p', 'bench']],
  ['lint', join(bin, 'biome'), ['check', '.', '--error-on-warnings', '--diagnostic-level=warn']],
  ['boundaries', process.execPath, [join(import.meta.dirname, 'boundaries.ts')]],
  ['unused', join(bin, 'knip'), ['--no-progress']],
];

interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly output: string;
  readonly seconds: string;
}

function runCheck(name: string, program: string, args: readonly string[]): Promise<Outcome> {
  const started = performance.now();
  const windows = process.platform === 'win32' && existsSync(`${program}.cmd`);
  const child = spawn(windows ? `${program}.cmd` : program, args, { shell: windows });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  return new Promise((resolve) => {
    const end = (ok: boolean): void => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      resolve({ name, ok, output, seconds });
    };
    child.on('error', (error) => {
      output += error.message;
      end(false);
    });
    child.on('exit', (code) => end(code === 0));
  });
}

/** True when every check passed. */
export async function runChecks(): Promise<boolean> {
  const outcomes = await Promise.all(CHECKS.map((check) => runCheck(...check)));
  for (const { name, ok, output } of outcomes) {
    if (!ok) console.error(`\n── ${name} ──\n${output.trimEnd()}\n`);
  }
  for (const { name, ok, seconds } of outcomes) {
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  }
  return outcomes.every((outcome) => outcome.ok);
}

if (import.meta.main) process.exit((await runChecks()) ? 0 : 1);
