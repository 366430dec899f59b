/** Opens the history of a data directory, whatever an earlier server has left there. */
import { renameSync, rmSync } from 'node:fs';
import { WeirError } from '@weir/core';
import { HistoryStore } from './history-store.ts';

const SQLITE_CORRUPT = 11;
const SQLITE_NOT_A_DATABASE = 26;
const COMPANIONS = ['-wal', '-shm'];

/**
 * A database of another format or a broken one is set aside, in the place of the last such one, and
 * a new one begun.
 * @param onSetAside told where it is now, and why.
 * @throws what SQLite throws when the new one cannot be opened either, or for another reason.
 */
export function openHistory(
  file: string,
  quotaBytes: number,
  onSetAside: (path: string, error: unknown) => void,
): HistoryStore {
  try {
    return new HistoryStore(file, quotaBytes);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    const aside = `${file}.unreadable`;
    renameSync(file, aside);
    for (const companion of COMPANIONS) rmSync(file + companion, { force: true });
    onSetAside(aside, error);
    return new HistoryStore(file, quotaBytes);
  }
}

function isUnreadable(error: unknown): boolean {
  if (error instanceof WeirError) return error.code === 'STORAGE_FAILED';
  const code = (error as { errcode?: number }).errcode ?? 0;
  // Extended codes have the plain one in their lowest byte.
  return [SQLITE_CORRUPT, SQLITE_NOT_A_DATABASE].includes(code & 0xff);
}
