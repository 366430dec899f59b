/**
 * Aligns the barriers of a gate's channels: a channel that delivered its barrier is held back until
 * all have, then the gate hands out one barrier. Without alignment (AT_LEAST_ONCE) barriers are
 * only counted.
 *
 * Called by `input-gate.ts`. Semantics: Flink's SingleCheckpointBarrierHandler (aligned) and
 * CheckpointBarrierTracker.
 *
 * Invariants:
 * - Barrier ids increase per channel, and so do the ids of barriers handed out.
 * - Every channel takes part, ended ones too: barriers flow until the final checkpoint.
 * - Exactly once: no element of a channel passes between its barrier and the gate's.
 */
import { type ClockPort, invariant } from '@weir/core';
import type { CheckpointBarrier } from '../operators/output-buffer.ts';
import type { GateEvent } from './contracts.ts';

/** As Flink's tracker: more unfinished checkpoints than this are given up, oldest first. */
const PENDING_MAX = 50;

/** What the aligner does to the gate's channels. */
export interface BlockableChannels {
  block(channel: number): void;
  unblockAll(): void;
}

interface Pending {
  readonly barrier: CheckpointBarrier;
  arrived: number;
  readonly firstAtMs: number;
  readonly startDelayMs: number;
  processedBytes: number;
}

export class BarrierAligner {
  readonly #channels: BlockableChannels;
  readonly #clock: ClockPort;
  readonly #aligns: boolean;
  /** Last barrier id per channel. */
  readonly #last: Float64Array;
  /** By checkpoint id, ascending; one at most when aligning. */
  readonly #pending = new Map<number, Pending>();
  /** Everything up to here was handed out or given up. */
  #settledId = 0;
  readonly #aborted = new Set<number>();
  /** Of alignments that are over. */
  #alignedMs = 0;

  constructor(
    channels: BlockableChannels,
    channelCount: number,
    clock: ClockPort,
    mode: 'EXACTLY_ONCE' | 'AT_LEAST_ONCE',
  ) {
    this.#channels = channels;
    this.#clock = clock;
    this.#aligns = mode === 'EXACTLY_ONCE';
    this.#last = new Float64Array(channelCount);
  }

  get isAligning(): boolean {
    return this.#pending.size > 0;
  }

  /** Ms during which channels were held back, with the alignment that goes on. */
  get alignedMs(): number {
    let alignedMs = this.#alignedMs;
    for (const { firstAtMs } of this.#pending.values()) {
      if (this.#aligns) alignedMs += this.#clock.monotonicMs() - firstAtMs;
    }
    return alignedMs;
  }

  /** A channel that the alignment waits for; -1 = there is no alignment. */
  get lateChannel(): number {
    for (const id of this.#pending.keys()) return this.#last.findIndex((last) => last < id);
    return -1;
  }

  barrier(channel: number, barrier: CheckpointBarrier, out: GateEvent[]): void {
    const id = barrier.checkpointId;
    invariant(id > this.#last[channel]!, 'barrier ids do not increase', {
      channel,
      before: this.#last[channel]!,
      id,
    });
    this.#last[channel] = id;
    if (id <= this.#settledId || this.#aborted.has(id)) return;
    let pending = this.#pending.get(id);
    if (pending === undefined) {
      if (this.#aligns && !this.#overtake(id, out)) return;
      pending = this.#begin(barrier, out);
    }
    pending.arrived++;
    if (pending.arrived === this.#last.length) this.#complete(pending, channel, out);
    else if (this.#aligns) this.#channels.block(channel);
  }

  /** A batch was handed out. */
  processed(bytes: number): void {
    for (const pending of this.#pending.values()) pending.processedBytes += bytes;
  }

  abort(checkpointId: number, out: GateEvent[]): void {
    if (checkpointId <= this.#settledId) return;
    this.#aborted.add(checkpointId);
    if (this.#pending.has(checkpointId)) this.#cancel(checkpointId, out);
  }

  /** False when the barrier is older than the one that is being aligned. */
  #overtake(id: number, out: GateEvent[]): boolean {
    for (const other of [...this.#pending.keys()]) {
      if (other > id) return false;
      this.#cancel(other, out);
    }
    return true;
  }

  #begin(barrier: CheckpointBarrier, out: GateEvent[]): Pending {
    const pending: Pending = {
      barrier,
      arrived: 0,
      firstAtMs: this.#clock.monotonicMs(),
      startDelayMs: Math.max(0, this.#clock.nowMs() - barrier.triggeredAtMs),
      processedBytes: 0,
    };
    this.#pending.set(barrier.checkpointId, pending);
    if (this.#pending.size > PENDING_MAX) {
      const [oldest] = this.#pending.keys();
      this.#cancel(oldest!, out);
    }
    return pending;
  }

  #complete(pending: Pending, lastChannel: number, out: GateEvent[]): void {
    const { barrier, startDelayMs, processedBytes, firstAtMs } = pending;
    const id = barrier.checkpointId;
    this.#pending.delete(id);
    for (const other of [...this.#pending.keys()]) if (other < id) this.#cancel(other, out);
    this.#settle(id);
    if (this.#aligns) this.#channels.unblockAll();
    const alignmentMs = this.#clock.monotonicMs() - firstAtMs;
    if (this.#aligns) this.#alignedMs += alignmentMs;
    const alignment = { startDelayMs, alignmentMs, processedBytes, lastChannel };
    out.push({ kind: 'barrier', barrier, alignment });
  }

  #cancel(id: number, out: GateEvent[]): void {
    const firstAtMs = this.#pending.get(id)!.firstAtMs;
    this.#pending.delete(id);
    if (this.#aligns) {
      this.#alignedMs += this.#clock.monotonicMs() - firstAtMs;
      this.#settle(id);
      this.#channels.unblockAll();
    } else {
      this.#aborted.add(id);
    }
    out.push({ kind: 'barrierCanceled', checkpointId: id });
  }

  #settle(id: number): void {
    this.#settledId = Math.max(this.#settledId, id);
    for (const other of this.#aborted) if (other <= this.#settledId) this.#aborted.delete(other);
  }
}
