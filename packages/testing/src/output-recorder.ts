/** What an operator emitted, in a form that tests compare; and an output that is often full. */
import { BATCH_ROWS_MAX, type ColumnarBatch, type EventTimeMs, MIN_TIMESTAMP } from '@weir/core';
import { OutputBuffer, type StreamElement } from '@weir/runtime';

export type OutputElement =
  | { readonly kind: 'record'; readonly value: unknown; readonly timestampMs: EventTimeMs | null }
  | {
      readonly kind: 'side';
      readonly tag: string;
      readonly value: unknown;
      readonly timestampMs: EventTimeMs | null;
    }
  | { readonly kind: 'batch'; readonly batch: ColumnarBatch }
  | { readonly kind: 'watermark'; readonly timestampMs: EventTimeMs }
  | { readonly kind: 'status'; readonly idle: boolean }
  | { readonly kind: 'endOfInput' };

/** An output that tests make small: full from the start, or after a few rows. */
export class NarrowOutput extends OutputBuffer {
  /** Rows that fit before it is full. */
  limit = BATCH_ROWS_MAX;

  override get room(): number {
    return Math.max(0, this.limit - (BATCH_ROWS_MAX - super.room));
  }

  override get isFull(): boolean {
    return this.room === 0;
  }
}

/** Appends what the buffer holds, side outputs first, as the engine does. */
export function takeOutput(out: OutputBuffer, into: OutputElement[]): void {
  for (const { tag, batch } of out.takeSides()) {
    for (let i = 0; i < batch.count; i++) {
      const timestampMs = timed(batch.timestamps, i);
      into.push({ kind: 'side', tag, value: batch.rows[i], timestampMs });
    }
  }
  for (const element of out.takeMain()) appendElement(element, into);
}

export function appendElement(element: StreamElement, into: OutputElement[]): void {
  switch (element.kind) {
    case 'objects':
      for (let i = 0; i < element.count; i++) {
        const timestampMs = timed(element.timestamps, i);
        into.push({ kind: 'record', value: element.rows[i], timestampMs });
      }
      return;
    case 'columns':
      into.push({ kind: 'batch', batch: element });
      return;
    case 'watermark':
    case 'status':
    case 'endOfInput':
      into.push(element);
      return;
    default:
  }
}

function timed(timestamps: Float64Array | null, index: number): EventTimeMs | null {
  const timestampMs = timestamps?.[index] ?? MIN_TIMESTAMP;
  return timestampMs === MIN_TIMESTAMP ? null : timestampMs;
}
