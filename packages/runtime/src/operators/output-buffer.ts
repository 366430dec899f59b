/**
 * What an operator emits into: rows in order, cut by watermarks and idleness, side outputs beside.
 * The driver takes the content after each call. Object rows and columnar batches both fit.
 *
 * Invariants: order of emission is order of delivery per output; `isFull` is advice, never a
 * refusal, so one user call may overshoot and nothing is lost.
 */
import {
  BATCH_ROWS_MAX,
  type Batch,
  type ColumnarBatch,
  type EventTimeMs,
  MIN_TIMESTAMP,
  type ObjectBatch,
} from '@weir/core';

/** What flows in order through a chain and through channels. */
export type StreamElement =
  | Batch
  | { readonly kind: 'watermark'; readonly timestampMs: EventTimeMs }
  | { readonly kind: 'status'; readonly idle: boolean }
  | { readonly kind: 'endOfInput' }
  | {
      readonly kind: 'latencyMarker';
      readonly markedAtMs: number;
      readonly operatorId: string;
      readonly subtask: number;
    }
  | CheckpointBarrier;

export interface CheckpointBarrier {
  readonly kind: 'barrier';
  readonly checkpointId: number;
  readonly triggeredAtMs: number;
  readonly checkpointType: CheckpointType;
}

/**
 * `stop`: savepoint after which the job ends. `drain`: the same, event time ends first.
 * `final`: all input is at its end; after it the job is FINISHED.
 */
export type CheckpointType = 'checkpoint' | 'savepoint' | 'stop' | 'drain' | 'final';

const ROWS_INITIAL = 64;

export class OutputBuffer {
  readonly #elements: StreamElement[] = [];
  readonly #side = new Map<string, ObjectBatchBuilder>();
  #rows = new ObjectBatchBuilder();
  #rowsEmitted = 0;

  /** True once a batch's worth of rows is waiting for the driver. */
  get isFull(): boolean {
    return this.#rowsEmitted >= BATCH_ROWS_MAX;
  }

  /** Rows that fit before `isFull`. */
  get room(): number {
    return Math.max(0, BATCH_ROWS_MAX - this.#rowsEmitted);
  }

  get isEmpty(): boolean {
    return this.#rowsEmitted === 0 && this.#elements.length === 0;
  }

  emit(row: unknown, timestampMs: EventTimeMs): void {
    this.#rows.add(row, timestampMs);
    this.#rowsEmitted++;
  }

  emitSide(tag: string, row: unknown, timestampMs: EventTimeMs): void {
    let side = this.#side.get(tag);
    if (side === undefined) {
      side = new ObjectBatchBuilder();
      this.#side.set(tag, side);
    }
    side.add(row, timestampMs);
    this.#rowsEmitted++;
  }

  emitBatch(batch: ColumnarBatch | ObjectBatch): void {
    this.#cut();
    this.#elements.push(batch);
    this.#rowsEmitted += batch.count;
  }

  emitWatermark(timestampMs: EventTimeMs): void {
    this.#cut();
    this.#elements.push({ kind: 'watermark', timestampMs });
  }

  emitStatus(idle: boolean): void {
    this.#cut();
    this.#elements.push({ kind: 'status', idle });
  }

  /** Hands the main output over and starts anew. */
  takeMain(): StreamElement[] {
    this.#cut();
    this.#rowsEmitted = 0;
    return this.#elements.splice(0);
  }

  /** Hands the side outputs over, tag by tag. Call before `takeMain`. */
  takeSides(): Array<{ tag: string; batch: ObjectBatch }> {
    if (this.#side.size === 0) return [];
    const sides: Array<{ tag: string; batch: ObjectBatch }> = [];
    for (const [tag, builder] of this.#side) {
      if (builder.count > 0) sides.push({ tag, batch: builder.take() });
    }
    return sides;
  }

  #cut(): void {
    if (this.#rows.count === 0) return;
    this.#elements.push(this.#rows.take());
  }
}

/**
 * Collects rows into an object batch. Arrays are made as long as the last batch was: growing them
 * row by row would copy each row twice.
 */
export class ObjectBatchBuilder {
  #rows: unknown[] = [];
  #timestamps = new Float64Array(ROWS_INITIAL);
  #timed = false;
  count = 0;

  add(row: unknown, timestampMs: EventTimeMs): void {
    const at = this.count++;
    this.#rows[at] = row;
    if (at === this.#timestamps.length) this.#growTimestamps(at * 2);
    this.#timestamps[at] = timestampMs;
    if (timestampMs !== MIN_TIMESTAMP) this.#timed = true;
  }

  take(): ObjectBatch {
    const { count } = this;
    const rows = this.#rows;
    if (rows.length > count) rows.length = count;
    const timestamps = this.#timed ? this.#timestamps : null;
    this.#rows = new Array<unknown>(count);
    if (this.#timed) this.#timestamps = new Float64Array(Math.max(count, ROWS_INITIAL));
    this.#timed = false;
    this.count = 0;
    return { kind: 'objects', count, rows, timestamps, keyHashes: null };
  }

  #growTimestamps(length: number): void {
    const grown = new Float64Array(length);
    grown.set(this.#timestamps);
    this.#timestamps = grown;
  }
}
