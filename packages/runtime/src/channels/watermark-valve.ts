/**
 * Combines watermarks and idleness of a gate's channels into one event time and one status.
 *
 * Called by `input-gate.ts` for each watermark and status; what comes out goes into the gate's
 * events. Semantics: Flink's StatusWatermarkValve.
 *
 * Invariants:
 * - The output watermark is the minimum over channels that are active and aligned; it never
 *   goes back.
 * - A channel that was idle holds nothing back until its watermark has caught up with the
 *   output: until then it is not aligned.
 * - A channel's own watermark never goes back.
 */
import { type EventTimeMs, invariant, MIN_TIMESTAMP } from '@weir/core';
import type { GateEvent } from './contracts.ts';

export class WatermarkValve {
  readonly #watermarks: Float64Array;
  readonly #idle: Uint8Array;
  readonly #aligned: Uint8Array;
  #active: number;
  #outputMs: EventTimeMs = MIN_TIMESTAMP;

  constructor(channels: number) {
    this.#watermarks = new Float64Array(channels).fill(MIN_TIMESTAMP);
    this.#idle = new Uint8Array(channels);
    this.#aligned = new Uint8Array(channels).fill(1);
    this.#active = channels;
  }

  /** Cost: O(channels) when the channel was the one that held the output back. */
  watermark(channel: number, timestampMs: EventTimeMs, out: GateEvent[]): void {
    const before = this.#watermarks[channel]!;
    invariant(timestampMs >= before, 'a watermark went back', { channel, before, timestampMs });
    if (this.#idle[channel] === 1 || timestampMs === before) return;
    this.#watermarks[channel] = timestampMs;
    if (this.#aligned[channel] === 0) {
      if (timestampMs < this.#outputMs) return;
      this.#aligned[channel] = 1;
    }
    if (before <= this.#outputMs) this.#advance(out);
  }

  status(channel: number, idle: boolean, out: GateEvent[]): void {
    if ((this.#idle[channel] === 1) === idle) return;
    this.#idle[channel] = idle ? 1 : 0;
    if (idle) this.#becameIdle(channel, out);
    else this.#becameActive(channel, out);
  }

  #becameIdle(channel: number, out: GateEvent[]): void {
    this.#aligned[channel] = 0;
    this.#active--;
    const heldBack = this.#watermarks[channel] === this.#outputMs;
    if (this.#active > 0) {
      if (heldBack) this.#advance(out);
      return;
    }
    // The last one: what the others had reached is no longer held back by anyone.
    if (heldBack) this.#emit(this.#watermarks.reduce(most), out);
    out.push({ kind: 'status', idle: true });
  }

  #becameActive(channel: number, out: GateEvent[]): void {
    if (this.#watermarks[channel]! >= this.#outputMs) this.#aligned[channel] = 1;
    this.#active++;
    if (this.#active === 1) out.push({ kind: 'status', idle: false });
  }

  #advance(out: GateEvent[]): void {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#watermarks.length; i++) {
      if (this.#aligned[i] === 1 && this.#watermarks[i]! < least) least = this.#watermarks[i]!;
    }
    if (least !== Number.POSITIVE_INFINITY) this.#emit(least, out);
  }

  #emit(timestampMs: EventTimeMs, out: GateEvent[]): void {
    if (timestampMs <= this.#outputMs) return;
    this.#outputMs = timestampMs;
    out.push({ kind: 'watermark', timestampMs });
  }
}

function most(left: number, right: number): number {
  return Math.max(left, right);
}
