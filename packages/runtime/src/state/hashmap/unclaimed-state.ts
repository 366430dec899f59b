/**
 * Restored state that nobody has asked for yet. It stays as bytes until its descriptor arrives,
 * and goes unchanged into every snapshot until then, so that a job that lost a descriptor for one
 * release has not lost the data.
 */
import type { SectionWriter, StateDescription } from './snapshot-format.ts';
import type { SliceBudget, SnapshotPart } from './snapshot-part.ts';

/** Sections (without index) per key group, relative to the range. */
export interface UnclaimedState {
  readonly description: StateDescription;
  readonly groups: (readonly Uint8Array[] | undefined)[];
}

export class UnclaimedStates {
  /** By description, because parts may have been written with different types. */
  readonly #states = new Map<string, UnclaimedState & { groups: Uint8Array[][] }>();

  add(description: StateDescription, group: number, body: Uint8Array): void {
    const identity = JSON.stringify(description);
    let state = this.#states.get(identity);
    if (state === undefined) {
      state = { description, groups: [] };
      this.#states.set(identity, state);
    }
    const sections = state.groups[group];
    if (sections === undefined) state.groups[group] = [body];
    else sections.push(body);
  }

  /** All that was restored for a name; `wanted` tells states from timers. */
  claim(name: string, wanted: (description: StateDescription) => boolean): UnclaimedState[] {
    const claimed: UnclaimedState[] = [];
    for (const [identity, state] of this.#states) {
      if (state.description.name !== name || !wanted(state.description)) continue;
      claimed.push(state);
      this.#states.delete(identity);
    }
    return claimed;
  }

  parts(): SnapshotPart[] {
    return [...this.#states.values()].map((state) => new UnclaimedPart(state));
  }

  get bytes(): number {
    let bytes = 0;
    for (const { groups } of this.#states.values()) {
      for (const sections of groups) for (const body of sections ?? []) bytes += body.length;
    }
    return bytes;
  }
}

class UnclaimedPart implements SnapshotPart {
  readonly description: StateDescription;
  index = 0;
  readonly #groups: UnclaimedState['groups'];
  #sections: readonly Uint8Array[] = [];
  #at = 0;

  constructor(state: UnclaimedState) {
    this.description = state.description;
    this.#groups = state.groups;
  }

  begin(group: number): void {
    this.#sections = this.#groups[group] ?? [];
    this.#at = 0;
  }

  step(sections: SectionWriter, budget: SliceBudget): boolean {
    while (this.#at < this.#sections.length) {
      if (budget.isSpent(sections.output)) return false;
      sections.copy(this.index, this.#sections[this.#at]!);
      this.#at++;
      budget.rows--;
    }
    return true;
  }
}
