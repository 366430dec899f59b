/**
 * Reads the splits of one subtask one after the other, each ahead of what the task takes.
 *
 * Invariants: a split's position is the one after its last emitted record; a finished split stays
 * in every snapshot, so that discovery doesn't bring it back.
 */
import {
  MIN_TIMESTAMP,
  type PollStatus,
  type ReaderOutput,
  type SourceContext,
  type SourceReader,
  type SplitReport,
} from '@weir/core';
import { ReadAhead } from '../read-ahead.ts';
import type { FileSplit } from './file-split.ts';
import type { FileReadFormat, RecordBlock, RecordBlockReader } from './record-blocks.ts';

const BLOCKS_AHEAD = 2;

interface Progress {
  readonly split: FileSplit;
  position: number;
  finished: boolean;
}

interface OpenSplit<T> {
  readonly progress: Progress;
  readonly blocks: ReadAhead<RecordBlock<T>>;
  /** Records of the oldest waiting block that were emitted. */
  emitted: number;
  close(): Promise<void>;
}

export class FileSourceReader<T> implements SourceReader<T, FileSplit> {
  readonly #format: FileReadFormat<T>;
  readonly #bounded: boolean;
  readonly #context: SourceContext;
  readonly #progress: Progress[] = [];
  #current: OpenSplit<T> | null = null;

  constructor(format: FileReadFormat<T>, bounded: boolean, context: SourceContext) {
    this.#format = format;
    this.#bounded = bounded;
    this.#context = context;
  }

  start(): void {
    this.#openNext();
  }

  addSplits(splits: readonly FileSplit[]): void {
    for (const split of splits) {
      const { position, finished } = split;
      this.#progress.push({ split, position, finished });
    }
    this.#context.wakeUp();
  }

  pollNext(output: ReaderOutput<T>): PollStatus {
    while (output.room > 0) {
      const current = this.#current ?? this.#openNext();
      if (current === null) return this.#bounded ? 'END_OF_INPUT' : 'NOTHING_AVAILABLE';
      const block = current.blocks.peek();
      if (block !== null) {
        this.#emit(current, block, output);
      } else if (current.blocks.isAtEnd) {
        current.progress.finished = true;
        output.splitFinished?.(current.progress.split.splitId);
        this.#current = null;
      } else {
        return 'NOTHING_AVAILABLE';
      }
    }
    return 'MORE_AVAILABLE';
  }

  snapshotState(): readonly FileSplit[] {
    return this.#progress.map(({ split, position, finished }) => ({
      ...split,
      position,
      finished,
    }));
  }

  /** Age is unknown: a file does not say when its records came to be. */
  splitReports(): readonly SplitReport[] {
    return this.#progress.map(({ split, position, finished }) => {
      const { text, recordsAhead } = this.#format.placeOf(split, position);
      const { splitId } = split;
      const pendingRecords = finished ? 0 : recordsAhead;
      const pendingMs = finished ? 0 : null;
      return { splitId, pendingRecords, pendingMs, position: text, finished };
    });
  }

  async close(): Promise<void> {
    const current = this.#current;
    this.#current = null;
    await current?.close();
  }

  #emit(current: OpenSplit<T>, block: RecordBlock<T>, output: ReaderOutput<T>): void {
    const { progress } = current;
    const { records, positions } = block;
    const end = Math.min(records.length, current.emitted + output.room);
    for (let i = current.emitted; i < end; i++) {
      output.collect(records[i] as T, MIN_TIMESTAMP, progress.split.splitId);
    }
    current.emitted = end;
    progress.position = positions[end - 1] ?? progress.position;
    if (end < records.length) return;
    current.blocks.shift();
    current.emitted = 0;
  }

  #openNext(): OpenSplit<T> | null {
    const progress = this.#progress.find((candidate) => !candidate.finished);
    if (progress === undefined) return null;
    let reader: RecordBlockReader<T> | null = null;
    const fetch = async (): Promise<RecordBlock<T> | null> => {
      reader ??= await this.#format.open(progress.split, progress.position);
      const block = await reader.next();
      if (block === null) await reader.close();
      return block;
    };
    const blocks = new ReadAhead(fetch, BLOCKS_AHEAD, () => this.#context.wakeUp());
    blocks.start();
    const close = async (): Promise<void> => {
      await blocks.close();
      if (!blocks.isAtEnd) await reader?.close();
    };
    this.#current = { progress, blocks, emitted: 0, close };
    return this.#current;
  }
}
