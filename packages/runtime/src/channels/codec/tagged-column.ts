/**
 * Values that fit no typed column, in the self-describing form of `types.any()`, one after the
 * other. Written while rows are measured, because only writing tells how long they are.
 */
import { DataInput, DataOutput, types } from '@weir/core';
import type { Memory } from './memory.ts';

const MARKS_INITIAL = 64;
const OUTPUT_BYTES_KEPT_MAX = 1 << 20;

const values = types.any();

export class TaggedColumn {
  #output = new DataOutput();
  /** End of each value. */
  #marks = new Int32Array(MARKS_INITIAL);
  #count = 0;

  reset(): void {
    if (this.#output.position > OUTPUT_BYTES_KEPT_MAX) this.#output = new DataOutput();
    this.#output.reset();
    this.#count = 0;
  }

  /**
   * Appends a value and returns its bytes.
   *
   * @throws WeirError CLASS_NOT_REGISTERED or TYPE_INVALID for what can't cross threads
   */
  add(value: unknown): number {
    const start = this.#output.position;
    values.serialize(value, this.#output);
    if (this.#count === this.#marks.length) {
      const grown = new Int32Array(this.#count * 2);
      grown.set(this.#marks);
      this.#marks = grown;
    }
    this.#marks[this.#count++] = this.#output.position;
    return this.#output.position - start;
  }

  /** Copies the first `count` values to `at` and returns their bytes. */
  copyTo(memory: Memory, at: number, count: number): number {
    const bytes = count === 0 ? 0 : this.#marks[count - 1]!;
    memory.bytes.set(this.#output.bytes().subarray(0, bytes), at);
    return bytes;
  }
}

/** Reads a tagged column: a private copy, because decoders of text refuse shared memory. */
export function openTagged(memory: Memory, at: number, bytes: number): DataInput {
  return new DataInput(memory.bytes.slice(at, at + bytes));
}

export function readTagged(input: DataInput): unknown {
  return values.deserialize(input);
}
