/** The few file operations that survive a crash, each durable when it resolves. */
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Makes creations, renames and removals in the folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function exists(folder: string, name: string): Promise<boolean> {
  try {
    await stat(join(folder, name));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

export async function renameIn(folder: string, from: string, to: string): Promise<void> {
  await rename(join(folder, from), join(folder, to));
}

/** Removes the files for which `isLeftover` says so. A file that is gone already is no error. */
export async function removeFrom(
  folder: string,
  isLeftover: (name: string) => boolean,
): Promise<void> {
  const leftovers = (await namesIn(folder)).filter(isLeftover);
  await Promise.all(leftovers.map((name) => rm(join(folder, name), { force: true })));
  if (leftovers.length > 0) await syncFolder(folder);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
