/**
 * Where history is kept, whatever that is: a database, or memory. A series of a job consists of
 * sealed blocks, and of rows that belong to the block being filled.
 *
 * Contract: calls are synchronous; a row that was added is there after a crash of the process; rows
 * of a series are replaced by its blocks at once. A storage may drop what is oldest and finest.
 */
import type { HistoryKind, JobEvent } from '@weir/console-protocol';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export interface Series {
  readonly kind: Exclude<HistoryKind, 'events'>;
  readonly stepMs: number;
  readonly keptMs: number;
  /** A block ends where its span ends, aligned. */
  readonly blockMs: number;
}

/** Finest first: the order in which they are forgotten. A series is named by its place here. */
export const SERIES = [
  { kind: 'subtasks', stepMs: 1000, keptMs: HOUR_MS, blockMs: MINUTE_MS },
  { kind: 'ticks', stepMs: 1000, keptMs: 6 * HOUR_MS, blockMs: MINUTE_MS },
  { kind: 'subtasks', stepMs: 10_000, keptMs: 2 * HOUR_MS, blockMs: 10 * MINUTE_MS },
  { kind: 'ticks', stepMs: 10_000, keptMs: DAY_MS, blockMs: 10 * MINUTE_MS },
  { kind: 'subtasks', stepMs: MINUTE_MS, keptMs: DAY_MS, blockMs: HOUR_MS },
  { kind: 'ticks', stepMs: MINUTE_MS, keptMs: 30 * DAY_MS, blockMs: HOUR_MS },
] as const satisfies readonly Series[];

/** Events and records are kept as long as the coarsest series. */
export const EVENTS_KEPT_MS = 30 * DAY_MS;

/** In the order of their steps. */
export const TICK_SERIES = [1, 3, 5] as const;
export const SUBTASK_SERIES = [0, 2, 4] as const;

export interface StoredRow {
  readonly t: number;
  readonly body: Uint8Array;
}

export interface StoredBlock {
  /** Vertex id in series of subtasks, '' in those of ticks. */
  readonly part: string;
  /** Times of its first and last row. */
  readonly from: number;
  readonly to: number;
  readonly body: Uint8Array;
}

/** Something with details that happened to a job: a checkpoint that ended, an exception. */
export interface StoredRecord {
  readonly kind: 'checkpoint' | 'restored' | 'exception';
  /** A later record of the same kind and id replaces an earlier one. */
  readonly id: string;
  readonly t: number;
  /** JSON. */
  readonly body: string;
}

export interface HistoryStorage {
  addRow(jobId: string, series: number, row: StoredRow): void;
  /** Oldest first. */
  rows(jobId: string, series: number): StoredRow[];
  /** Takes the place of all rows of the series; none = they are dropped. */
  seal(jobId: string, series: number, blocks: readonly StoredBlock[]): void;
  /** Blocks with a row in from ≤ t < to, perhaps some more at the edges; oldest first. */
  blocks(jobId: string, series: number, part: string, from: number, to: number): StoredBlock[];
  /** The first of `blocks`. */
  firstBlock(
    jobId: string,
    series: number,
    part: string,
    from: number,
    to: number,
  ): StoredBlock | null;
  newestBlock(jobId: string, series: number, part: string): StoredBlock | null;

  addEvent(jobId: string, event: JobEvent): void;
  /** The newest ones with from ≤ t < to, oldest first. */
  events(jobId: string, from: number, to: number, limit: number): JobEvent[];
  addRecord(jobId: string, record: StoredRecord): void;
  /** The newest ones with from ≤ t < to, newest first. */
  records(
    jobId: string,
    kind: StoredRecord['kind'],
    from: number,
    to: number,
    limit: number,
  ): StoredRecord[];
  record(jobId: string, kind: StoredRecord['kind'], id: string): StoredRecord | null;

  remove(jobId: string): void;
}
