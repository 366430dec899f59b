/**
 * The latest ticks of one job in typed arrays: a ring that grows to its capacity and then forgets
 * the oldest. Written once a second, read for a snapshot or a range.
 *
 * Invariants: times increase; at most `capacity` ticks; memory is (rows × columns) numbers, so a
 * short job stays small.
 */
import {
  doubleColumns,
  type JobTick,
  readTick,
  sameWords,
  singleColumns,
  type TickPack,
  type TickShape,
  type TickWords,
  wordsOf,
  writeTick,
} from '@weir/console-protocol';
import { shortened } from './single-precision.ts';

const ROWS_INITIAL = 60;

export class TickRing {
  readonly capacity: number;
  readonly #shape: TickShape;
  readonly #singles: number;
  readonly #doubles: number;
  #rows = 0;
  #start = 0;
  #size = 0;
  #single = new Float32Array();
  #double = new Float64Array();
  #words: (TickWords | null)[] = [];
  #lastWords: TickWords | null = null;

  constructor(shape: TickShape, capacity: number) {
    this.#shape = shape;
    this.capacity = capacity;
    this.#singles = singleColumns(shape);
    this.#doubles = doubleColumns(shape);
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#single.byteLength + this.#double.byteLength;
  }

  push(tick: JobTick): void {
    if (this.#size === this.#rows && this.#rows < this.capacity) this.#grow();
    let row = (this.#start + this.#size) % this.#rows;
    if (this.#size === this.#rows) {
      row = this.#start;
      this.#start = (this.#start + 1) % this.#rows;
    } else {
      this.#size++;
    }
    const single = row * this.#singles;
    const double = row * this.#doubles;
    writeTick(
      this.#shape,
      tick,
      (column, value) => {
        this.#single[single + column] = value;
      },
      (column, value) => {
        this.#double[double + column] = value;
      },
    );
    this.#lastWords = sameWords(this.#lastWords, wordsOf(tick));
    this.#words[row] = this.#lastWords;
  }

  /** Ticks with from ≤ t < to, oldest first; at most the newest `limit`. */
  range(from: number, to: number, limit = this.capacity): JobTick[] {
    const found: JobTick[] = [];
    for (let i = this.#size - 1; i >= 0 && found.length < limit; i--) {
      const row = (this.#start + i) % this.#rows;
      const t = this.#double[row * this.#doubles]!;
      if (t < from) break;
      if (t < to) found.push(this.#read(row));
    }
    return found.reverse();
  }

  latest(count: number): JobTick[] {
    return this.range(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, count);
  }

  /** The newest ticks as they are kept; copies rows, makes no objects. */
  pack(count: number): TickPack {
    const rows = Math.min(count, this.#size);
    const single = new Float32Array(rows * this.#singles);
    const double = new Float64Array(rows * this.#doubles);
    const words: TickWords[] = [];
    const wordOf: number[] = [];
    for (let i = 0; i < rows; i++) {
      const row = (this.#start + this.#size - rows + i) % this.#rows;
      const from = row * this.#singles;
      single.set(this.#single.subarray(from, from + this.#singles), i * this.#singles);
      const doubleFrom = row * this.#doubles;
      const doubles = this.#double.subarray(doubleFrom, doubleFrom + this.#doubles);
      double.set(doubles, i * this.#doubles);
      if (words.at(-1) !== this.#words[row]) words.push(this.#words[row]!);
      wordOf.push(words.length - 1);
    }
    return { single, double, words, wordOf };
  }

  #read(row: number): JobTick {
    const single = row * this.#singles;
    const double = row * this.#doubles;
    const numbers = {
      single: (column: number) => shortened(this.#single[single + column]!),
      double: (column: number) => this.#double[double + column]!,
    };
    return readTick(this.#shape, numbers, this.#words[row]!);
  }

  /** Only called while the ring has not wrapped, so rows stay where they are. */
  #grow(): void {
    this.#rows = Math.min(this.capacity, Math.max(ROWS_INITIAL, this.#rows * 2));
    const single = new Float32Array(this.#rows * this.#singles);
    single.set(this.#single);
    this.#single = single;
    const double = new Float64Array(this.#rows * this.#doubles);
    double.set(this.#double);
    this.#double = double;
  }
}
