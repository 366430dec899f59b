/**
 * Checkpoints, savepoints and records on the local file system.
 *
 * Used by the JobMaster's process and by every task that writes a checkpoint.
 * Invariants: whatever resolved is durable, because the file and the folders above it that are new
 * were fsynced; a file appears under its name only when it is whole (a temporary name, then rename
 * or link); `publishIfAbsent` never replaces an existing path, also not in a race of two processes
 * (link fails if the name exists); no path leaves the root, neither by `..` nor absolutely.
 */
import { randomUUID } from 'node:crypto';
import {
  access,
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
} from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type StoragePort, type StorageWriter, WeirError } from '@weir/core';

const TEMPORARY = '.tmp-';

export class FileStorage implements StoragePort {
  readonly uri: string;
  readonly #root: string;

  /** `root` may be missing; it is created with the first file. */
  constructor(root: string) {
    this.#root = resolve(root);
    this.uri = pathToFileURL(this.#root).href;
  }

  async createWriter(path: string): Promise<StorageWriter> {
    const target = this.#resolve(path);
    return guarded('write', target, async () => {
      const { name, file } = await openTemporary(target);
      return new FileWriter(target, name, file);
    });
  }

  /** Fewer bytes than `length` when the file ends earlier. */
  async read(path: string, offset = 0, length?: number): Promise<Uint8Array> {
    const target = this.#resolve(path);
    return guarded('read', target, async () => {
      if (offset === 0 && length === undefined) return new Uint8Array(await readFile(target));
      const file = await open(target, 'r');
      try {
        return await readRange(file, offset, length ?? (await file.stat()).size - offset);
      } finally {
        await file.close();
      }
    });
  }

  async publishIfAbsent(path: string, bytes: Uint8Array): Promise<boolean> {
    const target = this.#resolve(path);
    return guarded('publish', target, async () => {
      const temporary = await writeTemporary(target, bytes);
      try {
        await link(temporary, target);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
        throw error;
      } finally {
        await rm(temporary, { force: true });
      }
      await syncFolder(dirname(target));
      return true;
    });
  }

  async replace(path: string, bytes: Uint8Array): Promise<void> {
    const target = this.#resolve(path);
    await guarded('replace', target, async () => {
      const temporary = await writeTemporary(target, bytes);
      await rename(temporary, target);
      await syncFolder(dirname(target));
    });
  }

  async exists(path: string): Promise<boolean> {
    const target = this.#resolve(path);
    return guarded('look up', target, async () => {
      try {
        await access(target);
        return true;
      } catch (error) {
        if (isMissing(error)) return false;
        throw error;
      }
    });
  }

  /** Files that are still being written are not listed. */
  async list(folder: string): Promise<string[]> {
    const target = this.#resolve(folder);
    return guarded('list', target, async () => {
      try {
        const names = await readdir(target);
        return names.filter((name) => !name.startsWith(TEMPORARY)).sort();
      } catch (error) {
        if (isMissing(error)) return [];
        throw error;
      }
    });
  }

  async delete(path: string): Promise<void> {
    const target = this.#resolve(path);
    if (target === this.#root) throw outside(path, this.uri);
    await guarded('delete', target, () => rm(target, { recursive: true, force: true }));
  }

  #resolve(path: string): string {
    const target = resolve(this.#root, path);
    const step = relative(this.#root, target);
    if (step === '..' || step.startsWith(`..${sep}`)) throw outside(path, this.uri);
    return target;
  }
}

class FileWriter implements StorageWriter {
  readonly #target: string;
  readonly #temporary: string;
  readonly #file: FileHandle;
  #state: 'open' | 'closed' | 'aborted' = 'open';

  constructor(target: string, temporary: string, file: FileHandle) {
    this.#target = target;
    this.#temporary = temporary;
    this.#file = file;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#requireOpen();
    await guarded('write', this.#target, () => writeAll(this.#file, bytes));
  }

  async close(): Promise<void> {
    this.#requireOpen();
    await guarded('write', this.#target, async () => {
      await this.#file.sync();
      await this.#file.close();
      this.#state = 'closed';
      await rename(this.#temporary, this.#target);
      await syncFolder(dirname(this.#target));
    });
  }

  /** Best effort: a temporary file that stays behind is never read. */
  async abort(): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'aborted';
    await this.#file.close().catch(() => undefined);
    await rm(this.#temporary, { force: true }).catch(() => undefined);
  }

  #requireOpen(): void {
    if (this.#state === 'open') return;
    throw new WeirError(
      'STORAGE_FAILED',
      `${this.#target} is ${this.#state}, nothing can be written to it; write it anew`,
    );
  }
}

async function writeTemporary(target: string, bytes: Uint8Array): Promise<string> {
  const { name, file } = await openTemporary(target);
  try {
    await writeAll(file, bytes);
    await file.sync();
  } catch (error) {
    await rm(name, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return name;
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written);
    written += bytesWritten;
  }
}

async function readRange(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(0, length));
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, offset + filled);
    if (bytesRead === 0) return bytes.subarray(0, filled);
    filled += bytesRead;
  }
  return bytes;
}

/** A new file under a temporary name beside the target; creates the folder if it is missing. */
async function openTemporary(target: string): Promise<{ name: string; file: FileHandle }> {
  const name = temporaryName(target);
  try {
    return { name, file: await open(name, 'wx') };
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  await makeFolder(dirname(target));
  return { name, file: await open(name, 'wx') };
}

/**
 * Creates what is missing and makes each new folder's entry in its parent durable. The entries of
 * `folder` itself are synced by whoever writes into it. Step by step: where the system says that
 * nothing can be made (below /proc), Node's own recursion goes on for ever.
 */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await mkdir(folder).catch(unlessThere);
  }
  await syncFolder(dirname(folder));
}

/** Another subtask may have made it in between. */
function unlessThere(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
}

async function syncFolder(folder: string): Promise<void> {
  // Windows has no fsync on folders; its file system journals names by itself.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function temporaryName(target: string): string {
  return resolve(dirname(target), `${TEMPORARY}${randomUUID()}`);
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

async function guarded<T>(verb: string, target: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new WeirError('STORAGE_FAILED', `can't ${verb} ${target}: ${explain(code, error)}`, {
      retryable: code !== 'ENOENT' && code !== 'EACCES',
      context: { path: target, code },
      cause: error,
    });
  }
}

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; check the path',
  EACCES: 'permission denied; let the user of the server write there',
  EROFS: 'the file system is read-only; choose another folder',
  ENOSPC: 'the disk is full; free some space',
  EISDIR: 'it is a folder, a file was expected',
  ENOTDIR: 'a part of the path is a file, a folder was expected',
};

function explain(code: string, error: unknown): string {
  return HINTS[code] ?? String((error as Error).message);
}

function outside(path: string, uri: string): WeirError {
  return new WeirError('ARGUMENT_INVALID', `'${path}' lies outside of ${uri}; use a path below it`);
}
