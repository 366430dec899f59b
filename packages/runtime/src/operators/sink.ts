/**
 * The end of a pipeline: a sink's writer, and its committer for sinks that are exactly-once.
 * Semantics: Flink's SinkWriterOperator and CommitterOperator in one.
 *
 * Invariants
 * - before a barrier passes, everything written is flushed and its committables are in the state;
 * - a committable is committed only after a checkpoint that holds it is known to be durable, in the
 *   order of checkpoints, and stays in the state until its commit succeeded;
 * - after a restore the restored committables are committed first, then whatever else earlier
 *   attempts left behind is discarded once, then writing begins.
 */
import {
  type Batch,
  type Committer,
  isWeirError,
  type Sink,
  type SinkContext,
  type SinkWriter,
  WeirError,
} from '@weir/core';
import type { OperatorStateReader, OperatorStateWriter } from '../checkpoint/operator-state.ts';
import { partOf } from './columnar/columnar-rows.ts';
import { compileLoop, eachRow, type RowLoop } from './generated-loop.ts';
import { objectRows } from './object-rows.ts';
import type { OutputBuffer } from './output-buffer.ts';
import type {
  ExternalWait,
  OperatorContext,
  OperatorFactory,
  StreamOperator,
} from './stream-operator.ts';

export interface SinkOperatorOptions<T, C> {
  readonly sink: Sink<T, C>;
}

/** Writes into a sink; what it committed lies behind a durable checkpoint. */
export function sinkFactory<T, C>(options: SinkOperatorOptions<T, C>): OperatorFactory {
  return { create: () => new SinkOperator(options.sink as unknown as Sink<unknown, unknown>) };
}

const LOOP_TEXT = eachRow('write', 'if (!writer.write(row, timestampMs)) return i;');

const STATE_NAME = 'committables';
const COMMIT_ATTEMPTS_MAX = 10;
const BACK_OFF_FIRST_MS = 100;
const BACK_OFF_MAX_MS = 10_000;

class SinkOperator implements StreamOperator {
  readonly #sink: Sink<unknown, unknown>;
  readonly #pending = new Map<number, readonly unknown[]>();
  #restored: readonly unknown[] = [];
  /** Of all subtasks. */
  #restoredByAll: readonly unknown[] = [];
  #context: OperatorContext | null = null;
  #writer: SinkWriter<unknown, unknown> | null = null;
  #loop: RowLoop | null = null;
  #committer: Committer<unknown> | null = null;
  #commits: Promise<void> = Promise.resolve();
  #name = '';
  #wait: ExternalWait | null = null;
  #waiting = false;
  #closed = false;

  constructor(sink: Sink<unknown, unknown>) {
    this.#sink = sink;
  }

  restoreState(reader: OperatorStateReader): void {
    const type = this.#sink.committableType;
    if (type === null) return;
    this.#restored = reader.readShare(STATE_NAME, type);
    this.#restoredByAll = reader.readUnion(STATE_NAME, type);
  }

  async open(context: OperatorContext): Promise<void> {
    const { jobId, taskInfo, metricGroup, configuration, clock, timers } = context;
    const { restoredCheckpointId } = context;
    this.#context = context;
    this.#name = taskInfo.operatorName;
    this.#wait = { callSite: `${this.#name}: write`, inFlight: 1, capacity: 1 };
    const sinkContext: SinkContext = {
      jobId,
      taskInfo,
      metricGroup,
      configuration,
      clock,
      timers,
      restoredCheckpointId,
      wakeUp: () => context.wakeUp(),
    };
    this.#committer = (await this.#sink.createCommitter?.(sinkContext)) ?? null;
    if (this.#committer !== null) {
      if (this.#restored.length > 0) await this.#commit(this.#restored);
      if (restoredCheckpointId !== null || taskInfo.attempt > 0) {
        await this.#committer.discardUncommitted?.(this.#restoredByAll);
      }
    }
    this.#restored = [];
    this.#restoredByAll = [];
    const writer = await this.#sink.createWriter(sinkContext);
    this.#writer = writer;
    this.#loop = compileLoop('sink', LOOP_TEXT, { writer }, context);
  }

  processBatch(batch: Batch, from: number, to: number, out: OutputBuffer): number {
    const writer = this.#writer!;
    if (batch.kind === 'columns' && writer.writeColumns !== undefined) {
      const taken = writer.writeColumns(partOf(batch, from, to));
      this.#waiting = !taken;
      return taken ? to : from;
    }
    const next = this.#loop!(objectRows(batch, this.#name), from, to, out);
    this.#waiting = next < to && !out.isFull;
    return next;
  }

  processWatermark(): boolean {
    return true;
  }

  externalWait(): ExternalWait | null {
    return this.#waiting ? this.#wait : null;
  }

  async prepareSnapshot(checkpointId: number, endOfInput: boolean): Promise<void> {
    await this.#writer!.flush(endOfInput);
    const committables = await this.#writer!.prepareCommit(checkpointId);
    if (committables.length > 0) this.#pending.set(checkpointId, committables);
  }

  snapshotState(writer: OperatorStateWriter): void {
    const type = this.#sink.committableType;
    if (type === null) return;
    writer.writeList(STATE_NAME, type, [...this.#pending.values()].flat());
  }

  notifyCheckpointComplete(checkpointId: number): Promise<void> {
    const commit = this.#commits.then(() => this.#commitUpTo(checkpointId));
    // The next commit goes on in order; the failure itself is the caller's to report.
    this.#commits = commit.catch(() => undefined);
    return commit;
  }

  async close(): Promise<void> {
    this.#closed = true;
    try {
      await this.#writer?.close();
    } finally {
      await this.#committer?.close?.();
    }
  }

  async #commitUpTo(checkpointId: number): Promise<void> {
    const ids = [...this.#pending.keys()].filter((id) => id <= checkpointId).sort((a, b) => a - b);
    for (const id of ids) {
      await this.#commit(this.#pending.get(id)!);
      this.#pending.delete(id);
    }
  }

  async #commit(committables: readonly unknown[]): Promise<void> {
    if (this.#committer === null) {
      throw new WeirError(
        'SINK_FAILED',
        `sink "${this.#name}" prepared something to commit but has no committer; ` +
          'give the sink createCommitter(…), or return nothing from prepareCommit',
      );
    }
    let delayMs = BACK_OFF_FIRST_MS;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#committer.commit(committables);
        return;
      } catch (error) {
        const retryable = isWeirError(error) && error.retryable;
        if (!retryable || attempt >= COMMIT_ATTEMPTS_MAX || this.#closed) throw error;
      }
      await this.#pause(delayMs);
      delayMs = Math.min(delayMs * 2, BACK_OFF_MAX_MS);
    }
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#context!.timers.schedule(delayMs, resolve);
    });
  }
}
