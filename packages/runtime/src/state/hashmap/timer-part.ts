/** How the timers of one queue go into a snapshot. */
import type { DataOutput } from '@weir/core';
import type { CanonicalKey } from './canonical-key.ts';
import type { SectionWriter, StateDescription } from './snapshot-format.ts';
import type { SliceBudget, SnapshotPart } from './snapshot-part.ts';
import { NO_TIMER, type TimerSet } from './timer-set.ts';

/** A timer as it is written; of one that has gone since the freeze, this is what is left. */
export interface TimerRow<N> {
  readonly timestampMs: number;
  readonly key: unknown;
  readonly namespace: N;
}

export interface TimerSource<N> {
  readonly groups: readonly ReadonlySet<TimerSet<N>>[];
  readonly preserved: readonly (readonly TimerRow<N>[])[];
  readonly frozen: number;
}

export class TimerPart<N> implements SnapshotPart {
  readonly description: StateDescription;
  index = 0;
  readonly #source: TimerSource<N>;
  readonly #write: (row: TimerRow<N>, output: DataOutput) => void;
  #sets: Iterator<TimerSet<N>> | null = null;
  #set: TimerSet<N> | null = null;
  #keys: Iterator<CanonicalKey> | null = null;
  #preserved: readonly TimerRow<N>[] = [];
  #preservedAt = 0;

  constructor(
    description: StateDescription,
    source: TimerSource<N>,
    write: (row: TimerRow<N>, output: DataOutput) => void,
  ) {
    this.description = description;
    this.#source = source;
    this.#write = write;
  }

  begin(group: number): void {
    this.#sets = this.#source.groups[group]!.values();
    this.#keys = null;
    this.#preserved = this.#source.preserved[group]!;
    this.#preservedAt = 0;
  }

  step(sections: SectionWriter, budget: SliceBudget): boolean {
    let begun = false;
    while (!budget.isSpent(sections.output)) {
      const row = this.#next();
      if (row === undefined) {
        sections.end();
        return true;
      }
      budget.rows--;
      if (row === null) continue;
      if (!begun) sections.begin(this.index, 0);
      begun = true;
      this.#write(row, sections.output);
    }
    sections.end();
    return false;
  }

  /** Null for one that does not belong to the snapshot, undefined at the end. */
  #next(): TimerRow<N> | null | undefined {
    const step = this.#keys?.next();
    if (step !== undefined && step.done !== true) return this.#live(this.#set!, step.value);
    const following = this.#sets?.next();
    if (following !== undefined && following.done !== true) {
      this.#set = following.value;
      this.#keys = following.value.canonicals();
      return null;
    }
    this.#keys = null;
    this.#sets = null;
    return this.#preserved[this.#preservedAt++];
  }

  #live(set: TimerSet<N>, canonical: CanonicalKey): TimerRow<N> | null {
    const epoch = set.epochOf(canonical);
    const { frozen } = this.#source;
    if (epoch === NO_TIMER || epoch >= frozen) return null;
    set.setEpoch(canonical, frozen);
    return {
      timestampMs: set.timestampMs,
      key: set.keyOf(canonical),
      namespace: set.namespace,
    };
  }
}
