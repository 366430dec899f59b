/**
 * `npm test`: checks, unit and integration tests, then the browser tests against the built
 * product. Ends with one line, `N passed, N failed`, over all of them; skipped tests fail in CI.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildChanged } from './build.ts';
import { runChecks } from './check.ts';
import { findChromium } from './chromium.ts';

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

const root = join(import.meta.dirname, '..');
const reports = mkdtempSync(join(tmpdir(), 'weir-test-'));

async function main(): Promise<boolean> {
  const total: Tally = { passed: 0, failed: 0, skipped: 0 };
  count(total, await runChecks());
  await buildChanged();
  const chromium = findChromium();
  const suites = [() => runVitest(), () => runPlaywright(chromium)];
  for (const suite of suites) {
    const tally = await suite();
    total.passed += tally.passed;
    total.failed += tally.failed;
    total.skipped += tally.skipped;
  }
  const skippedInCi = process.env.CI === undefined ? 0 : total.skipped;
  if (total.skipped > 0) console.log(`${total.skipped} skipped; their reasons are above`);
  console.log(`${total.passed} passed, ${total.failed + skippedInCi} failed`);
  return total.failed + skippedInCi === 0;
}

function count(total: Tally, ok: boolean): void {
  if (ok) total.passed++;
  else total.failed++;
}

async function runVitest(): Promise<Tally> {
  const file = join(reports, 'vitest.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const code = await runTool(['vitest', 'vitest.mjs'], args, {});
  const report = readJson(file) as {
    numPassedTests: number;
    numFailedTests: number;
    numFailedTestSuites: number;
    numPendingTests: number;
    numTodoTests: number;
  } | null;
  if (report === null) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests: passed, numPendingTests, numTodoTests } = report;
  const failed = Math.max(report.numFailedTests, code === 0 ? 0 : 1);
  return { passed, failed, skipped: numPendingTests + numTodoTests };
}

async function runPlaywright(chromium: string): Promise<Tally> {
  const file = join(reports, 'playwright.json');
  const code = await runTool(['@playwright/test', 'cli.js'], ['test', '--reporter=list,json'], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
    WEIR_CHROMIUM: chromium,
  });
  const report = readJson(file) as {
    stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  } | null;
  if (report === null) return { passed: 0, failed: 1, skipped: 0 };
  const { expected, unexpected, flaky, skipped } = report.stats;
  return { passed: expected, failed: Math.max(unexpected + flaky, code === 0 ? 0 : 1), skipped };
}

function runTool(
  [name, cli]: readonly [string, string],
  args: readonly string[],
  env: Record<string, string>,
): Promise<number> {
  const script = join(root, 'node_modules', name, cli);
  const child = spawn(process.execPath, [script, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

const ok = await main();
rmSync(reports, { recursive: true, force: true });
process.exit(ok ? 0 : 1);
