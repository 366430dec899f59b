/**
 * Expiry of state by processing time, with Flink's semantics (TtlUtils, AbstractTtlDecorator):
 * a value expires `ttlMs` after it was written (or read, if configured); an expired value that is
 * met is removed, and given out once more only under `ReturnExpiredIfNotCleanedUp`.
 */
import type { ClockPort, StateTtlConfig } from '@weir/core';
import { GroupCursor, type Entry, type StateTable } from './state-table.ts';

/** Entries that each access looks at besides its own, to remove expired ones that nobody reads. */
const CLEANUP_ENTRIES = 5;

export class TimeToLive {
  readonly ttlMs: number;
  readonly refreshesOnRead: boolean;
  readonly returnsExpired: boolean;
  readonly #clock: ClockPort;

  constructor(config: StateTtlConfig, clock: ClockPort) {
    this.ttlMs = config.ttlMs;
    this.refreshesOnRead = config.updateType === 'OnReadAndWrite';
    this.returnsExpired = config.visibility === 'ReturnExpiredIfNotCleanedUp';
    this.#clock = clock;
  }

  static of(config: StateTtlConfig | null, clock: ClockPort): TimeToLive | null {
    return config === null || config.updateType === 'Disabled'
      ? null
      : new TimeToLive(config, clock);
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  isExpired(writtenMs: number | null, nowMs: number): boolean {
    return writtenMs !== null && writtenMs + this.ttlMs <= nowMs;
  }
}

/** Removes what is expired of one entry. */
export type Expire<V> = (
  entry: Entry<V>,
  cursor: GroupCursor<V>,
  group: number,
  nowMs: number,
) => void;

/** Walks round a table, a few entries per access. */
export class IncrementalCleanup<V, P> {
  readonly #table: StateTable<V, P>;
  readonly #expire: Expire<V>;
  #group = 0;
  #cursor: GroupCursor<V>;

  constructor(table: StateTable<V, P>, expire: Expire<V>) {
    this.#table = table;
    this.#expire = expire;
    this.#cursor = new GroupCursor(table.groups[0]!);
  }

  step(nowMs: number): void {
    if (this.#table.rows === 0) return;
    for (let i = 0; i < CLEANUP_ENTRIES; i++) {
      const entry = this.#cursor.next();
      if (entry === null) {
        this.#group = (this.#group + 1) % this.#table.groups.length;
        this.#cursor = new GroupCursor(this.#table.groups[this.#group]!);
      } else {
        this.#expire(entry, this.#cursor, this.#group, nowMs);
      }
    }
  }
}
