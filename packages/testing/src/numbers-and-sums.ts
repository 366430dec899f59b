/**
 * The simplest job whose answer is known: numbers in three replayable splits, and an exactly-once
 * sink of sums by key. For tests of tasks and of crashes.
 */
import {
  type Committer,
  MIN_TIMESTAMP,
  type ReaderOutput,
  type Sink,
  type SinkWriter,
  type Source,
  type SourceContext,
  type SourceReader,
  type SourceSplit,
  type TypeInformation,
  types,
} from '@weir/core';

interface NumberSplit extends SourceSplit {
  readonly next: number;
}

/** Numbers below `end`, in three splits by remainder; none at or above `open` is handed out. */
export class Numbers implements Source<number, NumberSplit> {
  readonly boundedness = 'BOUNDED';
  readonly producedType = null;
  readonly splitType = types.any() as TypeInformation<NumberSplit>;
  readonly discoveryIntervalMs = null;
  readonly contexts: SourceContext[] = [];
  readonly end: number;
  open: number;

  constructor(end: number, open = end) {
    this.end = end;
    this.open = open;
  }

  async discoverSplits(): Promise<readonly NumberSplit[]> {
    return [0, 1, 2].map((next) => ({ splitId: `s${next}`, next }));
  }

  ownerOf({ splitId }: NumberSplit, parallelism: number): number {
    return Number(splitId.slice(1)) % parallelism;
  }

  createReader(context: SourceContext): SourceReader<number, NumberSplit> {
    this.contexts.push(context);
    return new NumberReader(this);
  }

  letThrough(open: number): void {
    this.open = open;
    for (const context of this.contexts) context.wakeUp();
  }
}

class NumberReader implements SourceReader<number, NumberSplit> {
  readonly #source: Numbers;
  readonly #splits: NumberSplit[] = [];

  constructor(source: Numbers) {
    this.#source = source;
  }

  start(): void {}

  addSplits(splits: readonly NumberSplit[]): void {
    this.#splits.push(...splits);
  }

  pollNext(output: ReaderOutput<number>) {
    const { open, end } = this.#source;
    for (const [i, split] of this.#splits.entries()) {
      let { next } = split;
      for (; next < Math.min(open, end) && output.room > 0; next += 3) {
        output.collect(next, MIN_TIMESTAMP, split.splitId);
      }
      this.#splits[i] = { ...split, next };
    }
    if (this.#splits.every(({ next }) => next >= end)) return 'END_OF_INPUT' as const;
    if (this.#splits.every(({ next }) => next >= open)) return 'NOTHING_AVAILABLE' as const;
    return 'MORE_AVAILABLE' as const;
  }

  snapshotState(): readonly NumberSplit[] {
    return this.#splits;
  }

  close(): void {}
}

export interface Sum {
  readonly key: number;
  readonly sum: number;
}

/** Keeps the largest sum of each key that was committed. */
export class Sums implements Sink<Sum, Sum[]> {
  readonly committableType = types.any() as TypeInformation<Sum[]>;
  readonly committed = new Map<number, number>();
  flushing: Promise<void> = Promise.resolve();
  closed = 0;

  createWriter(): SinkWriter<Sum, Sum[]> {
    let staged: Sum[] = [];
    return {
      write: (row) => {
        staged.push(row);
        return true;
      },
      flush: () => this.flushing,
      prepareCommit: async () => {
        const rows = staged;
        staged = [];
        return rows.length === 0 ? [] : [rows];
      },
      close: () => {
        this.closed++;
      },
    };
  }

  createCommitter(): Committer<Sum[]> {
    return {
      commit: async (committables) => {
        for (const { key, sum } of committables.flat()) {
          this.committed.set(key, Math.max(sum, this.committed.get(key) ?? 0));
        }
      },
    };
  }

  get total(): number {
    return [...this.committed.values()].reduce((left, right) => left + right, 0);
  }
}
