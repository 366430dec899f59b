/**
 * One PGlite for all threads of a process. The subtasks of a job run in several threads of one
 * TaskManager, which have no memory in common that a library could use; they meet at a file.
 *
 * Invariants: of all threads that ask, the one that creates the lock file starts the server;
 * the address file appears whole (rename); files older than this process belong to a dead process
 * that had the same number and are removed. The server ends with the thread that started it, at
 * the latest with the process, and removes both files.
 */
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { WeirError } from '@weir/core';
import { type PgliteAddress, type PgliteOptions, startPglite } from './pglite.ts';

const POLL_MS = 50;
const START_TIMEOUT_MS = 60_000;
/** File times may be coarser than the clock. */
const CLOCK_SLACK_MS = 1000;

/**
 * The address of this process's server called `name`; starts it if nobody has yet.
 * @throws WeirError SERVER_UNREACHABLE when it does not start, TIMEOUT after a minute.
 */
export async function sharedPglite(name: string, options: PgliteOptions): Promise<PgliteAddress> {
  const lock = join(tmpdir(), `weir-pglite-${name}-${process.pid}.lock`);
  const address = `${lock}.address`;
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    await removeIfStale(lock, address);
    if (await create(lock)) return startShared(lock, address, options);
    const known = await readAddress(address);
    if (known !== null) return known;
    await pause(POLL_MS);
  }
  throw new WeirError(
    'TIMEOUT',
    `the thread that made ${lock} did not start PGlite within ${START_TIMEOUT_MS / 1000} s`,
    { retryable: true },
  );
}

async function startShared(
  lock: string,
  address: string,
  options: PgliteOptions,
): Promise<PgliteAddress> {
  try {
    const server = await startPglite({ ...options, removeAtEnd: [address, lock] });
    const { host, port, user, database } = server;
    const shared: PgliteAddress = { host, port, user, database };
    await writeFile(`${address}.new`, JSON.stringify(shared));
    await rename(`${address}.new`, address);
    return shared;
  } catch (error) {
    // Whoever waits may try.
    await rm(lock, { force: true });
    throw error;
  }
}

async function create(lock: string): Promise<boolean> {
  try {
    const handle = await open(lock, 'wx');
    await handle.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readAddress(address: string): Promise<PgliteAddress | null> {
  try {
    return JSON.parse(await readFile(address, 'utf8')) as PgliteAddress;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function removeIfStale(lock: string, address: string): Promise<void> {
  const startedMs = Date.now() - process.uptime() * 1000;
  try {
    if ((await stat(lock)).mtimeMs >= startedMs - CLOCK_SLACK_MS) return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await rm(address, { force: true });
  await rm(lock, { force: true });
}
