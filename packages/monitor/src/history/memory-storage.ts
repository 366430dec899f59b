/**
 * History in memory: where there is no database, or it has failed. Holds what is newest within a
 * bound; of what is beyond it, the finest and oldest goes first.
 */
import type { JobEvent } from '@weir/console-protocol';
import {
  type HistoryStorage,
  SERIES,
  type StoredBlock,
  type StoredRecord,
  type StoredRow,
} from './history-storage.ts';

const BYTES_MAX = 64 * 1_048_576;
const EVENTS_MAX = 2000;
const RECORDS_MAX = 200;

interface JobMemory {
  readonly rows: Map<number, StoredRow[]>;
  readonly blocks: Map<number, StoredBlock[]>;
  readonly events: JobEvent[];
  readonly records: StoredRecord[];
}

export class MemoryStorage implements HistoryStorage {
  readonly #bytesMax: number;
  readonly #jobs = new Map<string, JobMemory>();
  #bytes = 0;

  constructor(bytesMax: number = BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  /** Of sealed blocks. */
  get bytes(): number {
    return this.#bytes;
  }

  addRow(jobId: string, series: number, row: StoredRow): void {
    listIn(this.#job(jobId).rows, series).push(row);
  }

  rows(jobId: string, series: number): StoredRow[] {
    return [...listIn(this.#job(jobId).rows, series)];
  }

  seal(jobId: string, series: number, blocks: readonly StoredBlock[]): void {
    const job = this.#job(jobId);
    job.rows.delete(series);
    listIn(job.blocks, series).push(...blocks);
    this.#bytes += bytesOf(blocks);
    this.#keepBound();
  }

  blocks(jobId: string, series: number, part: string, from: number, to: number): StoredBlock[] {
    return listIn(this.#job(jobId).blocks, series).filter(
      (block) => block.part === part && block.from < to && block.to >= from,
    );
  }

  firstBlock(jobId: string, series: number, part: string, from: number, to: number) {
    return this.blocks(jobId, series, part, from, to)[0] ?? null;
  }

  newestBlock(jobId: string, series: number, part: string): StoredBlock | null {
    return listIn(this.#job(jobId).blocks, series).findLast((one) => one.part === part) ?? null;
  }

  addEvent(jobId: string, event: JobEvent): void {
    const { events } = this.#job(jobId);
    events.push(event);
    if (events.length > EVENTS_MAX) events.shift();
  }

  events(jobId: string, from: number, to: number, limit: number): JobEvent[] {
    return this.#job(jobId)
      .events.filter(({ t }) => t >= from && t < to)
      .slice(-limit);
  }

  addRecord(jobId: string, record: StoredRecord): void {
    const { records } = this.#job(jobId);
    const known = records.findIndex(({ kind, id }) => kind === record.kind && id === record.id);
    if (known >= 0) records.splice(known, 1);
    records.push(record);
    if (records.length > RECORDS_MAX) records.shift();
  }

  records(
    jobId: string,
    kind: StoredRecord['kind'],
    from: number,
    to: number,
    limit: number,
  ): StoredRecord[] {
    return this.#job(jobId)
      .records.filter((one) => one.kind === kind && one.t >= from && one.t < to)
      .sort((left, right) => right.t - left.t)
      .slice(0, limit);
  }

  record(jobId: string, kind: StoredRecord['kind'], id: string): StoredRecord | null {
    return this.#job(jobId).records.find((one) => one.kind === kind && one.id === id) ?? null;
  }

  remove(jobId: string): void {
    for (const blocks of this.#jobs.get(jobId)?.blocks.values() ?? []) {
      this.#bytes -= bytesOf(blocks);
    }
    this.#jobs.delete(jobId);
  }

  #job(jobId: string): JobMemory {
    let job = this.#jobs.get(jobId);
    if (job === undefined) {
      job = { rows: new Map(), blocks: new Map(), events: [], records: [] };
      this.#jobs.set(jobId, job);
    }
    return job;
  }

  #keepBound(): void {
    for (let series = 0; series < SERIES.length; series++) {
      while (this.#bytes > this.#bytesMax) {
        const lists = [...this.#jobs.values()].map(({ blocks }) => listIn(blocks, series));
        const oldest = lists
          .filter((blocks) => blocks.length > 0)
          .sort((left, right) => left[0]!.from - right[0]!.from)[0];
        if (oldest === undefined) break;
        this.#bytes -= bytesOf(oldest.splice(0, 1));
      }
    }
  }
}

function listIn<T>(lists: Map<number, T[]>, series: number): T[] {
  const list = lists.get(series) ?? [];
  lists.set(series, list);
  return list;
}

function bytesOf(blocks: readonly StoredBlock[]): number {
  return blocks.reduce((sum, { body }) => sum + body.length, 0);
}
