/** What users write after `--from` → the folder that holds the checkpoint. */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WeirError } from '@weir/core';

const METADATA = '_metadata';

/**
 * Takes a folder, its `_metadata` file, or either as a file: URL, as Flink does.
 * @throws WeirError SAVEPOINT_NOT_FOUND.
 */
export function restoreFolder(path: string): string {
  const local = path.startsWith('file:') ? fileURLToPath(path) : resolve(path);
  const folder = basename(local) === METADATA ? dirname(local) : local;
  if (existsSync(folder) && statSync(folder).isDirectory()) return folder;
  throw new WeirError(
    'SAVEPOINT_NOT_FOUND',
    `there is no savepoint or checkpoint at ${folder}; name the folder that was printed when it ` +
      'was taken',
    { context: { path } },
  );
}
