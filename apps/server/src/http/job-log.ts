/**
 * The log of one job: the latest entries in memory, more of them on disk, so that they outlive the
 * server and the job. Fed by the job's observer; read by the console and Flink's log resources.
 *
 * Invariants:
 * - Entries are numbered without gap, across servers.
 * - At most two files of `FILE_BYTES_MAX` and what was written at once; the older one goes when the
 *   newer is full. What waits to be written is bounded as well: a slow disk misses the oldest.
 * - Adding never waits: lines are written behind, a few times a second. A disk that fails costs the
 *   past, not the job.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { appendFile, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobLogs } from '@weir/console-protocol';
import type { LogEntry } from '@weir/runtime';

export type LogLine = JobLogs['entries'][number];

const ENTRIES_MAX = 5000;
const TEXT_MAX = 8192;
const FILE_BYTES_MAX = 4 * 1_048_576;
/** Long enough to hold the last line, whatever it is. */
const TAIL_BYTES = 131_072;
const WRITE_MS = 250;
const WAITING_MAX = 1_048_576;
const LEVELS: readonly LogEntry['level'][] = ['debug', 'info', 'warn', 'error'];

export interface LogQuery {
  readonly since: number | null;
  readonly vertexId: string | null;
  readonly limit: number;
  readonly subtask?: number | null;
  /** Epoch ms, from inclusive, to exclusive. */
  readonly from?: number | null;
  readonly to?: number | null;
}

export class JobLog {
  readonly #file: string | null;
  readonly #onFailure: (error: unknown) => void;
  readonly #entries: LogLine[] = [];
  #seq = 0;
  /** Lines that are not written yet. */
  #waiting: string[] = [];
  #waitingLength = 0;
  #writing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #loaded: Promise<void> | null = null;
  #broken = false;

  /** @param folder null = in memory only. */
  constructor(
    jobId: string,
    folder: string | null,
    onFailure: (error: unknown) => void = () => {},
  ) {
    this.#file = folder === null ? null : join(folder, `${jobId}.log`);
    this.#onFailure = onFailure;
    if (this.#file !== null) this.#seq = lastSeq(this.#file);
    if (this.#seq === 0) this.#loaded = Promise.resolve();
  }

  add({ atMs, level, text, vertexId, subtask }: LogEntry): void {
    const cut = text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
    const line = { seq: ++this.#seq, t: atMs, level, text: cut, vertexId, subtask };
    this.#entries.push(line);
    if (this.#entries.length > ENTRIES_MAX) this.#entries.shift();
    if (this.#file === null || this.#broken) return;
    const row = rowOf(line);
    this.#waiting.push(row);
    this.#waitingLength += row.length;
    while (this.#waitingLength > WAITING_MAX) this.#waitingLength -= this.#waiting.shift()!.length;
    if (this.#waitingLength > WAITING_MAX / 2) this.#write();
    else this.#timer ??= setTimeout(() => this.#write(), WRITE_MS).unref();
  }

  /** The newest `limit` entries that fit, oldest first; of a range the first ones. */
  async read(query: LogQuery): Promise<JobLogs> {
    await this.#load();
    const { since, limit, from = null, to = null } = query;
    const ranged = from !== null || to !== null;
    const oldest = this.#entries[0];
    const inMemory = !ranged || oldest === undefined || oldest.t < (from ?? 0) || oldest.seq === 1;
    const all = inMemory ? this.#entries : await this.#readFiles();
    const fitting = all.filter((entry) => fits(entry, query));
    const lost = (all[0]?.seq ?? 1) > (since ?? 0) + 1;
    return {
      entries: ranged ? fitting.slice(0, limit) : fitting.slice(-limit),
      truncated: lost || fitting.length > limit,
      last: this.#seq,
    };
  }

  /** As the lines of a log file. */
  async text(): Promise<string> {
    await this.#load();
    const lines = this.#entries.map(({ t, level, text, subtask }) => {
      const where = subtask === null ? '' : ` [${subtask}]`;
      return `${new Date(t).toISOString()} ${level.toUpperCase().padEnd(5)}${where} ${text}\n`;
    });
    return lines.join('');
  }

  /** Resolves when everything is written that was added before. */
  async written(): Promise<void> {
    await this.#writing;
    this.#write();
    await this.#writing;
  }

  /** The job is forgotten, and its log with it. */
  async remove(): Promise<void> {
    this.#broken = true;
    await this.#writing;
    if (this.#file === null) return;
    await Promise.all([rm(this.#file, { force: true }), rm(olderOf(this.#file), { force: true })]);
  }

  /** What an earlier server wrote, before the entries of this one; once. */
  #load(): Promise<void> {
    const before = this.#entries[0]?.seq ?? Number.POSITIVE_INFINITY;
    this.#loaded ??= this.#readFiles().then((stored) => {
      const older = stored.filter(({ seq }) => seq < before);
      this.#entries.unshift(...older.slice(Math.min(0, this.#entries.length - ENTRIES_MAX)));
    });
    return this.#loaded;
  }

  async #readFiles(): Promise<LogLine[]> {
    if (this.#file === null) return [...this.#entries];
    await this.written();
    const texts = await Promise.all([olderOf(this.#file), this.#file].map(textOf));
    return texts.flatMap(linesOf);
  }

  /** One write at a time; what comes meanwhile waits for the next. */
  #write(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#file === null || this.#writing !== null || this.#broken) return;
    const lines = this.#taken();
    if (lines === '') return;
    this.#writing = appended(this.#file, lines)
      .catch((error: unknown) => this.#fail(error))
      .then(() => {
        this.#writing = null;
        if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => this.#write(), 0).unref();
      });
  }

  #taken(): string {
    this.#waitingLength = 0;
    return this.#waiting.splice(0).join('');
  }

  #fail(error: unknown): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#onFailure(error);
  }
}

function fits(entry: LogLine, query: LogQuery): boolean {
  const { since, vertexId, subtask = null, from = null, to = null } = query;
  return (
    (since === null || entry.seq > since) &&
    (vertexId === null || entry.vertexId === vertexId) &&
    (subtask === null || entry.subtask === subtask) &&
    (from === null || entry.t >= from) &&
    (to === null || entry.t < to)
  );
}

async function appended(file: string, lines: string): Promise<void> {
  const size = (await stat(file).catch(() => null))?.size ?? 0;
  if (size > FILE_BYTES_MAX) await rename(file, olderOf(file));
  await appendFile(file, lines);
}

function olderOf(file: string): string {
  return `${file}.1`;
}

function rowOf({ seq, t, level, text, vertexId, subtask }: LogLine): string {
  return `${JSON.stringify([seq, t, LEVELS.indexOf(level), text, vertexId, subtask])}\n`;
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

/** A line that a crash cut off is left out. */
function linesOf(text: string): LogLine[] {
  return text.split('\n').flatMap((line) => lineOf(line) ?? []);
}

function lineOf(line: string): LogLine | null {
  try {
    const [seq, t, level, text, vertexId, subtask] = JSON.parse(line) as [
      number,
      number,
      number,
      string,
      string | null,
      number | null,
    ];
    return { seq, t, level: LEVELS[level] ?? 'info', text, vertexId, subtask };
  } catch {
    return null;
  }
}

/** 0 = there is none. */
function lastSeq(file: string): number {
  for (const path of [file, olderOf(file)]) {
    if (!existsSync(path)) continue;
    const open = openSync(path, 'r');
    try {
      const { size } = fstatSync(open);
      const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
      readSync(open, bytes, 0, bytes.length, size - bytes.length);
      const last = linesOf(bytes.toString('utf8')).at(-1);
      if (last !== undefined) return last.seq;
    } finally {
      closeSync(open);
    }
  }
  return 0;
}
