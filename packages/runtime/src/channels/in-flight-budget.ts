/**
 * Bounds what is under way in a channel in time: a receiver that is slow gets less at once, so
 * that a barrier behind it passes within about a second (Flink calls it buffer debloating).
 *
 * Called by the sending side of each channel, once per segment or batch that was read.
 *
 * The sender knows, of each segment that comes back, how much was under way when it left and how
 * long it was gone: their quotient is the rate at which the receiver really reads. The budget is
 * what that rate takes in `TARGET_MS`. It starts small, because nothing is known of the receiver
 * then, and at most doubles or halves per segment, so that one pause does not throttle a channel
 * for long; a receiver that suddenly becomes slow first has to read what is there. The batch that
 * the receiver is working on comes on top and is no larger than one budget: together they are
 * about one second.
 */
const TARGET_MS = 500;
const ELAPSED_MS_MIN = 0.01;

export class InFlightBudget {
  readonly #most: number;
  readonly #least: number;
  /** In the unit of the constructor's arguments: bytes or rows. */
  amount: number;

  constructor(least: number, initial: number, most: number) {
    this.#least = least;
    this.#most = most;
    this.amount = Math.min(initial, most);
  }

  /** @param ahead what was under way, itself included, when something left that was now read */
  observe(ahead: number, elapsedMs: number): void {
    const affordable = (ahead * TARGET_MS) / Math.max(elapsedMs, ELAPSED_MS_MIN);
    const near = Math.min(Math.max(affordable, this.amount / 2), this.amount * 2);
    this.amount = Math.min(Math.max(near, this.#least), this.#most);
  }
}
