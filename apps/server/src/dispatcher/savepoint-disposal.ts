/** Deletes a savepoint, and nothing that is not one of ours. */
import { basename, dirname, sep } from 'node:path';
import { type StoragePort, WeirError } from '@weir/core';
import type { JobView } from '@weir/runtime';

export interface DisposalSurroundings {
  /** The server's own folder for savepoints. */
  readonly root: string;
  readonly views: readonly JobView[];
  readonly storage: (root: string) => StoragePort;
}

/**
 * `folder` is absolute. Accepted: folders below the server's own, and those that a job of this
 * server completed as a savepoint elsewhere.
 * @throws WeirError SAVEPOINT_NOT_FOUND, STORAGE_FAILED.
 */
export async function disposeSavepoint(
  folder: string,
  { root, views, storage }: DisposalSurroundings,
): Promise<void> {
  const known = views.some(({ checkpoints }) =>
    checkpoints.history.some(({ path, type }) => path === folder && type !== 'checkpoint'),
  );
  if (!known && !folder.startsWith(root + sep)) {
    throw new WeirError(
      'SAVEPOINT_NOT_FOUND',
      `${folder} is not a savepoint that this server took; delete it by hand if it is not needed`,
      { context: { folder } },
    );
  }
  await storage(dirname(folder)).delete(basename(folder));
}
