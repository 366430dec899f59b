/**
 * What must be visible in the store once the job has ended, computed without a job: of everything,
 * or, where the job was drained early, of what it had read of each split.
 */
import type { Laws } from './laws.ts';
import { allRecords, type NumberedRecord } from './numbered-records.ts';
import type { Scenario } from './scenario.ts';
import {
  COLUMN_KEYS,
  type ColumnSum,
  type Count,
  SIDE_EVERY,
  windowId,
  type WindowRow,
} from './simulated-job.ts';
import type { CommittedRow, TransactionalStore } from './transactional-store.ts';

export function checkOutput(scenario: Scenario, store: TransactionalStore, laws: Laws): void {
  const check = new OutputCheck(scenario, store, laws);
  check.run();
}

/** `split/seq`: what names a record. */
export function recordIdOf({
  split,
  seq,
}: {
  readonly split: number;
  readonly seq: number;
}): string {
  return `${split}/${seq}`;
}

class OutputCheck {
  readonly #scenario: Scenario;
  readonly #store: TransactionalStore;
  readonly #laws: Laws;
  readonly #isExact: boolean;

  constructor(scenario: Scenario, store: TransactionalStore, laws: Laws) {
    this.#scenario = scenario;
    this.#store = store;
    this.#laws = laws;
    this.#isExact = scenario.job.mode === 'EXACTLY_ONCE';
  }

  run(): void {
    const { job } = this.#scenario;
    const records = this.#recordsRead();
    const ids = records.map(recordIdOf);
    this.#counts(records);
    const late = new Set(this.#store.rows('late').map(({ row }) => row.id));
    this.#windows(records.filter((one) => !late.has(recordIdOf(one))));
    this.#rows('late', [], this.#mayBeLate ? ids : []);
    if (job.sideOutput) {
      this.#rows('side', records.filter(({ seq }) => seq % SIDE_EVERY === 0).map(recordIdOf));
    }
    if (job.broadcast) this.#rows('broadcast', ids);
    if (job.holdMs > 0) this.#rows('held', ids);
    if (job.columnRows > 0) this.#columns();
  }

  /**
   * What is read twice finds its window gone; and while a subtask has no split yet, event time goes
   * on without it.
   */
  get #mayBeLate(): boolean {
    return !this.#isExact || this.#scenario.data.discoveryIntervalMs !== null;
  }

  /** All records, or, after an early drain, those of each split up to the last that was counted. */
  #recordsRead(): NumberedRecord[] {
    const all = allRecords(this.#scenario.data);
    if (this.#scenario.job.ending !== 'drained early') return all;
    const ends = new Map<number, number>();
    for (const { row } of this.#store.rows('counts')) {
      const { split, seq } = row as Count;
      ends.set(split, Math.max(ends.get(split) ?? -1, seq));
    }
    return all.filter(({ split, seq }) => seq <= (ends.get(split) ?? -1));
  }

  /**
   * None of `expected` is missing, and there is nothing but `expected` and `allowed`. That none was
   * committed twice was checked at the commits.
   */
  #rows(sink: string, expected: readonly string[], allowed: readonly string[] = []): void {
    const found = new Set(this.#store.rows(sink).map(({ row }) => row.id));
    this.#nothingLost(sink, expected, found);
    for (const id of [...expected, ...allowed]) found.delete(id);
    this.#laws.require(found.size === 0, this.#law, () => {
      return `${sink}: not expected ${sample([...found])}`;
    });
  }

  #nothingLost(sink: string, expected: readonly string[], found: ReadonlySet<string>): void {
    const lost = expected.filter((id) => !found.has(id));
    this.#laws.require(lost.length === 0, this.#law, () => `${sink}: lost ${sample(lost)}`);
  }

  get #law() {
    return this.#isExact ? 'exactly-once' : 'at-least-once';
  }

  /** Each record was counted; exactly once, and along the checkpoints, where that is promised. */
  #counts(records: readonly NumberedRecord[]): void {
    const rows = this.#store.rows('counts');
    const counted = new Set(rows.map(({ row }) => recordIdOf(row as Count)));
    this.#nothingLost('counts', records.map(recordIdOf), counted);
    if (!this.#isExact) {
      const ids = new Set(rows.map(({ row }) => row.id));
      this.#nothingLost('counts', countIds(records), ids);
      return;
    }
    this.#rows('counts', countIds(records));
    this.#followsCheckpoints(rows);
  }

  #followsCheckpoints(rows: readonly CommittedRow[]): void {
    const last = new Map<string, number>();
    const byCheckpoint = rows
      .map(({ row, checkpointId }, at) => ({ ...(row as Count), checkpointId, at }))
      .sort((left, right) => left.checkpointId - right.checkpointId || left.at - right.at);
    for (const { key, count } of byCheckpoint) {
      const before = last.get(key) ?? 0;
      this.#laws.require(count === before + 1, 'key-order', () => {
        return `${key}: ${count} after ${before}`;
      });
      last.set(key, count);
    }
  }

  /** Of the records that were not late. */
  #windows(records: readonly NumberedRecord[]): void {
    const windows = windowsOf(records, this.#scenario.job.windowMs);
    if (this.#isExact) {
      const ids = windows.map(({ key, startMs, count, sum }) => windowId(key, startMs, count, sum));
      this.#rows('windows', ids);
      return;
    }
    const most = new Map<string, number>();
    for (const { row } of this.#store.rows('windows')) {
      const { key, startMs, count } = row as WindowRow;
      const name = `${key}@${startMs}`;
      most.set(name, Math.max(most.get(name) ?? 0, count));
    }
    const short = windows
      .map(({ key, startMs, count }) => ({ name: `${key}@${startMs}`, count }))
      .filter(({ name, count }) => (most.get(name) ?? 0) < count);
    const names = short.map(({ name, count }) => `${name}: ${most.get(name) ?? 0} of ${count}`);
    this.#laws.require(short.length === 0, 'at-least-once', () => `windows: ${sample(names)}`);
  }

  #columns(): void {
    const { columnRows, ending } = this.#scenario.job;
    const rows = this.#store.rows('sums').map(({ row }) => row as ColumnSum);
    const found = new Set(rows.map(({ id }) => id));
    for (let key = 0; key < COLUMN_KEYS; key++) {
      const count = Math.ceil((columnRows - key) / COLUMN_ROWS);
      const counts = rows.filter((row) => row.key === key).map((row) => row.count);
      const last = ending === 'end of input' ? count : Math.max(0, ...counts);
      const ids = Array.from({ length: last }, (_, at) => `${key}#${at + 1}`);
      this.#nothingLost('sums', ids, found);
      if (!this.#isExact) continue;
      this.#laws.require(counts.length === last, 'exactly-once', () => {
        return `sums: ${counts.length} rows of key ${key}, not ${last}`;
      });
      // The rows of a key are key, key + 100, key + 200 …
      const sum = count * key + (COLUMN_ROWS * count * (count - 1)) / 2;
      const total = rows.find((row) => row.key === key && row.count === count)?.sum ?? sum;
      this.#laws.require(total === sum, 'exactly-once', () => {
        return `sums: key ${key} sums up to ${total}, not ${sum}`;
      });
    }
  }
}

/** One row of so many has a key's value. */
const COLUMN_ROWS = 100;

function countIds(records: readonly NumberedRecord[]): string[] {
  const counts = new Map<string, number>();
  return records.map(({ key }) => {
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return `${key}#${count}`;
  });
}

function windowsOf(records: readonly NumberedRecord[], windowMs: number) {
  const windows = new Map<string, { key: string; startMs: number; count: number; sum: number }>();
  for (const { key, atMs, seq } of records) {
    const startMs = Math.floor(atMs / windowMs) * windowMs;
    const name = `${key}@${startMs}`;
    const window = windows.get(name) ?? { key, startMs, count: 0, sum: 0 };
    window.count++;
    window.sum += seq;
    windows.set(name, window);
  }
  return [...windows.values()];
}

function sample(ids: readonly string[]): string {
  const more = ids.length > 5 ? ` and ${ids.length - 5} more` : '';
  return ids.slice(0, 5).join(', ') + more;
}
