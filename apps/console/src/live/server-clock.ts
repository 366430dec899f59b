/**
 * The server's clock as far as it is known here. Ages are measured against times of the server, and
 * what another machine calls now may be minutes away.
 *
 * Invariant: a difference that a message on its way, or a busy page, explains is none.
 */
const SAMPLES = 10;
const SAME_MS = 2000;

export class ServerClock {
  readonly #local: () => number;
  /** Server minus here, of the newest messages: too small by how long each was on its way. */
  readonly #samples: number[] = [];
  #aheadMs = 0;

  /** @param local this machine's clock, epoch ms. */
  constructor(local: () => number) {
    this.#local = local;
  }

  /** A message has come that the server sent at `t`, epoch ms by its own clock. */
  heard(t: number): void {
    this.#samples.push(t - this.#local());
    if (this.#samples.length > SAMPLES) this.#samples.shift();
    const ahead = Math.max(...this.#samples);
    this.#aheadMs = Math.abs(ahead) < SAME_MS ? 0 : ahead;
  }

  /** Epoch ms. */
  now(): number {
    return this.#local() + this.#aheadMs;
  }
}

/** Of the server that this page came from. */
export const serverClock = new ServerClock(() => Date.now());
