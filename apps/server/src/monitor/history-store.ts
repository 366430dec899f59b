/**
 * History on disk, in SQLite. Lives in the monitor's worker, since SQLite is synchronous.
 *
 * Invariants: what was added is there after `kill -9` (the write-ahead log is the system's once a
 * statement has run); rows of a series become its blocks in one transaction; the pages in use stay
 * under the quota: of what is beyond it the finest goes first, of that the oldest, events last.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { HistoryStorage as StoredSize, JobEvent } from '@weir/console-protocol';
import { WeirError } from '@weir/core';
import {
  EVENTS_KEPT_MS,
  type HistoryStorage,
  SERIES,
  type StoredBlock,
  type StoredRecord,
  type StoredRow,
} from '@weir/monitor';

const FORMAT = 3;
const EVICTED_AT_ONCE = 64;
const EVENTS_EVICTED_AT_ONCE = 1000;
/** Of the quota: details of checkpoints of wide jobs must not push out all else. */
const RECORDS_SHARE = 1 / 4;
const RARE = "json_extract(body, '$.kind') <> 'checkpoint'";
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS row (
    id INTEGER PRIMARY KEY, job TEXT NOT NULL, series INTEGER NOT NULL, t INTEGER NOT NULL,
    body BLOB NOT NULL
  );
  CREATE INDEX IF NOT EXISTS row_of ON row (job, series);
  CREATE TABLE IF NOT EXISTS block (
    id INTEGER PRIMARY KEY, job TEXT NOT NULL, series INTEGER NOT NULL, part TEXT NOT NULL,
    from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL, bytes INTEGER NOT NULL, body BLOB NOT NULL
  );
  CREATE INDEX IF NOT EXISTS block_of ON block (job, series, part, from_ms);
  CREATE INDEX IF NOT EXISTS block_age ON block (series, from_ms, to_ms, bytes);
  CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY, job TEXT NOT NULL, t INTEGER NOT NULL, body TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS event_of ON event (job, t);
  CREATE INDEX IF NOT EXISTS event_rare ON event (job, t) WHERE ${RARE};
  CREATE TABLE IF NOT EXISTS record (
    job TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, t INTEGER NOT NULL,
    body BLOB NOT NULL, PRIMARY KEY (job, kind, id)
  );
  CREATE INDEX IF NOT EXISTS record_of ON record (job, kind, t);
  CREATE INDEX IF NOT EXISTS record_age ON record (t);
  PRAGMA user_version = ${FORMAT};
`;
const IN_RANGE =
  'FROM block WHERE job = ? AND series = ? AND part = ? AND from_ms > ? AND from_ms < ? ' +
  'AND to_ms >= ? ORDER BY from_ms';

export class HistoryStore implements HistoryStorage {
  readonly #database: DatabaseSync;
  readonly #pageBytes: number;
  readonly #statements = new Map<string, StatementSync>();
  #quotaBytes: number;
  #recordBytes = 0;

  /**
   * @param file path of the database, created if missing.
   * @throws WeirError STORAGE_FAILED for another format, and what SQLite throws.
   */
  constructor(file: string, quotaBytes: number) {
    this.#database = new DatabaseSync(file);
    this.#quotaBytes = quotaBytes;
    try {
      this.#database.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;');
      this.#database.exec('PRAGMA synchronous = NORMAL;');
      this.#checkFormat(file);
      this.#database.exec(SCHEMA);
      this.#pageBytes = this.#pragma('page_size');
      this.#recordBytes = this.#sumOfRecords();
      this.#keepQuota();
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** Bytes of the pages in use. */
  get bytes(): number {
    return (this.#pragma('page_count') - this.#pragma('freelist_count')) * this.#pageBytes;
  }

  get quotaBytes(): number {
    return this.#quotaBytes;
  }

  /** Forgets what is beyond it at once, and gives the room back to the file system. */
  set quotaBytes(quotaBytes: number) {
    this.#quotaBytes = quotaBytes;
    this.#keepQuota();
    this.#database.exec('PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE);');
  }

  addRow(jobId: string, series: number, { t, body }: StoredRow): void {
    this.#run('INSERT INTO row (job, series, t, body) VALUES (?, ?, ?, ?)', jobId, series, t, body);
  }

  rows(jobId: string, series: number): StoredRow[] {
    return this.#all(
      'SELECT t, body FROM row WHERE job = ? AND series = ? ORDER BY id',
      jobId,
      series,
    ).map(({ t, body }) => ({ t: Number(t), body: body as Uint8Array }));
  }

  seal(jobId: string, series: number, blocks: readonly StoredBlock[]): void {
    this.#database.exec('BEGIN');
    try {
      for (const { part, from, to, body } of blocks) {
        this.#run(
          'INSERT INTO block (job, series, part, from_ms, to_ms, bytes, body) ' +
            'VALUES (?, ?, ?, ?, ?, ?, ?)',
          ...[jobId, series, part, from, to, body.length, body],
        );
      }
      this.#run('DELETE FROM row WHERE job = ? AND series = ?', jobId, series);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
    this.#keepQuota();
  }

  blocks(jobId: string, series: number, part: string, from: number, to: number): StoredBlock[] {
    const range = rangeOf(series, from, to);
    const sql = `SELECT from_ms, to_ms, body ${IN_RANGE}`;
    return this.#all(sql, jobId, series, part, ...range).map((row) => blockOf(part, row));
  }

  firstBlock(jobId: string, series: number, part: string, from: number, to: number) {
    const range = rangeOf(series, from, to);
    const sql = `SELECT from_ms, to_ms, body ${IN_RANGE} LIMIT 1`;
    const row = this.#all(sql, jobId, series, part, ...range)[0];
    return row === undefined ? null : blockOf(part, row);
  }

  newestBlock(jobId: string, series: number, part: string): StoredBlock | null {
    const row = this.#all(
      'SELECT from_ms, to_ms, body FROM block WHERE job = ? AND series = ? AND part = ? ' +
        'ORDER BY from_ms DESC LIMIT 1',
      ...[jobId, series, part],
    )[0];
    return row === undefined ? null : blockOf(part, row);
  }

  addEvent(jobId: string, event: JobEvent): void {
    const t = Math.floor(event.t);
    this.#run('INSERT INTO event (job, t, body) VALUES (?, ?, ?)', jobId, t, JSON.stringify(event));
  }

  events(jobId: string, from: number, to: number, limit: number): JobEvent[] {
    const range = [jobId, Math.floor(from), Math.ceil(to)];
    const newest = (which: string, most: number) =>
      this.#all(
        `SELECT id, t, body FROM event WHERE job = ? AND t >= ? AND t < ? AND ${which} ` +
          'ORDER BY t DESC, id DESC LIMIT ?',
        ...[...range, most],
      );
    // Checkpoints are so many that they would leave no room for what is rare.
    const rare = newest(RARE, limit);
    return [...rare, ...newest(`NOT (${RARE})`, limit - rare.length)]
      .sort((a, b) => Number(a.t) - Number(b.t) || Number(a.id) - Number(b.id))
      .map(({ body }) => JSON.parse(String(body)) as JobEvent);
  }

  addRecord(jobId: string, { kind, id, t, body }: StoredRecord): void {
    const packed = deflateRawSync(body, { level: 1 });
    this.#run(
      'INSERT OR REPLACE INTO record (job, kind, id, t, body) VALUES (?, ?, ?, ?, ?)',
      ...[jobId, kind, id, Math.floor(t), packed],
    );
    this.#recordBytes += packed.length;
    if (this.#recordBytes > this.#quotaBytes * RECORDS_SHARE) this.#evictRecords();
  }

  records(
    jobId: string,
    kind: StoredRecord['kind'],
    from: number,
    to: number,
    limit: number,
  ): StoredRecord[] {
    return this.#all(
      'SELECT id, t, body FROM record WHERE job = ? AND kind = ? AND t >= ? AND t < ? ' +
        'ORDER BY t DESC LIMIT ?',
      ...[jobId, kind, Math.floor(from), Math.ceil(to), limit],
    ).map((row) => recordOf(kind, String(row.id), row));
  }

  record(jobId: string, kind: StoredRecord['kind'], id: string): StoredRecord | null {
    const sql = 'SELECT t, body FROM record WHERE job = ? AND kind = ? AND id = ?';
    const row = this.#all(sql, jobId, kind, id)[0];
    return row === undefined ? null : recordOf(kind, id, row);
  }

  remove(jobId: string): void {
    for (const table of ['row', 'block', 'event', 'record']) {
      this.#run(`DELETE FROM ${table} WHERE job = ?`, jobId);
    }
  }

  /** Forgets what is older than it is kept. Call now and then. */
  expire(nowMs: number): void {
    SERIES.forEach(({ keptMs }, series) => {
      const oldest = Math.floor(nowMs - keptMs);
      this.#run('DELETE FROM block WHERE series = ? AND to_ms < ?', series, oldest);
    });
    const oldest = Math.floor(nowMs - EVENTS_KEPT_MS);
    for (const table of ['event', 'record']) this.#run(`DELETE FROM ${table} WHERE t < ?`, oldest);
  }

  byResolution(): StoredSize['byResolution'] {
    const sums = this.#all(
      'SELECT series, SUM(bytes) AS bytes, MIN(first) AS oldest, MAX(last) AS newest FROM (' +
        'SELECT series, bytes, from_ms AS first, to_ms AS last FROM block UNION ALL ' +
        'SELECT series, length(body), t, t FROM row) GROUP BY series',
    );
    const events = this.#all(
      'SELECT SUM(bytes) AS bytes, MIN(t) AS oldest, MAX(t) AS newest FROM (' +
        'SELECT t, length(body) AS bytes FROM event UNION ALL ' +
        'SELECT t, length(body) AS bytes FROM record)',
    )[0];
    const size = (row: Record<string, unknown> | undefined) => ({
      bytes: Number(row?.bytes ?? 0),
      oldest: row?.oldest == null ? null : Number(row.oldest),
      newest: row?.newest == null ? null : Number(row.newest),
    });
    return [
      ...SERIES.map(({ kind, stepMs, keptMs }, series) => {
        const row = sums.find((one) => one.series === series);
        return { kind, step: stepMs, keptMs, ...size(row) };
      }),
      { kind: 'events' as const, step: 0, keptMs: EVENTS_KEPT_MS, ...size(events) },
    ];
  }

  close(): void {
    this.#database.close();
  }

  #checkFormat(file: string): void {
    const format = this.#pragma('user_version');
    const tables = this.#all('SELECT COUNT(*) AS tables FROM sqlite_master')[0];
    if (format === FORMAT || Number(tables?.tables) === 0) return;
    throw new WeirError(
      'STORAGE_FAILED',
      `${file} is a history of format ${format}, this version reads ${FORMAT}`,
    );
  }

  #keepQuota(): void {
    while (this.bytes > this.#quotaBytes) {
      const oldest = this.#all(
        'SELECT id FROM block ORDER BY series, from_ms LIMIT ?',
        EVICTED_AT_ONCE,
      );
      if (oldest.length === 0 && !this.#evictEvents()) return;
      for (const { id } of oldest) {
        this.#run('DELETE FROM block WHERE id = ?', id as number);
        if (this.bytes <= this.#quotaBytes) return;
      }
    }
  }

  #sumOfRecords(): number {
    return Number(this.#all('SELECT SUM(length(body)) AS bytes FROM record')[0]?.bytes ?? 0);
  }

  #evictRecords(): void {
    this.#recordBytes = this.#sumOfRecords();
    while (this.#recordBytes > this.#quotaBytes * RECORDS_SHARE) {
      this.#run(
        'DELETE FROM record WHERE rowid IN (SELECT rowid FROM record ORDER BY t LIMIT ?)',
        EVICTED_AT_ONCE,
      );
      this.#recordBytes = this.#sumOfRecords();
    }
  }

  /** False when there are none. */
  #evictEvents(): boolean {
    const before = this.#all('SELECT COUNT(*) AS events FROM event')[0];
    for (const table of ['record', 'event']) {
      this.#run(
        `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} ORDER BY t LIMIT ?)`,
        EVENTS_EVICTED_AT_ONCE,
      );
    }
    return Number(before?.events ?? 0) > 0;
  }

  #pragma(name: string): number {
    return Number(this.#all(`PRAGMA ${name}`)[0]?.[name] ?? 0);
  }

  #run(sql: string, ...values: SQLInputValue[]): void {
    this.#prepared(sql).run(...values);
  }

  #all(sql: string, ...values: SQLInputValue[]) {
    return this.#prepared(sql).all(...values);
  }

  #prepared(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** A block begins at most its span before its last row. */
function rangeOf(series: number, from: number, to: number): [number, number, number] {
  const { blockMs } = SERIES[series]!;
  return [Math.floor(from - blockMs), Math.ceil(to), Math.floor(from)];
}

function recordOf(
  kind: StoredRecord['kind'],
  id: string,
  { t, body }: Record<string, unknown>,
): StoredRecord {
  return { kind, id, t: Number(t), body: inflateRawSync(body as Uint8Array).toString('utf8') };
}

function blockOf(part: string, row: Record<string, unknown>): StoredBlock {
  const { from_ms: from, to_ms: to, body } = row;
  return { part, from: Number(from), to: Number(to), body: body as Uint8Array };
}
