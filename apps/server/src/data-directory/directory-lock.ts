/**
 * The exclusive lock of a data directory: one server at a time. The lock is a write lock of the
 * operating system on `.weir/lock`, taken through SQLite because Node itself has no file locks:
 * the kernel drops it when its process ends, however it ends, so there is nothing stale to take
 * over and no race in doing so. `.weir/server.json` only tells people who holds it.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { WeirError } from '@weir/core';

const SQLITE_BUSY = 5;

export interface DirectoryLock {
  release(): void;
}

/** @throws WeirError DATA_DIRECTORY_LOCKED naming the holder's pid and the directory. */
export function lockDirectory(directory: string): DirectoryLock {
  const database = new DatabaseSync(join(directory, 'lock'), { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    if ((cause as { errcode?: number }).errcode !== SQLITE_BUSY) {
      throw new WeirError('STORAGE_FAILED', `cannot lock ${directory}: ${messageOf(cause)}`, {
        cause,
      });
    }
    throw lockedError(directory);
  }
  const owner = join(directory, 'server.json');
  writeFileSync(owner, `${JSON.stringify({ pid: process.pid, startedAtMs: Date.now() })}\n`);
  return {
    release() {
      rmSync(owner, { force: true });
      database.close();
    },
  };
}

function lockedError(directory: string): WeirError {
  const pid = ownerPid(directory);
  const holder = pid === null ? 'another server' : `the server with pid ${pid}`;
  return new WeirError(
    'DATA_DIRECTORY_LOCKED',
    `the data directory ${directory} is in use by ${holder}; stop that server, ` +
      'or give this one a directory of its own with --data-dir',
    { context: { directory, pid } },
  );
}

function ownerPid(directory: string): number | null {
  try {
    const owner = JSON.parse(readFileSync(join(directory, 'server.json'), 'utf8'));
    return typeof owner.pid === 'number' ? owner.pid : null;
  } catch {
    // The holder has just started or writes the file at this moment: the lock alone counts.
    return null;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
