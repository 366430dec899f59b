/**
 * `npm start`: the server with its console, and the flights job on it. A job that an earlier start
 * left behind goes on where it was; otherwise a new one is submitted.
 *
 * Options: `--port N`, `--data-dir DIR` are the server's; everything else goes to the job
 * (`npm start -- --speed 3600 --bound 2h`). Ctrl-C stops the server and leaves the job resumable.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildChanged } from './build.ts';

const root = join(import.meta.dirname, '..');
const WEIR = join(root, 'apps/cli/bin/weir.mjs');
const ENTRY = join(root, 'apps/examples/flights/job.ts');
const JOB = 'flights';
const PARALLELISM = '2';
const ENDED = new Set(['FINISHED', 'FAILED', 'CANCELED']);

interface Arguments {
  readonly port: string;
  readonly server: readonly string[];
  readonly job: readonly string[];
}

function readArguments(given: readonly string[]): Arguments {
  const job: string[] = [];
  const server: string[] = [];
  let port = '8081';
  for (let i = 0; i < given.length; i++) {
    const name = given[i] as string;
    if (name !== '--port' && name !== '--data-dir') {
      job.push(name);
      continue;
    }
    const value = given[++i] ?? '';
    if (name === '--port') port = value;
    server.push(name, value);
  }
  return { port, server, job };
}

async function isUp(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/config`)).ok;
  } catch {
    return false;
  }
}

/** Resolves false when the server ended before it answered; it has said why. */
async function untilUp(url: string, server: ChildProcess): Promise<boolean> {
  while (server.exitCode === null && server.signalCode === null) {
    if (await isUp(url)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

async function isRunning(url: string): Promise<boolean> {
  const overview = (await (await fetch(`${url}/jobs/overview`)).json()) as {
    jobs: ReadonlyArray<{ name: string; state: string }>;
  };
  return overview.jobs.some(({ name, state }) => name === JOB && !ENDED.has(state));
}

function runJob(url: string, args: readonly string[]): Promise<number> {
  const run = ['run', ENTRY, '--server', url, '--detached', '--parallelism', PARALLELISM];
  const child = spawn(process.execPath, [WEIR, ...run, '--', ...args], { stdio: 'inherit' });
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}

function openBrowser(url: string): void {
  const desktop = process.platform !== 'linux' || process.env.DISPLAY !== undefined;
  if (!desktop || !process.stdout.isTTY) return;
  const opener = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  spawn(opener, [url], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}

async function main(): Promise<number> {
  const { port, server: options, job } = readArguments(process.argv.slice(2));
  await buildChanged();
  const url = `http://127.0.0.1:${port}`;
  if (await isUp(url)) {
    console.error(`Something answers at ${url} already; stop it, or choose another --port.`);
    return 1;
  }
  const server = spawn(process.execPath, [WEIR, 'server', ...options], { stdio: 'inherit' });
  const ended = new Promise<number>((resolve) => server.on('exit', (code) => resolve(code ?? 1)));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => server.kill(signal));
  }
  if (!(await untilUp(url, server))) return ended;
  if (await isRunning(url)) {
    console.log(`The ${JOB} job goes on where it was.`);
  } else if ((await runJob(url, job)) !== 0) {
    console.error(`The ${JOB} job did not start; the console is there all the same.`);
  }
  console.log(`\n  Console: ${url}\n`);
  openBrowser(url);
  return ended;
}

process.exit(await main());
