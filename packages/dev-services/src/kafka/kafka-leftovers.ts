/**
 * Folders are named after the process that keeps them. One whose keeper was itself killed leaves
 * its brokers running and its folder lying; whoever starts brokers next removes both.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const PREFIX = 'weir-kafka-';

export function keptFolder(parentPid: number, random: string): string {
  return join(tmpdir(), `${PREFIX}${parentPid}-${random}`);
}

/** Ends brokers whose parent is gone and removes what they wrote. */
export async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const parentPid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1] ?? 0);
    if (parentPid === 0 || isAlive(parentPid)) continue;
    const folder = join(tmpdir(), name);
    for (const pid of await keptPids(folder)) {
      // A process number is given out again; only the command line tells whose it is.
      if ((await commandLine(pid)).includes(folder)) process.kill(pid, 'SIGKILL');
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function keptPids(folder: string): Promise<number[]> {
  const pids: number[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith('pid-')) continue;
    const pid = Number(await readFile(join(folder, name), 'utf8').catch(() => '0'));
    if (pid > 0) pids.push(pid);
  }
  return pids;
}

async function commandLine(pid: number): Promise<string> {
  try {
    return (await run('ps', ['-p', String(pid), '-o', 'args='])).stdout;
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
