/** One direction of a connection: messages take their time, but never overtake each other. */
import type { VirtualTime } from '../virtual-time.ts';

export class MessageLink {
  readonly #time: VirtualTime;
  readonly #latencyMs: () => number;
  #lastAtMs = 0;

  constructor(time: VirtualTime, latencyMs: () => number) {
    this.#time = time;
    this.#latencyMs = latencyMs;
  }

  send(deliver: () => void): void {
    const nowMs = this.#time.nowMs();
    this.#lastAtMs = Math.max(this.#lastAtMs, nowMs + this.#latencyMs());
    this.#time.schedule(this.#lastAtMs - nowMs, deliver);
  }
}
