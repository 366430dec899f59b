import {
  AUTO_WATERMARK_INTERVAL,
  type Batch,
  type EventTimeMs,
  MAX_WATERMARK,
  MIN_TIMESTAMP,
  type WatermarkStrategy,
} from '@weir/core';
import type { OperatorStateReader, OperatorStateWriter } from '../checkpoint/operator-state.ts';
import { readEventTime, writeEventTime } from './event-time-progress.ts';
import { objectRows, timestampAt } from './object-rows.ts';
import type { OutputBuffer } from './output-buffer.ts';
import type { OperatorContext, OperatorFactory, StreamOperator } from './stream-operator.ts';
import { type SplitWatermark, WatermarkCombiner } from './watermark-combiner.ts';

/** Assigns timestamps and makes watermarks in the middle of a stream; earlier ones are dropped. */
export function watermarkFactory<T>(strategy: WatermarkStrategy<T>): OperatorFactory {
  return {
    create: () => new TimestampsAndWatermarks(strategy as unknown as WatermarkStrategy<unknown>),
  };
}

/** Flink's TimestampsAndWatermarksOperator. Of earlier watermarks only the last one passes. */
class TimestampsAndWatermarks implements StreamOperator {
  readonly emitsWatermarks = true;
  readonly #strategy: WatermarkStrategy<unknown>;
  #context: OperatorContext | null = null;
  #name = '';
  #combiner: WatermarkCombiner<unknown> | null = null;
  #split: SplitWatermark<unknown> | null = null;
  #restoredMs: EventTimeMs = MIN_TIMESTAMP;

  constructor(strategy: WatermarkStrategy<unknown>) {
    this.#strategy = strategy;
  }

  restoreState(reader: OperatorStateReader): void {
    this.#restoredMs = readEventTime(reader);
  }

  open(context: OperatorContext): void {
    this.#context = context;
    this.#name = context.taskInfo.operatorName;
    const intervalMs = context.configuration.get(AUTO_WATERMARK_INTERVAL);
    this.#combiner = new WatermarkCombiner(this.#strategy, intervalMs, context.clock.nowMs());
    this.#split = this.#combiner.addSplit('all');
    this.#combiner.restore(this.#restoredMs);
    if (this.#restoredMs > MIN_TIMESTAMP) context.wakeUp();
  }

  processBatch(batch: Batch, from: number, to: number, out: OutputBuffer): number {
    const input = objectRows(batch, this.#name);
    const combiner = this.#combiner!;
    const split = this.#split!;
    const assign = this.#strategy.timestampAssigner;
    combiner.repeat(out);
    for (let i = from; i < to; i++) {
      if (out.isFull) return i;
      const row = input.rows[i];
      const timestampMs = assign(row, timestampAt(input, i));
      out.emit(row, timestampMs);
      combiner.onRecord(split, row, timestampMs, out);
    }
    return to;
  }

  processWatermark(watermarkMs: EventTimeMs, out: OutputBuffer): boolean {
    if (watermarkMs >= MAX_WATERMARK) this.#combiner!.finish(out);
    return true;
  }

  processStatus(idle: boolean, out: OutputBuffer): void {
    this.#combiner!.setIdle(idle, out);
  }

  poll(out: OutputBuffer): boolean {
    const nowMs = this.#context!.clock.nowMs();
    const combiner = this.#combiner!;
    combiner.repeat(out);
    if (combiner.nextCheckMs <= nowMs && combiner.emittedMs < MAX_WATERMARK) {
      combiner.onInterval(nowMs, out);
    }
    return true;
  }

  nextDeadlineMs(): number {
    const combiner = this.#combiner!;
    // Nothing can advance before the first record; an idle timeout runs from the start.
    if (combiner.emittedMs >= MAX_WATERMARK) return Number.POSITIVE_INFINITY;
    return combiner.nextCheckMs;
  }

  snapshotState(writer: OperatorStateWriter): void {
    const { isIdle, emittedMs } = this.#combiner!;
    if (!isIdle) writeEventTime(writer, emittedMs);
  }

  close(): void {}
}
