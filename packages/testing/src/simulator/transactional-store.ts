/**
 * The outside system that the simulated job writes to. It lives through every crash. Rows are
 * handed over in transactions, which are visible once they are committed; committing again does
 * nothing. It checks at each commit that its law holds.
 */
import type { Laws } from './laws.ts';

export interface Committable {
  readonly transaction: string;
  readonly checkpointId: number;
}

export interface StoredRow {
  /** No two rows that are expected have the same. */
  readonly id: string;
}

export interface Transaction {
  readonly name: string;
  readonly sink: string;
  readonly jobId: string;
  readonly subtask: number;
  readonly rows: readonly StoredRow[];
  readonly checkpointId: number;
}

/** A sink's rows, and the order of their checkpoints. */
export interface CommittedRow {
  readonly row: StoredRow;
  readonly checkpointId: number;
}

export class TransactionalStore {
  readonly #laws: Laws;
  /** The newest checkpoint that is durable and recorded. */
  readonly #durableId: () => number;
  readonly #mayRepeat: boolean;
  readonly #prepared = new Map<string, Transaction>();
  readonly #done = new Set<string>();
  readonly #committed = new Map<string, CommittedRow[]>();
  readonly #ids = new Set<string>();
  #names = 0;

  /** `mayRepeat` = rows may be committed more than once. */
  constructor(laws: Laws, durableId: () => number, mayRepeat: boolean) {
    this.#laws = laws;
    this.#mayRepeat = mayRepeat;
    this.#durableId = durableId;
  }

  /** Complete and safe, but not visible. */
  prepare(transaction: Omit<Transaction, 'name'>): string {
    const { sink, subtask, checkpointId } = transaction;
    const name = `${sink}-${subtask}-${checkpointId}-${this.#names++}`;
    this.#prepared.set(name, { ...transaction, name });
    return name;
  }

  commit({ transaction: name, checkpointId }: Committable): void {
    if (this.#done.has(name)) return;
    const transaction = this.#prepared.get(name);
    if (transaction === undefined) {
      this.#laws.broken('exactly-once', `${name} was discarded, and then committed`);
      return;
    }
    this.#laws.require(checkpointId <= this.#durableId(), 'commit-after-durable', () => {
      return `${name} was committed while ${this.#durableId()} was the newest durable checkpoint`;
    });
    this.#prepared.delete(name);
    this.#done.add(name);
    for (const row of transaction.rows) this.#show(transaction.sink, row, checkpointId);
  }

  /** What no checkpoint up to `restoredId` counts, of subtasks that fall to this one. */
  discard(
    sink: string,
    jobId: string,
    subtask: number,
    parallelism: number,
    restoredId: number,
  ): void {
    for (const [name, other] of this.#prepared) {
      const mine = other.sink === sink && other.jobId === jobId;
      if (!mine || other.subtask % parallelism !== subtask) continue;
      if (other.checkpointId > restoredId) this.#prepared.delete(name);
    }
  }

  /** Visible rows of a sink, in the order of their commits. */
  rows(sink: string): readonly CommittedRow[] {
    return this.#committed.get(sink) ?? [];
  }

  #show(sink: string, row: StoredRow, checkpointId: number): void {
    const key = `${sink}/${row.id}`;
    const isNew = this.#mayRepeat || !this.#ids.has(key);
    this.#laws.require(isNew, 'exactly-once', () => `${key} was committed twice`);
    this.#ids.add(key);
    const rows = this.#committed.get(sink) ?? [];
    rows.push({ row, checkpointId });
    this.#committed.set(sink, rows);
  }
}
