/**
 * The exactly-once sink of the simulated job. Rows are collected in the writer, handed to the store
 * at each checkpoint, and committed once that is durable. Every call to the store takes its time,
 * may fail, and is lost with its process.
 */
import {
  type Committer,
  invariant,
  type Sink,
  type SinkContext,
  type SinkWriter,
  type TypeInformation,
  types,
} from '@weir/core';
import type { Outside } from './outside.ts';
import type { Committable, StoredRow } from './transactional-store.ts';

export class StoreSink<T extends StoredRow> implements Sink<T, Committable> {
  readonly committableType: TypeInformation<Committable> = types.object({
    transaction: types.string(),
    checkpointId: types.i64(),
  });
  readonly #name: string;
  readonly #outside: Outside;

  constructor(name: string, outside: Outside) {
    this.#name = name;
    this.#outside = outside;
  }

  createWriter(context: SinkContext): SinkWriter<T, Committable> {
    return new StoreWriter<T>(this.#name, this.#outside, context);
  }

  createCommitter(context: SinkContext): Committer<Committable> {
    const { jobId, taskInfo, restoredCheckpointId } = context;
    const { subtaskIndex, parallelism } = taskInfo;
    const outside = this.#outside;
    const name = this.#name;
    return {
      async commit(committables) {
        for (const committable of committables) await outside.commit(committable);
      },
      discardUncommitted: () =>
        outside.call(() =>
          outside.store.discard(name, jobId, subtaskIndex, parallelism, restoredCheckpointId ?? 0),
        ),
    };
  }
}

class StoreWriter<T extends StoredRow> implements SinkWriter<T, Committable> {
  readonly #sink: string;
  readonly #outside: Outside;
  readonly #context: SinkContext;
  #rows: T[] = [];
  #flushed: T[] = [];
  #isFull = false;

  constructor(sink: string, outside: Outside, context: SinkContext) {
    this.#sink = sink;
    this.#outside = outside;
    this.#context = context;
  }

  write(record: T): boolean {
    if (this.#isFull) return false;
    if (this.#outside.pushesBack()) {
      this.#isFull = true;
      this.#context.timers.schedule(1, () => {
        this.#isFull = false;
        this.#context.wakeUp();
      });
      return false;
    }
    this.#rows.push(record);
    return true;
  }

  async flush(): Promise<void> {
    const rows = this.#rows;
    this.#rows = [];
    await this.#outside.call(() => this.#flushed.push(...rows));
  }

  async prepareCommit(checkpointId: number): Promise<readonly Committable[]> {
    invariant(this.#rows.length === 0, 'rows were written between flush and prepare');
    const rows = this.#flushed;
    this.#flushed = [];
    if (rows.length === 0) return [];
    const { jobId, taskInfo } = this.#context;
    const subtask = taskInfo.subtaskIndex;
    const { store } = this.#outside;
    const prepare = () => store.prepare({ sink: this.#sink, jobId, subtask, rows, checkpointId });
    return [{ transaction: await this.#outside.call(prepare), checkpointId }];
  }

  close(): void {}
}
