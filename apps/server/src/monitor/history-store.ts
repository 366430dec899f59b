/**
 * History on disk, in SQLite: blocks of ticks by job and resolution (10 s for 24 h, 1 min for 30
 * days) and events. Lives in the monitor's worker, since SQLite and compression are synchronous.
 *
 * Invariants: all blocks together stay under the quota (the finest, then the oldest go first); a
 * block is only written once; what is lost in a crash is at most the block being filled.
 */
import { DatabaseSync } from 'node:sqlite';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { JobEvent, JobTick, JobTopology } from '@weir/console-protocol';
import { COARSE_STEP_MS, decodeTicks, encodeTicks, mergeTicks } from '@weir/monitor';

export const QUOTA_BYTES_DEFAULT = 2 * 1_073_741_824;
export const MINUTE_STEP_MS = 60_000;

/** Span of a block, aligned: what a crash may lose. */
const BLOCK_MS: Readonly<Record<number, number>> = {
  [COARSE_STEP_MS]: MINUTE_STEP_MS,
  [MINUTE_STEP_MS]: 30 * MINUTE_STEP_MS,
};
const KEPT_MS: Readonly<Record<number, number>> = {
  [COARSE_STEP_MS]: 24 * 3_600_000,
  [MINUTE_STEP_MS]: 30 * 24 * 3_600_000,
};
const EVICTED_AT_ONCE = 64;
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS block (
    job TEXT NOT NULL, step INTEGER NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL,
    bytes INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (job, step, from_ms)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS block_age ON block (step, from_ms);
  CREATE TABLE IF NOT EXISTS event (job TEXT NOT NULL, t INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS event_time ON event (job, t);
`;

interface Filling {
  readonly topology: JobTopology;
  readonly ticks: JobTick[];
}

export class HistoryStore {
  readonly #database: DatabaseSync;
  readonly #quotaBytes: number;
  readonly #filling = new Map<string, Filling>();
  #bytes: number;

  /** @param file path of the database, created if missing. @throws what SQLite throws. */
  constructor(file: string, quotaBytes: number = QUOTA_BYTES_DEFAULT) {
    this.#database = new DatabaseSync(file);
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    this.#database.exec(SCHEMA);
    this.#quotaBytes = quotaBytes;
    const row = this.#database.prepare('SELECT COALESCE(SUM(bytes), 0) AS sum FROM block').get();
    this.#bytes = Number(row?.sum ?? 0);
  }

  /** Compressed bytes of all blocks. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param tick merged over ten seconds. */
  add(jobId: string, tick: JobTick, topology: JobTopology): void {
    this.#fill(jobId, COARSE_STEP_MS, tick, topology);
  }

  addEvent(jobId: string, event: JobEvent): void {
    this.#database
      .prepare('INSERT INTO event (job, t, body) VALUES (?, ?, ?)')
      .run(jobId, Math.floor(event.t), JSON.stringify(event));
  }

  /** Ticks with from ≤ t < to in the finest resolution that is asked for, oldest first. */
  ticks(jobId: string, step: number, from: number, to: number): JobTick[] {
    const rows = this.#database
      .prepare(
        'SELECT body FROM block WHERE job = ? AND step = ? AND from_ms < ? AND to_ms >= ? ' +
          'ORDER BY from_ms',
      )
      .all(jobId, step, Math.ceil(to), Math.floor(from));
    const stored = rows.flatMap(
      (row) => decodeTicks(inflateRawSync(row.body as Uint8Array).toString('utf8')) ?? [],
    );
    const open = this.#filling.get(key(jobId, step))?.ticks ?? [];
    return [...stored, ...open].filter((tick) => tick.t >= from && tick.t < to);
  }

  events(jobId: string, from: number, to: number, limit: number): JobEvent[] {
    const rows = this.#database
      .prepare('SELECT body FROM event WHERE job = ? AND t >= ? AND t < ? ORDER BY t DESC LIMIT ?')
      .all(jobId, Math.floor(from), Math.ceil(to), limit);
    return rows.map((row) => JSON.parse(String(row.body)) as JobEvent).reverse();
  }

  remove(jobId: string): void {
    for (const step of [COARSE_STEP_MS, MINUTE_STEP_MS]) this.#filling.delete(key(jobId, step));
    this.#database.prepare('DELETE FROM event WHERE job = ?').run(jobId);
    this.#delete('job = ?', jobId);
  }

  /** Forgets what is older than its resolution is kept. Call now and then. */
  expire(nowMs: number): void {
    for (const [name, { ticks }] of [...this.#filling]) {
      const spanMs = BLOCK_MS[Number(name.split('/')[1])] ?? 0;
      if (nowMs - (ticks[0]?.t ?? nowMs) >= spanMs) this.#write(name);
    }
    for (const [step, keptMs] of Object.entries(KEPT_MS)) {
      this.#delete('step = ? AND to_ms < ?', Number(step), Math.floor(nowMs - keptMs));
    }
    const oldest = Math.floor(nowMs - (KEPT_MS[MINUTE_STEP_MS] ?? 0));
    this.#database.prepare('DELETE FROM event WHERE t < ?').run(oldest);
  }

  /** Writes the blocks being filled. */
  close(): void {
    for (const name of [...this.#filling.keys()]) this.#write(name);
    this.#database.close();
  }

  #fill(jobId: string, step: number, tick: JobTick, topology: JobTopology): void {
    const name = key(jobId, step);
    const filling = this.#filling.get(name);
    const block = (t: number) => Math.floor(t / (BLOCK_MS[step] ?? step));
    const first = filling?.ticks[0];
    const isOver = first !== undefined && block(first.t) !== block(tick.t);
    if (isOver || (filling !== undefined && filling.topology !== topology)) this.#write(name);
    const current = this.#filling.get(name) ?? { topology, ticks: [] };
    this.#filling.set(name, current);
    current.ticks.push(tick);
  }

  #write(name: string): void {
    const filling = this.#filling.get(name);
    this.#filling.delete(name);
    if (filling === undefined || filling.ticks.length === 0) return;
    const { ticks, topology } = filling;
    const [jobId = '', stepText = ''] = name.split('/');
    const step = Number(stepText);
    const body = deflateRawSync(encodeTicks(topology, ticks));
    const [from, to] = [ticks[0]!.t, ticks.at(-1)!.t].map(Math.floor) as [number, number];
    this.#database
      .prepare('INSERT OR REPLACE INTO block VALUES (?, ?, ?, ?, ?, ?)')
      .run(jobId, step, from, to, body.length, body);
    this.#bytes += body.length;
    if (step === COARSE_STEP_MS) {
      this.#fill(jobId, MINUTE_STEP_MS, mergeTicks(ticks), topology);
    }
    this.#keepQuota();
  }

  #keepQuota(): void {
    while (this.#bytes > this.#quotaBytes) {
      const before = this.#bytes;
      const oldest = this.#database
        .prepare('SELECT job, step, from_ms FROM block ORDER BY step, from_ms LIMIT ?')
        .all(EVICTED_AT_ONCE);
      for (const { job, step, from_ms: from } of oldest) {
        if (this.#bytes <= this.#quotaBytes) return;
        this.#delete('job = ? AND step = ? AND from_ms = ?', job!, step!, from!);
      }
      if (this.#bytes === before) return;
    }
  }

  #delete(where: string, ...values: (string | number | bigint | Uint8Array)[]): void {
    const sum = this.#database
      .prepare(`SELECT COALESCE(SUM(bytes), 0) AS sum FROM block WHERE ${where}`)
      .get(...values);
    this.#database.prepare(`DELETE FROM block WHERE ${where}`).run(...values);
    this.#bytes -= Number(sum?.sum ?? 0);
  }
}

function key(jobId: string, step: number): string {
  return `${jobId}/${step}`;
}
