/**
 * The head of a source task: splits, their reader, and watermarks per split.
 *
 * Invariants
 * - every split that was ever seen is in the state, with the position after its last emitted
 *   record; a subtask reads those that `ownerOf` gives it, at any parallelism;
 * - a record is followed by its own watermark, never preceded by it;
 * - after `stop` nothing is emitted until `resume`; a drained or ended source never emits again.
 *
 * Semantics: Flink's SourceOperator, without an enumerator (docs/adr/split-ownership.md).
 */
import {
  AUTO_WATERMARK_INTERVAL,
  type EventTimeMs,
  invariant,
  MIN_TIMESTAMP,
  type OutputTag,
  type PollStatus,
  type ReaderOutput,
  type Source,
  type SourceContext,
  type SourceReader,
  type SourceSplit,
  type WatermarkStrategy,
} from '@weir/core';
import type { OperatorStateReader, OperatorStateWriter } from '../checkpoint/operator-state.ts';
import { readEventTime, writeEventTime } from './event-time-progress.ts';
import { compileLoop, EMIT_TIMED } from './generated-loop.ts';
import type { OutputBuffer } from './output-buffer.ts';
import type {
  OperatorContext,
  OperatorFactory,
  SourceStreamOperator,
  SplitView,
} from './stream-operator.ts';
import { type SplitWatermark, WatermarkCombiner } from './watermark-combiner.ts';

export interface SourceOperatorOptions<T, S extends SourceSplit> {
  readonly source: Source<T, S>;
  readonly watermarks: WatermarkStrategy<T>;
}

/** Reads a source's splits; watermarks are made per split and combined. */
export function sourceFactory<T, S extends SourceSplit>(
  options: SourceOperatorOptions<T, S>,
): OperatorFactory {
  return { create: () => new SourceOperator<T, S>(options) };
}

const STATE_NAME = 'splits';

/** Emits one record and has its split's generator see it. */
type EmitTimed<T> = (
  split: SplitWatermark<T>,
  row: T,
  timestampMs: EventTimeMs,
  out: OutputBuffer,
) => void;

interface SourceLoops<T> {
  readonly poll: (output: ReaderOutput<T>) => PollStatus;
  readonly emit: EmitTimed<T>;
}

const LOOPS_TEXT = `{
  poll: function poll(output) {
    return reader.pollNext(output);
  },
  emit: function emit(split, row, timestampMs, out) {${EMIT_TIMED}
  },
}`;

type Mode = 'emitting' | 'stopped' | 'draining' | 'ended';

class SourceOperator<T, S extends SourceSplit> implements SourceStreamOperator {
  readonly emitsWatermarks = true;
  readonly #source: Source<T, S>;
  readonly #strategy: WatermarkStrategy<T>;
  readonly #known = new Map<string, S>();
  #restored: readonly S[] | null = null;
  #restoredMs: EventTimeMs = MIN_TIMESTAMP;
  #context: OperatorContext | null = null;
  #sourceContext: SourceContext | null = null;
  #reader: SourceReader<T, S> | null = null;
  #loops: SourceLoops<T> | null = null;
  #output: SplitOutput<T> | null = null;
  #combiner: WatermarkCombiner<T> | null = null;
  #mode: Mode = 'emitting';
  #ownsSplits = false;
  #nextDiscoveryMs = Number.POSITIVE_INFINITY;
  #discovering = false;
  #closed = false;

  constructor(options: SourceOperatorOptions<T, S>) {
    this.#source = options.source;
    this.#strategy = options.watermarks;
  }

  restoreState(reader: OperatorStateReader): void {
    this.#restored = reader.readUnion(STATE_NAME, this.#source.splitType);
    this.#restoredMs = readEventTime(reader);
  }

  async open(context: OperatorContext): Promise<void> {
    const { taskInfo, metricGroup, configuration, clock, timers } = context;
    const intervalMs = configuration.get(AUTO_WATERMARK_INTERVAL);
    const combiner = new WatermarkCombiner<T>(this.#strategy, intervalMs, clock.nowMs());
    const wakeUp = (): void => context.wakeUp();
    this.#context = context;
    this.#combiner = combiner;
    this.#sourceContext = { taskInfo, metricGroup, configuration, clock, timers, wakeUp };
    const reader = this.#source.createReader(this.#sourceContext);
    const parts = { reader, combiner, assign: this.#strategy.timestampAssigner };
    const loops = compileLoop<SourceLoops<T>>('source', LOOPS_TEXT, parts, context);
    this.#reader = reader;
    this.#loops = loops;
    this.#output = new SplitOutput(combiner, loops.emit);
    if (this.#restored !== null) this.#take(this.#restored);
    this.#restored = null;
    if (this.#ownsSplits) combiner.restore(this.#restoredMs);
    await this.#discover();
    await reader.start();
  }

  emitNext(out: OutputBuffer, rowsMax: number): 'more' | 'nothing' | 'end' {
    if (this.#mode === 'ended') return 'end';
    if (this.#mode === 'stopped') return 'nothing';
    if (this.#mode === 'draining') return this.#end(out);
    const output = this.#output!;
    if (!this.#ownsSplits && this.#source.discoveryIntervalMs !== null) {
      this.#combiner!.setIdle(true, out);
      return 'nothing';
    }
    this.#combiner!.repeat(out);
    output.begin(out, rowsMax);
    const status = this.#loops!.poll(output);
    output.finish();
    if (status === 'MORE_AVAILABLE') return 'more';
    if (status === 'NOTHING_AVAILABLE') return 'nothing';
    return this.#end(out);
  }

  stop(drain: boolean): void {
    if (this.#mode === 'emitting') this.#mode = drain ? 'draining' : 'stopped';
  }

  resume(): void {
    if (this.#mode === 'stopped') this.#mode = 'emitting';
  }

  processBatch(): number {
    invariant(false, 'a source has no input');
  }

  processWatermark(): boolean {
    invariant(false, 'a source has no input');
  }

  poll(out: OutputBuffer): boolean {
    const nowMs = this.#context!.clock.nowMs();
    const combiner = this.#combiner!;
    if (this.#mode === 'emitting' && this.#ownsSplits && combiner.nextCheckMs <= nowMs) {
      combiner.onInterval(nowMs, out);
    }
    if (this.#nextDiscoveryMs <= nowMs && !this.#discovering) {
      this.#nextDiscoveryMs = Number.POSITIVE_INFINITY;
      this.#discover().catch((error: unknown) => this.#context!.fail(error));
    }
    return true;
  }

  nextDeadlineMs(): number {
    if (this.#mode !== 'emitting') return Number.POSITIVE_INFINITY;
    if (!this.#ownsSplits) return this.#nextDiscoveryMs;
    return Math.min(this.#combiner!.nextCheckMs, this.#nextDiscoveryMs);
  }

  snapshotState(writer: OperatorStateWriter, checkpointId: number): void {
    for (const split of this.#reader!.snapshotState(checkpointId)) {
      this.#known.set(split.splitId, split);
    }
    writer.writeList(STATE_NAME, this.#source.splitType, this.#owned([...this.#known.values()]));
    const { isIdle, emittedMs } = this.#combiner!;
    if (this.#ownsSplits && !isIdle) writeEventTime(writer, emittedMs);
  }

  notifyCheckpointComplete(checkpointId: number): void | Promise<void> {
    return this.#reader!.notifyCheckpointComplete?.(checkpointId);
  }

  /** NaN = unknown; the sum of records is, as long as that of one split is. */
  gauges(): Readonly<Record<'pendingRecords' | 'pendingMs', number>> {
    const reports = this.#reader?.splitReports?.() ?? [];
    let pendingRecords = reports.length === 0 ? Number.NaN : 0;
    let pendingMs = reports.every(({ finished }) => finished) ? pendingRecords : Number.NaN;
    for (const { pendingRecords: records, pendingMs: ageMs, finished } of reports) {
      if (finished) continue;
      pendingRecords += records ?? Number.NaN;
      if (ageMs !== null) pendingMs = Number.isNaN(pendingMs) ? ageMs : Math.max(pendingMs, ageMs);
    }
    return { pendingRecords, pendingMs };
  }

  splitViews(): readonly SplitView[] {
    const reports = this.#reader?.splitReports?.() ?? [];
    return reports.map((report) => {
      const split = this.#combiner!.split(report.splitId);
      const watermarkMs = split === undefined ? MIN_TIMESTAMP : split.watermarkMs;
      return {
        ...report,
        watermarkMs: watermarkMs === MIN_TIMESTAMP ? null : watermarkMs,
        idleMs: split?.idle === true ? split.quietMs : null,
        records: split?.records ?? null,
      };
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#reader?.close();
  }

  #end(out: OutputBuffer): 'end' {
    this.#mode = 'ended';
    this.#combiner!.finish(out);
    return 'end';
  }

  async #discover(): Promise<void> {
    const intervalMs = this.#source.discoveryIntervalMs;
    this.#discovering = true;
    try {
      const found = await this.#source.discoverSplits(this.#sourceContext!, this.#known);
      if (this.#closed) return;
      this.#take(found.filter((split) => !this.#known.has(split.splitId)));
    } finally {
      this.#discovering = false;
    }
    if (intervalMs === null) return;
    this.#nextDiscoveryMs = this.#context!.clock.nowMs() + intervalMs;
    this.#context!.wakeUp();
  }

  #take(splits: readonly S[]): void {
    for (const split of splits) this.#known.set(split.splitId, split);
    const owned = this.#owned(splits);
    if (owned.length === 0) return;
    this.#ownsSplits = true;
    if (this.#source.sequentialSplits !== true) {
      for (const split of owned) this.#combiner!.addSplit(split.splitId);
    }
    this.#reader!.addSplits(owned);
  }

  #owned(splits: readonly S[]): readonly S[] {
    const { subtaskIndex, parallelism } = this.#context!.taskInfo;
    return splits.filter((split) => this.#source.ownerOf(split, parallelism) === subtaskIndex);
  }
}

/** What a reader emits into: knows each record's split, and how many may follow. */
class SplitOutput<T> implements ReaderOutput<T> {
  readonly #combiner: WatermarkCombiner<T>;
  readonly #emit: EmitTimed<T>;
  #out: OutputBuffer | null = null;
  #left = 0;
  /** Of the last record; readers go through a split for a while before they take the next. */
  #splitId: string | null = null;
  #split: SplitWatermark<T> | null = null;

  constructor(combiner: WatermarkCombiner<T>, emit: EmitTimed<T>) {
    this.#combiner = combiner;
    this.#emit = emit;
  }

  get room(): number {
    return Math.max(0, this.#left);
  }

  begin(out: OutputBuffer, rowsMax: number): void {
    this.#out = out;
    this.#left = Math.min(rowsMax, out.room);
    this.#splitId = null;
  }

  finish(): void {
    this.#out = null;
    this.#left = 0;
  }

  collect(record: T, timestampMs: EventTimeMs, splitId: string): void {
    const out = this.#out;
    if (out === null) invariant(false, 'a reader emitted outside of pollNext', { splitId });
    const split = splitId === this.#splitId ? this.#split! : this.#enter(splitId);
    this.#left--;
    this.#emit(split, record, timestampMs, out);
  }

  sideOutput<X>(tag: OutputTag<X>, record: X, timestampMs: EventTimeMs): void {
    invariant(this.#out !== null, 'a reader emitted outside of pollNext', { tag: tag.id });
    this.#left--;
    this.#out.emitSide(tag.id, record, timestampMs);
  }

  splitFinished(splitId: string): void {
    invariant(this.#out !== null, 'a reader ended a split outside of pollNext', { splitId });
    this.#combiner.removeSplit(splitId, this.#out);
    this.#splitId = null;
  }

  #enter(splitId: string): SplitWatermark<T> {
    const combiner = this.#combiner;
    const split = combiner.split(splitId) ?? combiner.addSplit(splitId);
    this.#splitId = splitId;
    this.#split = split;
    return split;
  }
}
