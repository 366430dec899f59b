/** Runs a source as its operator would: discovers, reads its own splits, polls until told to stop. */
import type { Source, SourceReader } from '@weir/core';
import type { KafkaSplit } from '../source/kafka-split.ts';
import { CollectedOutput, ConnectorContext } from './connector-context.ts';

const ROOM = 100;

export class RunningSource<T> {
  readonly context: ConnectorContext;
  readonly output = new CollectedOutput<T>();
  readonly reader: SourceReader<T, KafkaSplit>;
  readonly #source: Source<T, KafkaSplit>;
  readonly #known = new Map<string, KafkaSplit>();

  private constructor(source: Source<T, KafkaSplit>, context: ConnectorContext) {
    this.#source = source;
    this.context = context;
    this.reader = source.createReader(context);
  }

  static async start<T>(
    source: Source<T, KafkaSplit>,
    restored: readonly KafkaSplit[] = [],
    context = new ConnectorContext(),
  ): Promise<RunningSource<T>> {
    const running = new RunningSource(source, context);
    running.#take(restored);
    await running.discover();
    await running.reader.start();
    return running;
  }

  async discover(): Promise<void> {
    const found = await this.#source.discoverSplits(this.context, this.#known);
    this.#take(found.filter(({ splitId }) => !this.#known.has(splitId)));
  }

  /** Polls until `enough`, or the end of the input. */
  async until(enough: () => boolean): Promise<void> {
    while (!enough()) {
      const woken = this.context.woken();
      this.output.room = ROOM;
      const status = this.reader.pollNext(this.output);
      if (status === 'END_OF_INPUT') return;
      if (status === 'NOTHING_AVAILABLE' && !enough()) await woken;
    }
  }

  toEnd(): Promise<void> {
    return this.until(() => false);
  }

  async close(): Promise<void> {
    await this.reader.close();
  }

  #take(splits: readonly KafkaSplit[]): void {
    for (const split of splits) this.#known.set(split.splitId, split);
    const { subtaskIndex, parallelism } = this.context.taskInfo;
    const owned = splits.filter((s) => this.#source.ownerOf(s, parallelism) === subtaskIndex);
    this.reader.addSplits(owned);
  }
}

/** All that a bounded source gives. */
export async function drained<T>(source: Source<T, KafkaSplit>): Promise<CollectedOutput<T>> {
  const running = await RunningSource.start(source);
  try {
    await running.toEnd();
    return running.output;
  } finally {
    await running.close();
  }
}
