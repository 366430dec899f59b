/**
 * A frozen view of a backend, drained key group by key group while the task goes on.
 * Made by the backend's `snapshot()`; drained by the checkpoint file's writer, which releases it.
 */
import { DataOutput, isWeirError, WeirError } from '@weir/core';
import type { KeyedSnapshot, KeyGroupChunk } from '../../checkpoint/operator-state.ts';
import { encodeHeader, SectionWriter } from './snapshot-format.ts';
import { SliceBudget, type SnapshotPart } from './snapshot-part.ts';

export class HashMapKeyedSnapshot implements KeyedSnapshot {
  readonly header: Uint8Array;
  readonly #parts: readonly SnapshotPart[];
  readonly #firstGroup: number;
  readonly #groupCount: number;
  readonly #onRelease: () => void;
  readonly #output = new DataOutput(64 * 1024);
  readonly #sections = new SectionWriter(this.#output);
  #group = 0;
  #part = -1;
  #released = false;

  constructor(
    parts: readonly SnapshotPart[],
    firstGroup: number,
    groupCount: number,
    onRelease: () => void,
  ) {
    this.#parts = parts;
    this.#firstGroup = firstGroup;
    this.#groupCount = groupCount;
    this.#onRelease = onRelease;
    for (const [index, part] of parts.entries()) part.index = index;
    this.header = encodeHeader(parts.map((part) => part.description));
  }

  next(rowsMax: number): KeyGroupChunk | null {
    if (this.#released) return null;
    const budget = new SliceBudget(rowsMax);
    this.#output.reset();
    while (this.#group < this.#groupCount) {
      const groupDone = this.#stepGroup(budget);
      const keyGroup = this.#firstGroup + this.#group;
      if (groupDone) {
        this.#group++;
        this.#part = -1;
      }
      if (this.#output.position > 0 || !groupDone || budget.rows <= 0) {
        return { keyGroup, bytes: this.#output.toBytes() };
      }
    }
    return null;
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#onRelease();
  }

  /** True when the key group is complete. */
  #stepGroup(budget: SliceBudget): boolean {
    for (;;) {
      if (this.#part < 0) this.#beginPart(0);
      const part = this.#parts[this.#part];
      if (part === undefined) return true;
      if (!this.#stepPart(part, budget)) return false;
      this.#beginPart(this.#part + 1);
    }
  }

  #beginPart(index: number): void {
    this.#part = index;
    this.#parts[index]?.begin(this.#group);
  }

  #stepPart(part: SnapshotPart, budget: SliceBudget): boolean {
    try {
      return part.step(this.#sections, budget);
    } catch (error) {
      if (!isWeirError(error)) throw error;
      const { kind, name } = part.description;
      throw new WeirError(
        error.code,
        `the ${kind} state '${name}' can't be written: ${error.message}`,
        {
          context: { ...error.context, state: name },
          cause: error,
        },
      );
    }
  }
}
