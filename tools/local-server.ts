/** The server as a child of a script: started, waited for, and given a job. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const WEIR = join(root, 'apps/cli/bin/weir.mjs');
const ENDED = new Set(['FINISHED', 'FAILED', 'CANCELED']);
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface LocalServer {
  readonly url: string;
  /** With the server's exit code. */
  readonly ended: Promise<number>;
}

export async function isUp(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/config`)).ok;
  } catch {
    return false;
  }
}

/**
 * `weir server`, told of every signal that ends this script. Null when it ended before it answered;
 * it has said why.
 */
export async function startServer(
  port: string,
  options: readonly string[],
): Promise<LocalServer | null> {
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(process.execPath, [WEIR, 'server', ...options], { stdio: 'inherit' });
  const ended = new Promise<number>((resolve) => server.on('exit', (code) => resolve(code ?? 1)));
  for (const signal of SIGNALS) process.on(signal, () => server.kill(signal));
  return (await untilUp(url, server)) ? { url, ended } : null;
}

/** Ids of the jobs of this name that have not ended. */
export async function runningJobs(url: string, name: string): Promise<string[]> {
  const overview = (await (await fetch(`${url}/jobs/overview`)).json()) as {
    jobs: ReadonlyArray<{ jid: string; name: string; state: string }>;
  };
  const running = overview.jobs.filter((job) => job.name === name && !ENDED.has(job.state));
  return running.map(({ jid }) => jid);
}

/** `weir cancel`; its exit code. */
export function cancelJob(url: string, id: string): Promise<number> {
  return weir(['cancel', id, '--server', url]);
}

/** `weir run` of a bundled example, detached; its exit code. */
export function runExample(
  url: string,
  name: string,
  options: readonly string[],
  args: readonly string[],
): Promise<number> {
  const entry = join(root, 'apps/examples', name, 'job.ts');
  return weir(['run', entry, '--server', url, '--detached', ...options, '--', ...args]);
}

export function openBrowser(url: string): void {
  const desktop = process.platform !== 'linux' || process.env.DISPLAY !== undefined;
  if (!desktop || !process.stdout.isTTY) return;
  const opener = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  spawn(opener, [url], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}

function weir(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [WEIR, ...args], { stdio: 'inherit' });
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}

/** Resolves false when the server ended before it answered. */
async function untilUp(url: string, server: ChildProcess): Promise<boolean> {
  while (server.exitCode === null && server.signalCode === null) {
    if (await isUp(url)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
