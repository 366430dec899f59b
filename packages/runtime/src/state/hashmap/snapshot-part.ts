/** What takes part in a snapshot: a state, a timer queue, or restored state nobody asked for. */
import type { DataOutput, TypeInformation } from '@weir/core';
import type { SectionWriter, StateDescription } from './snapshot-format.ts';
import { GroupCursor, type PreservedRow, type StateTable } from './state-table.ts';
import type { TimeToLive } from './time-to-live.ts';

/** Bytes after which a slice ends, whatever rows are left to it. */
const SLICE_BYTES_MAX = 256 * 1024;

/** How much a slice may still do. */
export class SliceBudget {
  rows: number;

  constructor(rows: number) {
    this.rows = rows;
  }

  isSpent(output: DataOutput): boolean {
    return this.rows <= 0 || output.position >= SLICE_BYTES_MAX;
  }
}

export interface SnapshotPart {
  readonly description: StateDescription;
  /** Position in the header. */
  index: number;
  /** A key group (relative to the range) begins. */
  begin(group: number): void;
  /** Writes some rows of the key group; true = it has none left. */
  step(sections: SectionWriter, budget: SliceBudget): boolean;
}

/** A row that is being written, maybe over several slices. */
interface OpenRow {
  readonly key: unknown;
  readonly namespace: unknown;
  /** Writes as much as the budget allows; true = the row is complete. */
  readonly write: (output: DataOutput, budget: SliceBudget) => boolean;
}

/**
 * Writes a table's key groups: first the live entries that did not change since the freeze, then
 * what was preserved of those that did. Subclasses know how a row looks.
 */
export abstract class TablePart<V, P> implements SnapshotPart {
  abstract readonly description: StateDescription;
  index = 0;
  protected readonly frozenNowMs: number;
  protected readonly ttl: TimeToLive | null;
  protected readonly keyType: TypeInformation<unknown>;
  readonly #table: StateTable<V, P>;
  readonly #frozen: number;
  #group = 0;
  #cursor: GroupCursor<V> | null = null;
  #preservedAt = 0;
  #openRow: OpenRow | null = null;
  #sectionOpen = false;
  #sectionNamespace: unknown = 0;

  constructor(table: StateTable<V, P>, keyType: TypeInformation<unknown>, ttl: TimeToLive | null) {
    this.#table = table;
    this.#frozen = table.freeze.frozen;
    this.frozenNowMs = table.freeze.nowMs;
    this.keyType = keyType;
    this.ttl = ttl;
  }

  /** How a live entry's frozen value looks to `rowWriter`. */
  protected abstract view(value: V): P;
  /** Null when all of the row is expired. */
  protected abstract rowWriter(row: PreservedRow<P>): OpenRow['write'] | null;

  begin(group: number): void {
    this.#group = group;
    this.#cursor = new GroupCursor(this.#table.groups[group]!);
    this.#preservedAt = 0;
  }

  step(sections: SectionWriter, budget: SliceBudget): boolean {
    this.#sectionOpen = false;
    let done = false;
    while (!done && !budget.isSpent(sections.output)) {
      done = this.#openRow === null ? !this.#nextRow() : false;
      if (this.#openRow !== null) this.#writeOpenRow(this.#openRow, sections, budget);
      else budget.rows--;
    }
    sections.end();
    return done;
  }

  /** False when the key group has no row left. A skipped row leaves no open row behind. */
  #nextRow(): boolean {
    const cursor = this.#cursor;
    if (cursor !== null) {
      const entry = cursor.next();
      if (entry === null) {
        this.#cursor = null;
        return true;
      }
      if (entry.epoch >= this.#frozen) return true;
      const { key, writtenMs } = entry;
      const { namespace } = cursor;
      const value = this.view(entry.value);
      const write = this.rowWriter({ key, namespace, value, writtenMs });
      if (write === null) {
        entry.epoch = this.#frozen;
      } else {
        this.#table.open = entry;
        this.#openRow = { key, namespace, write };
      }
      return true;
    }
    const row = this.#table.preserved[this.#group]![this.#preservedAt];
    if (row === undefined) return false;
    this.#preservedAt++;
    const write = this.rowWriter(row);
    if (write !== null) this.#openRow = { key: row.key, namespace: row.namespace, write };
    return true;
  }

  #writeOpenRow(row: OpenRow, sections: SectionWriter, budget: SliceBudget): void {
    if (!this.#sectionOpen || this.#sectionNamespace !== row.namespace) {
      sections.begin(this.index, row.namespace);
      this.#sectionOpen = true;
      this.#sectionNamespace = row.namespace;
    }
    if (!row.write(sections.output, budget)) return;
    this.#openRow = null;
    const { open } = this.#table;
    if (open !== null) open.epoch = this.#frozen;
    this.#table.open = null;
  }
}
