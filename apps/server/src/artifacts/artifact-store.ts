/**
 * Bundled job modules by the hash of their content: `artifacts/<sha256>/job.mjs` with its map.
 * An artifact is written once, durably, and never changed; it goes when no job record names it.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { WeirError } from '@weir/core';
import type { SourceFile } from '../http/program-diff.ts';
import { bundleJob } from './bundler.ts';

interface SourceMapContent {
  readonly sources: readonly string[];
  readonly sourcesContent: readonly (string | null)[];
}

export class ArtifactStore {
  readonly #folder: string;
  /** Artifacts of submissions that have no record yet. */
  readonly #pinned = new Map<string, number>();
  /** Folders that are being written. */
  readonly #temporary = new Set<string>();
  #collection: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Bundles the module and keeps the result; the artifact stays until `unpin`, then as long as
   * `collect` is told of it.
   * @throws WeirError JOB_DEFINITION_INVALID, STORAGE_FAILED.
   */
  async add(entry: string): Promise<string> {
    const path = resolve(entry);
    await requireFile(path, entry);
    const { sha256, code, sourceMap } = await bundleJob(path);
    this.pin(sha256);
    // What a collection began to delete before the pin has to be written again.
    await this.#collection;
    const folder = join(this.#folder, sha256);
    if (existsSync(folder)) return sha256;
    const name = `.new-${randomBytes(8).toString('hex')}`;
    this.#temporary.add(name);
    try {
      await this.#publish(join(this.#folder, name), folder, code, sourceMap);
    } catch (error) {
      this.unpin(sha256);
      throw error;
    } finally {
      this.#temporary.delete(name);
    }
    return sha256;
  }

  has(sha256: string): boolean {
    return existsSync(join(this.#folder, sha256, 'job.mjs'));
  }

  /** file: URL of the module. */
  url(sha256: string): string {
    return pathToFileURL(join(this.#folder, sha256, 'job.mjs')).href;
  }

  /** The modules that were bundled, as their authors wrote them; null when they are gone. */
  async sources(sha256: string): Promise<readonly SourceFile[] | null> {
    try {
      const map = await readFile(join(this.#folder, sha256, 'job.mjs.map'), 'utf8');
      const { sources, sourcesContent } = JSON.parse(map) as SourceMapContent;
      return sources.map((url, at) => ({
        path: url.startsWith('file:') ? fileURLToPath(url) : url,
        text: sourcesContent[at] ?? '',
      }));
    } catch {
      return null;
    }
  }

  pin(sha256: string): void {
    this.#pinned.set(sha256, (this.#pinned.get(sha256) ?? 0) + 1);
  }

  unpin(sha256: string): void {
    const left = (this.#pinned.get(sha256) ?? 0) - 1;
    if (left > 0) this.#pinned.set(sha256, left);
    else this.#pinned.delete(sha256);
  }

  /**
   * Deletes what no record refers to, leftovers of interrupted writes included. `isReferenced` is
   * asked right before each deletion, because jobs come and go meanwhile.
   */
  collect(isReferenced: (sha256: string) => boolean): Promise<void> {
    const collection = this.#collection.then(async () => {
      for (const name of await readdir(this.#folder)) {
        if (isReferenced(name) || this.#pinned.has(name) || this.#temporary.has(name)) continue;
        await rm(join(this.#folder, name), { recursive: true, force: true });
      }
    });
    // The failure is the caller's to report.
    this.#collection = collection.catch(() => undefined);
    return collection;
  }

  async #publish(
    temporary: string,
    folder: string,
    code: Uint8Array,
    sourceMap: Uint8Array,
  ): Promise<void> {
    await mkdir(temporary);
    await Promise.all([
      writeDurably(join(temporary, 'job.mjs'), code),
      writeDurably(join(temporary, 'job.mjs.map'), sourceMap),
    ]);
    await syncFolder(temporary);
    try {
      await rename(temporary, folder);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      // Another submission of the same module was quicker; the content is the same.
      if (!existsSync(folder)) throw storageError(folder, error);
    }
    await syncFolder(this.#folder);
  }
}

async function requireFile(path: string, entry: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile() === true) return;
  const what = found === null ? 'does not exist' : 'is a folder, not a module';
  throw new WeirError(
    'JOB_DEFINITION_INVALID',
    `${path} ${what}; name the TypeScript or JavaScript file of the job`,
    { context: { entry } },
  );
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function storageError(path: string, cause: unknown): WeirError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new WeirError('STORAGE_FAILED', `cannot write the artifact ${path}: ${why}`, { cause });
}
