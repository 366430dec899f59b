import { type Collector, type EventTimeMs, MIN_TIMESTAMP, WeirError } from '@weir/core';
import type { OutputBuffer } from './output-buffer.ts';

/**
 * The collector that user functions emit into: one per operator, pointed at the driver's buffer
 * for the time of one synchronous call.
 */
export class RowCollector implements Collector<unknown> {
  /** Given to every record collected. */
  timestampMs: EventTimeMs = MIN_TIMESTAMP;
  #out: OutputBuffer | null = null;

  get out(): OutputBuffer {
    return this.#out ?? lost();
  }

  attach(out: OutputBuffer): void {
    this.#out = out;
  }

  detach(): void {
    this.#out = null;
  }

  /** @throws WeirError KEY_CONTEXT_LOST after the function has returned. */
  collect(record: unknown): void {
    if (this.#out === null) lost();
    this.#out.emit(record, this.timestampMs);
  }
}

function lost(): never {
  throw new WeirError(
    'KEY_CONTEXT_LOST',
    'a collector or context was used after its function had returned, probably behind an await; ' +
      'emit within the call, or use asyncMap',
  );
}
