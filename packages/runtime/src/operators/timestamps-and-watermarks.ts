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
import { compileLoop, EMIT_TIMED, eachRow, type RowLoop } from './generated-loop.ts';
import { objectRows } from './object-rows.ts';
import type { OutputBuffer } from './output-buffer.ts';
import type { OperatorContext, OperatorFactory, StreamOperator } from './stream-operator.ts';
import { WatermarkCombiner } from './watermark-combiner.ts';

/** Assigns timestamps and makes watermarks in the middle of a stream; earlier ones are dropped. */
export function watermarkFactory<T>(strategy: WatermarkStrategy<T>): OperatorFactory {
  return {
    create: () => new TimestampsAndWatermarks(strategy as unknown as WatermarkStrategy<unknown>),
  };
}

const LOOP_TEXT = eachRow('assignTimestamps', EMIT_TIMED);

/** Flink's TimestampsAndWatermarksOperator. Of earlier watermarks only the last one passes. */
class TimestampsAndWatermarks implements StreamOperator {
  readonly emitsWatermarks = true;
  readonly #strategy: WatermarkStrategy<unknown>;
  #context: OperatorContext | null = null;
  #name = '';
  #combiner: WatermarkCombiner<unknown> | null = null;
  #loop: RowLoop | null = null;
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
    const combiner = new WatermarkCombiner(this.#strategy, intervalMs, context.clock.nowMs());
    const split = combiner.addSplit('all');
    const parts = { assign: this.#strategy.timestampAssigner, combiner, split };
    this.#loop = compileLoop('assigner', LOOP_TEXT, parts, context);
    this.#combiner = combiner;
    combiner.restore(this.#restoredMs);
    if (this.#restoredMs > MIN_TIMESTAMP) context.wakeUp();
  }

  processBatch(batch: Batch, from: number, to: number, out: OutputBuffer): number {
    const input = objectRows(batch, this.#name);
    this.#combiner!.repeat(out);
    return this.#loop!(input, from, to, out);
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
