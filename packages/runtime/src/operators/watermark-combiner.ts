/**
 * Watermarks of several splits become those of one operator: the minimum over splits that are not
 * idle. Used by the source operator (a split each) and by the assigner in mid-stream (one split).
 * Semantics of Flink's WatermarkOutputMultiplexer and WatermarksWithIdleness.
 *
 * Invariants
 * - what is emitted never regresses, a restore included;
 * - with `everyRecords` generators are asked by position, never by the clock, so that the same
 *   input gives the same watermarks;
 * - a watermark is put into the output only where it advances: it cuts the batch.
 */
import {
  type EventTimeMs,
  MAX_WATERMARK,
  MIN_TIMESTAMP,
  type WatermarkGenerator,
  type WatermarkOutput,
  type WatermarkStrategy,
} from '@weir/core';
import type { OutputBuffer } from './output-buffer.ts';

/** One split's watermark; also what its generator emits into. */
export class SplitWatermark<T> implements WatermarkOutput {
  readonly generator: WatermarkGenerator<T>;
  watermarkMs: EventTimeMs = MIN_TIMESTAMP;
  idle = false;
  records = 0;
  recordsAtCheck = 0;
  quietMs = 0;
  changed = false;

  constructor(generator: WatermarkGenerator<T>) {
    this.generator = generator;
  }

  emitWatermark(watermarkMs: EventTimeMs): void {
    if (this.idle) {
      this.idle = false;
      this.changed = true;
    }
    if (watermarkMs <= this.watermarkMs) return;
    this.watermarkMs = watermarkMs;
    this.changed = true;
  }

  markIdle(): void {
    if (!this.idle) this.changed = true;
    this.idle = true;
  }

  markActive(): void {
    if (this.idle) this.changed = true;
    this.idle = false;
  }
}

export class WatermarkCombiner<T> {
  readonly #strategy: WatermarkStrategy<T>;
  readonly #intervalMs: number;
  readonly #everyRecords: number;
  readonly #splits = new Map<string, SplitWatermark<T>>();
  #emittedMs: EventTimeMs = MIN_TIMESTAMP;
  #idle = false;
  #restored = false;
  #lastCheckMs: number;
  #nextCheckMs: number;

  constructor(strategy: WatermarkStrategy<T>, intervalMs: number, nowMs: number) {
    this.#strategy = strategy;
    this.#intervalMs = intervalMs;
    this.#everyRecords = strategy.emission === 'interval' ? 0 : strategy.emission.everyRecords;
    this.#lastCheckMs = nowMs;
    this.#nextCheckMs = this.#needsClock ? nowMs + intervalMs : Number.POSITIVE_INFINITY;
  }

  get emittedMs(): EventTimeMs {
    return this.#emittedMs;
  }

  get isIdle(): boolean {
    return this.#idle;
  }

  /** Goes on from what was emitted before a restore; `repeat` has to follow. */
  restore(watermarkMs: EventTimeMs): void {
    this.#emittedMs = watermarkMs;
    this.#restored = watermarkMs > MIN_TIMESTAMP;
  }

  /** Says once again what was emitted before a restore; call before any record is emitted. */
  repeat(out: OutputBuffer): void {
    if (!this.#restored) return;
    this.#restored = false;
    out.emitWatermark(this.#emittedMs);
  }

  /** Wall-clock ms of the next `onInterval`. */
  get nextCheckMs(): number {
    return this.#nextCheckMs;
  }

  split(splitId: string): SplitWatermark<T> | undefined {
    return this.#splits.get(splitId);
  }

  addSplit(splitId: string): SplitWatermark<T> {
    const existing = this.#splits.get(splitId);
    if (existing !== undefined) return existing;
    const split = new SplitWatermark(this.#strategy.createGenerator());
    this.#splits.set(splitId, split);
    return split;
  }

  /** The split is at its end and no longer holds the watermark back. */
  removeSplit(splitId: string, out: OutputBuffer): void {
    if (!this.#splits.delete(splitId) || this.#splits.size === 0) return;
    this.#combine(out);
  }

  /** After the record was emitted. */
  onRecord(split: SplitWatermark<T>, row: T, timestampMs: EventTimeMs, out: OutputBuffer): void {
    split.records++;
    if (split.idle) split.markActive();
    split.generator.onEvent(row, timestampMs, split);
    if (this.#everyRecords !== 0 && split.records % this.#everyRecords === 0) {
      split.generator.onPeriodicEmit(split);
    }
    if (!split.changed) return;
    split.changed = false;
    this.#combine(out);
  }

  /** Asks generators and looks for idle splits; call when `nextCheckMs` has come. */
  onInterval(nowMs: number, out: OutputBuffer): void {
    // A pause of the whole operator (backpressure) says nothing about its splits.
    const passedMs = Math.min(nowMs - this.#lastCheckMs, this.#intervalMs * 2);
    this.#lastCheckMs = nowMs;
    this.#nextCheckMs = nowMs + this.#intervalMs;
    for (const split of this.#splits.values()) {
      if (!this.#checkIdle(split, passedMs) && this.#everyRecords === 0) {
        split.generator.onPeriodicEmit(split);
      }
      split.changed = false;
    }
    this.#combine(out);
  }

  /** The operator as a whole has no splits, or has some again. */
  setIdle(idle: boolean, out: OutputBuffer): void {
    if (this.#idle === idle) return;
    this.#idle = idle;
    out.emitStatus(idle);
  }

  /** No record follows. */
  finish(out: OutputBuffer): void {
    this.setIdle(false, out);
    if (this.#emittedMs < MAX_WATERMARK) out.emitWatermark(MAX_WATERMARK);
    this.#emittedMs = MAX_WATERMARK;
  }

  get #needsClock(): boolean {
    return this.#strategy.emission === 'interval' || this.#strategy.idleTimeoutMs !== null;
  }

  #checkIdle(split: SplitWatermark<T>, passedMs: number): boolean {
    const timeoutMs = this.#strategy.idleTimeoutMs;
    if (split.records !== split.recordsAtCheck) {
      split.recordsAtCheck = split.records;
      split.quietMs = 0;
      return false;
    }
    if (timeoutMs === null) return split.idle;
    split.quietMs += passedMs;
    if (split.quietMs >= timeoutMs) split.markIdle();
    return split.idle;
  }

  #combine(out: OutputBuffer): void {
    let leastMs: EventTimeMs = MAX_WATERMARK;
    let active = false;
    for (const split of this.#splits.values()) {
      if (split.idle) continue;
      active = true;
      if (split.watermarkMs < leastMs) leastMs = split.watermarkMs;
    }
    if (!active) {
      this.#flushIdle(out);
      this.setIdle(true, out);
      return;
    }
    this.setIdle(false, out);
    this.#advance(leastMs, out);
  }

  /** All are idle: event time goes on to the largest that any of them had reached. */
  #flushIdle(out: OutputBuffer): void {
    if (this.#idle) return;
    let mostMs: EventTimeMs = MIN_TIMESTAMP;
    for (const split of this.#splits.values()) mostMs = Math.max(mostMs, split.watermarkMs);
    this.#advance(mostMs, out);
  }

  #advance(watermarkMs: EventTimeMs, out: OutputBuffer): void {
    if (watermarkMs <= this.#emittedMs) return;
    this.#emittedMs = watermarkMs;
    out.emitWatermark(watermarkMs);
  }
}
