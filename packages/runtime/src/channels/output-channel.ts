/** The sending end of a channel, as partitioned edges see it. */
import type { Batch } from '@weir/core';
import type { StreamEvent } from './codec/event-codec.ts';

export interface OutputChannel {
  /**
   * Moves rows `order[from … to)` of the batch into the channel, as many as there is room for,
   * and returns the position of the first that was not.
   *
   * @param keyHashes by row of the batch, null where the edge has no key
   */
  writeRows(
    batch: Batch,
    keyHashes: Int32Array | null,
    order: Int32Array,
    from: number,
    to: number,
  ): number;
  /** False = no room now; nothing of the event was written. */
  writeEvent(event: StreamEvent): boolean;
  /** Moves on a record that is larger than a segment; true = nothing of it is left. */
  settle(): boolean;
  /** Publishes what is in a segment that is not full. */
  flush(): void;
  /** What is under way against what may be, 0…1. */
  readonly fill: number;
  /** Cumulative. */
  readonly records: number;
  readonly bytes: number;
  readonly segments: number;
}
