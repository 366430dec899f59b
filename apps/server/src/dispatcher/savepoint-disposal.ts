/** Deletes a savepoint, and nothing that is not one of ours. */
import { basename, dirname, sep } from 'node:path';
import { WeirError } from '@weir/core';
import { jobsInNeedOf, type SavepointSurroundings } from './savepoint-list.ts';

/**
 * `folder` is absolute. Accepted: folders below the server's own, and those that a job of this
 * server completed as a savepoint elsewhere.
 * @throws WeirError SAVEPOINT_NOT_FOUND, JOB_STATE_INVALID while a running job would need it,
 * STORAGE_FAILED.
 */
export async function disposeSavepoint(
  folder: string,
  { root, views, storage }: SavepointSurroundings,
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
  const [needy] = jobsInNeedOf(folder, views);
  if (needy !== undefined) {
    throw new WeirError(
      'JOB_STATE_INVALID',
      `${needy.graph.name} (${needy.jobId}) began with this savepoint and has no checkpoint of its ` +
        'own yet; dispose of it after the next checkpoint',
      { context: { folder } },
    );
  }
  await storage(dirname(folder)).delete(basename(folder));
}
