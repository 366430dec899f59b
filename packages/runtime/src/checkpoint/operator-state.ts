/**
 * What operators write into and read from a checkpoint, independent of files.
 * `checkpoint-file.ts` lays these sections out in one file per subtask and checkpoint.
 */
import type { TypeInformation } from '@weir/core';

/** Operator state: lists that are redistributed on restore. */
export interface OperatorStateWriter {
  /**
   * `split`: on restore every subtask is given all elements of all subtasks and keeps its own
   * (sources by `ownerOf`, others their share).
   */
  writeList<T>(name: string, type: TypeInformation<T>, values: readonly T[]): void;
}

export interface OperatorStateReader {
  /** All elements that any subtask of the operator wrote, in subtask order. */
  readUnion<T>(name: string, type: TypeInformation<T>): readonly T[];
  /**
   * This subtask's share of the elements: its own where the parallelism is what it was, else
   * position modulo parallelism.
   */
  readShare<T>(name: string, type: TypeInformation<T>): readonly T[];
  /** What this very subtask wrote; null where the parallelism is another one now. */
  readOwn<T>(name: string, type: TypeInformation<T>): readonly T[] | null;
}

/** One key group's bytes, ready to be written. */
export interface KeyGroupChunk {
  readonly keyGroup: number;
  readonly bytes: Uint8Array;
}

/** A frozen view of keyed state, drained in the background while the task goes on. */
export interface KeyedSnapshot {
  /** Describes states and timers: names, kinds, fingerprints, ttl. */
  readonly header: Uint8Array;
  /**
   * Serialises some more; at most about `rowsMax` entries, so that the slot's turn stays short.
   * Null when everything was handed out; chunks of a key group are contiguous and ascending.
   */
  next(rowsMax: number): KeyGroupChunk | null;
  /** Drops the frozen view; also after an abort. */
  release(): void;
}

/** Keyed state on restore: whatever files hold key groups of this subtask's range. */
export interface KeyedStateSource {
  readonly parts: readonly KeyedStatePart[];
}

export interface KeyedStatePart {
  readonly header: Uint8Array;
  /** Key groups that this file holds and this subtask owns. */
  readonly keyGroups: readonly number[];
  read(keyGroup: number): Promise<Uint8Array>;
}
