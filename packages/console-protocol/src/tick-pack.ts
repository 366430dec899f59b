/**
 * Ticks of one shape as two typed arrays and their words: how they cross threads and the socket.
 * A thousand vertices are 0.15 MB so, and are read in under a millisecond; as JSON they would be
 * five times that and take five.
 */
import type { JobTick } from './job-stream.ts';
import {
  doubleColumns,
  sameWords,
  singleColumns,
  type TickShape,
  type TickWords,
  wordsOf,
  writeTick,
} from './tick-columns.ts';
import { type PackedTick, readTick } from './tick-reading.ts';

export interface TickPack {
  /** A row of `singleColumns` a tick, oldest first; NaN is null. */
  readonly single: Float32Array;
  /** A row of `doubleColumns` a tick. */
  readonly double: Float64Array;
  readonly words: readonly TickWords[];
  /** Index into `words` by tick. */
  readonly wordOf: readonly number[];
}

/** @param ticks of this shape, oldest first. */
export function packTicks(shape: TickShape, ticks: readonly JobTick[]): TickPack {
  const singles = singleColumns(shape);
  const doubles = doubleColumns(shape);
  const single = new Float32Array(ticks.length * singles);
  const double = new Float64Array(ticks.length * doubles);
  const words: TickWords[] = [];
  const wordOf = ticks.map((tick, row) => {
    writeTick(
      shape,
      tick,
      (column, value) => {
        single[row * singles + column] = value;
      },
      (column, value) => {
        double[row * doubles + column] = value;
      },
    );
    const last = words.at(-1) ?? null;
    const current = sameWords(last, wordsOf(tick));
    if (current !== last) words.push(current);
    return words.length - 1;
  });
  return { single, double, words, wordOf };
}

/** Rates and ratios come back in single precision. */
export function unpackTicks(shape: TickShape, pack: TickPack): JobTick[] {
  return packedTicks(shape, pack).map(readTick);
}

/** The ticks one by one, still in their columns: views of the pack. */
export function packedTicks(shape: TickShape, pack: TickPack): PackedTick[] {
  const singles = singleColumns(shape);
  const doubles = doubleColumns(shape);
  return pack.wordOf.map((word, row) => ({
    shape,
    single: pack.single.subarray(row * singles, (row + 1) * singles),
    double: pack.double.subarray(row * doubles, (row + 1) * doubles),
    words: pack.words[word]!,
  }));
}
