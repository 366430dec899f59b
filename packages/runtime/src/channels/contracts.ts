/**
 * The seam between a task and the exchange: a gate in front, writers behind. The task's driver
 * knows only these; segments, mailboxes, credits and codecs are behind them.
 */
import type { Batch, EventTimeMs } from '@weir/core';
import type { CheckpointBarrier, StreamElement } from '../operators/output-buffer.ts';

/** What a gate hands to its task, watermarks and status combined over channels. */
export type GateEvent =
  | { readonly kind: 'batch'; readonly input: number; readonly batch: Batch }
  | { readonly kind: 'watermark'; readonly timestampMs: EventTimeMs }
  | { readonly kind: 'status'; readonly idle: boolean }
  | {
      readonly kind: 'latencyMarker';
      readonly markedAtMs: number;
      readonly operatorId: string;
      readonly subtask: number;
    }
  /** All channels delivered this barrier; their records up to it have been handed out. */
  | { readonly kind: 'barrier'; readonly barrier: CheckpointBarrier; readonly alignment: Alignment }
  /** The barrier was given up (a newer one overtook it, or the coordinator aborted). */
  | { readonly kind: 'barrierCanceled'; readonly checkpointId: number }
  | { readonly kind: 'endOfInput' };

export interface Alignment {
  /** From the trigger to the first barrier's arrival, ms. */
  readonly startDelayMs: number;
  /** From the first to the last barrier, ms. */
  readonly alignmentMs: number;
  /** Bytes of batches handed out between the two. */
  readonly processedBytes: number;
  /** The channel whose barrier came last. */
  readonly lastChannel: number;
}

export interface InputGate {
  /** The next event, or null when nothing can be handed out now. Never blocks. */
  next(): GateEvent | null;
  /** The coordinator gave the checkpoint up: unblock, forget it, ignore its late barriers. */
  abortCheckpoint(checkpointId: number): void;
  /** Bytes waiting in all channels, for pressure and lag. */
  readonly queuedBytes: number;
  /** Bytes of all batches handed out so far; assumed ones where nothing is encoded. */
  readonly takenBytes: number;
  readonly channelCount: number;
  /** True while some channel is held back by an alignment. */
  readonly isAligning: boolean;
  /** Ms during which channels were held back so far, with the alignment that goes on. */
  readonly alignedMs: number;
  /** Edge whose barrier is missing, or came last the last time; -1 = none so far. */
  readonly lateEdge: number;
}

/**
 * All edges that one operator's output (main or side) feeds. Takes one element at a time: `push`
 * only after `drain()` said true.
 */
export interface OutputWriter {
  push(element: StreamElement): void;
  /** Moves what was pushed into channels as there is room; true = nothing is left. */
  drain(): boolean;
  /** Publishes segments that are not full; called when the task starves or a batch got old. */
  flush(): void;
  /** The job edge that has no room, null if none. */
  readonly blockedOn: number | null;
  /** Edge index → fill 0…1 of its fullest channel, and totals; sampled once a second. */
  stats(): readonly EdgeStats[];
}

export interface EdgeStats {
  readonly edge: number;
  readonly fill: number;
  readonly records: number;
  readonly bytes: number;
  readonly segments: number;
}
