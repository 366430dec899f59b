/** A source of records that the program has in memory. */
import {
  MIN_TIMESTAMP,
  type PollStatus,
  type ReaderOutput,
  type Source,
  type SourceReader,
  type SourceSplit,
  type TypeInformation,
  types,
} from '@weir/core';

export interface CollectionSplit extends SourceSplit {
  /** Items that were emitted. */
  readonly position: number;
}

const SPLIT_TYPE: TypeInformation<CollectionSplit> = types.object({
  splitId: types.string(),
  position: types.f64(),
});

export class CollectionSource<T> implements Source<T, CollectionSplit> {
  readonly boundedness = 'BOUNDED';
  readonly splitType = SPLIT_TYPE;
  readonly discoveryIntervalMs = null;
  readonly producedType: TypeInformation<T> | null;
  readonly #items: readonly T[];

  constructor(items: Iterable<T>, type: TypeInformation<T> | null = null) {
    this.#items = [...items];
    this.producedType = type;
  }

  async discoverSplits(): Promise<readonly CollectionSplit[]> {
    return [{ splitId: 'items', position: 0 }];
  }

  ownerOf(): number {
    return 0;
  }

  createReader(): SourceReader<T, CollectionSplit> {
    return new CollectionReader(this.#items);
  }
}

class CollectionReader<T> implements SourceReader<T, CollectionSplit> {
  readonly #items: readonly T[];
  /** Null in subtasks that own nothing. */
  #position: number | null = null;

  constructor(items: readonly T[]) {
    this.#items = items;
  }

  start(): void {}

  addSplits(splits: readonly CollectionSplit[]): void {
    for (const split of splits) this.#position = split.position;
  }

  pollNext(output: ReaderOutput<T>): PollStatus {
    if (this.#position === null) return 'END_OF_INPUT';
    while (output.room > 0 && this.#position < this.#items.length) {
      output.collect(this.#items[this.#position] as T, MIN_TIMESTAMP, 'items');
      this.#position++;
    }
    return this.#position === this.#items.length ? 'END_OF_INPUT' : 'MORE_AVAILABLE';
  }

  snapshotState(): readonly CollectionSplit[] {
    return this.#position === null ? [] : [{ splitId: 'items', position: this.#position }];
  }

  close(): void {}
}
