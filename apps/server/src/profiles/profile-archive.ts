/**
 * Kept profiles on disk, so that they outlive the server: `<folder>/<job>/<from>-<to>.json.gz`,
 * half a minute of slices each. Filled by `JobProfiles`, read once a job when somebody looks.
 *
 * Invariants:
 * - All files together are within the quota; what is over it goes from the oldest on, whatever job
 *   it is of. What cannot be read counts too, until it goes.
 * - Adding never waits. A disk that fails, or a file that is damaged, costs that piece of the past
 *   and is told once; it never costs the job or the server.
 * - A crash of the server costs at most the last half minute.
 */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { profileSlices } from './profile-file.ts';
import { KEPT_MS, type ProfileSlice } from './profile-store.ts';

export const PROFILE_QUOTA_BYTES = 64 * 1_048_576;
const FILE_MS = 30_000;
/** What a small file takes as well. */
const FILE_BYTES_MIN = 4096;
/** Of one file unpacked: more is not a profile of ours. */
const UNPACKED_BYTES_MAX = 128 * 1_048_576;
const NAME = /^(\d+)-(\d+)\.json\.gz$/;

export interface ProfileArchiveOptions {
  readonly folder: string;
  readonly quotaBytes?: number;
  readonly warn?: (text: string, error: unknown) => void;
}

export interface KeptSlices {
  /** In the order of time. */
  readonly slices: readonly ProfileSlice[];
  /** Files that could not be read. */
  readonly damaged: number;
}

interface KeptFile {
  readonly jobId: string;
  readonly name: string;
  readonly toMs: number;
  readonly bytes: number;
}

export class ProfileArchive {
  readonly #folder: string;
  readonly #quotaBytes: number;
  readonly #warn: (text: string, error: unknown) => void;
  readonly #pending = new Map<string, ProfileSlice[]>();
  /** Oldest first; null until the folder was looked at. */
  #files: KeptFile[] | null = null;
  /** One thing after the other on disk. */
  #last: Promise<void> = Promise.resolve();

  constructor({
    folder,
    quotaBytes = PROFILE_QUOTA_BYTES,
    warn = () => {},
  }: ProfileArchiveOptions) {
    this.#folder = folder;
    this.#quotaBytes = quotaBytes;
    this.#warn = warn;
  }

  /** What earlier servers kept of the job. */
  read(jobId: string): Promise<KeptSlices> {
    const { promise, resolve } = Promise.withResolvers<KeptSlices>();
    void this.#inTurn(async () => {
      let kept: KeptSlices = { slices: [], damaged: 0 };
      try {
        kept = await this.#read(jobId);
      } finally {
        resolve(kept);
      }
    });
    return promise;
  }

  add(jobId: string, slice: ProfileSlice): void {
    const pending = this.#pending.get(jobId) ?? [];
    this.#pending.set(jobId, pending);
    pending.push(slice);
    if (slice.toMs - pending[0]!.fromMs >= FILE_MS) void this.flush(jobId);
  }

  /** Writes what is not on disk yet; resolves when it is, or cannot be. */
  flush(jobId: string): Promise<void> {
    const slices = this.#pending.get(jobId);
    this.#pending.delete(jobId);
    if (slices === undefined) return this.#last;
    return this.#inTurn(() => this.#write(jobId, slices));
  }

  forget(jobId: string): void {
    this.#pending.delete(jobId);
    void this.#inTurn(async () => {
      const files = await this.#kept();
      this.#files = files.filter((file) => file.jobId !== jobId);
      await rm(join(this.#folder, jobId), { recursive: true, force: true });
    });
  }

  /** Resolves when everything is on disk. */
  async close(): Promise<void> {
    await Promise.all([...this.#pending.keys()].map((jobId) => this.flush(jobId)));
    await this.#last;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(work).catch((error: unknown) => {
      this.#warn(`profiles in ${this.#folder} could not be kept or read`, error);
    });
    return this.#last;
  }

  async #read(jobId: string): Promise<KeptSlices> {
    const slices: ProfileSlice[] = [];
    let damaged = 0;
    const own = (await this.#kept()).filter((file) => file.jobId === jobId);
    const newestMs = own.at(-1)?.toMs ?? 0;
    for (const file of own) {
      if (file.toMs < newestMs - KEPT_MS) continue;
      const path = join(this.#folder, jobId, file.name);
      try {
        slices.push(...profileSlices(await unpacked(path)));
      } catch (error) {
        damaged++;
        this.#warn(`${path} is damaged and left out; it can be deleted`, error);
      }
    }
    return { slices: slices.sort((left, right) => left.fromMs - right.fromMs), damaged };
  }

  async #write(jobId: string, slices: readonly ProfileSlice[]): Promise<void> {
    const { fromMs } = slices[0]!;
    const { toMs } = slices.at(-1)!;
    const name = `${Math.round(fromMs)}-${Math.round(toMs)}.json.gz`;
    const packed = await promisify(gzip)(JSON.stringify(slices));
    const files = await this.#kept();
    const folder = join(this.#folder, jobId);
    await mkdir(folder, { recursive: true });
    // Under another name until it is whole.
    await writeFile(join(folder, 'new'), packed);
    await rename(join(folder, 'new'), join(folder, name));
    files.push({ jobId, name, toMs, bytes: sizeOnDisk(packed.length) });
    await this.#keepQuota(files);
  }

  async #keepQuota(files: KeptFile[]): Promise<void> {
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    while (bytes > this.#quotaBytes && files.length > 0) {
      const oldest = files.shift()!;
      bytes -= oldest.bytes;
      await rm(join(this.#folder, oldest.jobId, oldest.name), { force: true });
    }
  }

  async #kept(): Promise<KeptFile[]> {
    if (this.#files !== null) return this.#files;
    const files: KeptFile[] = [];
    const entries = await readdir(this.#folder, { recursive: true }).catch(nothingYet);
    for (const entry of entries) {
      const [jobId = '', name = ''] = entry.split(/[\\/]/);
      const times = NAME.exec(name);
      if (times === null) continue;
      const { size } = await stat(join(this.#folder, entry));
      files.push({ jobId, name, toMs: Number(times[2]), bytes: sizeOnDisk(size) });
    }
    files.sort((left, right) => left.toMs - right.toMs);
    this.#files = files;
    await this.#keepQuota(files);
    return files;
  }
}

function sizeOnDisk(bytes: number): number {
  return Math.max(FILE_BYTES_MIN, bytes);
}

async function unpacked(path: string): Promise<unknown> {
  const packed = await readFile(path);
  const text = await promisify(gunzip)(packed, { maxOutputLength: UNPACKED_BYTES_MAX });
  return JSON.parse(text.toString('utf8'));
}

function nothingYet(error: unknown): string[] {
  if (Object(error).code === 'ENOENT') return [];
  throw error;
}
