/**
 * Ticks of one job as one block of text for storage: numbers by column, so that neighbours resemble
 * each other and compress, words once per change. Whoever stores it compresses it.
 */
import {
  doubleColumns,
  type JobTick,
  type JobTopology,
  readTick,
  sameWords,
  shapeOf,
  singleColumns,
  type TickShape,
  type TickWords,
  wordsOf,
  writeTick,
} from '@weir/console-protocol';
import { shortened } from './single-precision.ts';

interface Block {
  readonly version: 1;
  readonly shape: TickShape;
  readonly singles: (number | null)[][];
  readonly doubles: (number | null)[][];
  readonly words: TickWords[];
  /** Index into `words` for each tick. */
  readonly wordOf: number[];
}

/** @param ticks of this topology, oldest first. */
export function encodeTicks(topology: JobTopology, ticks: readonly JobTick[]): string {
  const shape = shapeOf(topology);
  const columns = (count: number) => Array.from({ length: count }, (): (number | null)[] => []);
  const singles = columns(singleColumns(shape));
  const doubles = columns(doubleColumns(shape));
  const words: TickWords[] = [];
  const wordOf: number[] = [];
  for (const tick of ticks) {
    writeTick(
      shape,
      tick,
      (column, value) => singles[column]!.push(plain(value)),
      (column, value) => doubles[column]!.push(Number.isNaN(value) ? null : value),
    );
    const last = words.at(-1) ?? null;
    const current = sameWords(last, wordsOf(tick));
    if (current !== last) words.push(current);
    wordOf.push(words.length - 1);
  }
  const block: Block = { version: 1, shape, singles, doubles, words, wordOf };
  return JSON.stringify(block);
}

/** The inverse of `encodeTicks`. Null for a block of another version. */
export function decodeTicks(text: string): JobTick[] | null {
  const block = JSON.parse(text) as Block;
  if (block.version !== 1) return null;
  return block.wordOf.map((word, row) => {
    const numbers = {
      single: (column: number) => block.singles[column]![row] ?? Number.NaN,
      double: (column: number) => block.doubles[column]![row] ?? Number.NaN,
    };
    return readTick(block.shape, numbers, block.words[word]!);
  });
}

function plain(value: number): number | null {
  return Number.isNaN(value) ? null : shortened(value);
}
