/**
 * Watermark strategies with Flink's names. A generator sees the records of one split;
 * the source operator combines splits (minimum over those that are not idle).
 */
import { type DurationLike, toMs } from './duration.ts';
import { type EventTimeMs, MIN_TIMESTAMP } from './ids.ts';

export interface WatermarkOutput {
  emitWatermark(watermarkMs: EventTimeMs): void;
  markIdle(): void;
  markActive(): void;
}

export interface WatermarkGenerator<T> {
  /** Called after the record was emitted. */
  onEvent(event: T, timestampMs: EventTimeMs, output: WatermarkOutput): void;
  /** Called every `pipeline.auto-watermark-interval`, or every K records (see withEmission). */
  onPeriodicEmit(output: WatermarkOutput): void;
}

/** `recordTimestampMs` is what the source attached, MIN_TIMESTAMP if nothing. */
export type TimestampAssigner<T> = (event: T, recordTimestampMs: EventTimeMs) => EventTimeMs;

/**
 * When periodic generators are asked: by the wall clock, or by position. Runs that must be
 * reproducible use a position; `everyRecords: 1` is a watermark after each record.
 */
export type WatermarkEmission = { readonly everyRecords: number } | 'interval';

export class WatermarkStrategy<T> {
  readonly #supplier: () => WatermarkGenerator<T>;
  readonly timestampAssigner: TimestampAssigner<T>;
  readonly idleTimeoutMs: number | null;
  readonly emission: WatermarkEmission;

  private constructor(
    supplier: () => WatermarkGenerator<T>,
    assigner: TimestampAssigner<T>,
    idleTimeoutMs: number | null,
    emission: WatermarkEmission,
  ) {
    this.#supplier = supplier;
    this.timestampAssigner = assigner;
    this.idleTimeoutMs = idleTimeoutMs;
    this.emission = emission;
  }

  static forGenerator<T>(supplier: () => WatermarkGenerator<T>): WatermarkStrategy<T> {
    return new WatermarkStrategy(supplier, keepTimestamp, null, 'interval');
  }

  /** Emits max timestamp − bound − 1 ms. */
  static forBoundedOutOfOrderness<T>(bound: DurationLike): WatermarkStrategy<T> {
    const boundMs = toMs(bound);
    return WatermarkStrategy.forGenerator<T>(() => new BoundedOutOfOrderness(boundMs));
  }

  static forMonotonousTimestamps<T>(): WatermarkStrategy<T> {
    return WatermarkStrategy.forBoundedOutOfOrderness<T>(0);
  }

  static noWatermarks<T>(): WatermarkStrategy<T> {
    return WatermarkStrategy.forGenerator<T>(() => NO_WATERMARKS);
  }

  withTimestampAssigner(assigner: TimestampAssigner<T>): WatermarkStrategy<T> {
    return new WatermarkStrategy(this.#supplier, assigner, this.idleTimeoutMs, this.emission);
  }

  /** A split without records for so long no longer holds the watermark back. */
  withIdleness(timeout: DurationLike): WatermarkStrategy<T> {
    const { timestampAssigner, emission } = this;
    return new WatermarkStrategy(this.#supplier, timestampAssigner, toMs(timeout), emission);
  }

  withEmission(emission: WatermarkEmission): WatermarkStrategy<T> {
    const { timestampAssigner, idleTimeoutMs } = this;
    return new WatermarkStrategy(this.#supplier, timestampAssigner, idleTimeoutMs, emission);
  }

  createGenerator(): WatermarkGenerator<T> {
    return this.#supplier();
  }
}

function keepTimestamp(_event: unknown, recordTimestampMs: EventTimeMs): EventTimeMs {
  return recordTimestampMs;
}

class BoundedOutOfOrderness implements WatermarkGenerator<unknown> {
  readonly #boundMs: number;
  #maxMs = MIN_TIMESTAMP;

  constructor(boundMs: number) {
    this.#boundMs = boundMs;
  }

  onEvent(_event: unknown, timestampMs: EventTimeMs): void {
    if (timestampMs > this.#maxMs) this.#maxMs = timestampMs;
  }

  onPeriodicEmit(output: WatermarkOutput): void {
    if (this.#maxMs > MIN_TIMESTAMP) output.emitWatermark(this.#maxMs - this.#boundMs - 1);
  }
}

const NO_WATERMARKS: WatermarkGenerator<unknown> = {
  onEvent() {},
  onPeriodicEmit() {},
};
