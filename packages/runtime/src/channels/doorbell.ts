/**
 * How a slot's thread sleeps and is woken. One bell word and one sleeping flag per slot; whoever
 * publishes or frees a segment rings the peer if its flag is set, and clears the flag, so that one
 * sleep costs one ring at most.
 *
 * Called by `slot-exchange.ts`; the slot's runtime sleeps through it.
 *
 * Why no wake-up is lost: the sleeper sets its flag, reads the bell, looks into its mailboxes once
 * more and then waits for the bell to change from what it read. A publisher stores the mailbox's
 * tail first and reads the flag afterwards. All four are sequentially consistent, so either the
 * sleeper's look finds the entry or the publisher finds the flag. Whoever clears a flag rings.
 *
 * The wait has no timeout: deadlines are timers of the slot that call `ringSelf`.
 */
import type { AtomicsPort } from '@weir/core';
import { bellAt, type ExchangePlan, sleepingAt } from './exchange-plan.ts';

export class Doorbell {
  readonly #cells: Int32Array;
  readonly #slot: number;
  readonly #atomics: AtomicsPort;
  readonly #awake = () => this.#atomics.store(this.#cells, sleepingAt(this.#slot), 0);
  /** Rung from this thread since the last `sleep`: the thread was awake, so no word shows it. */
  #rung = false;

  constructor(plan: ExchangePlan, slot: number, atomics: AtomicsPort) {
    this.#cells = new Int32Array(plan.control);
    this.#slot = slot;
    this.#atomics = atomics;
  }

  /** Wakes another slot if it sleeps or is about to. Cost: one load when it does not. */
  ring(peer: number): void {
    if (this.#atomics.load(this.#cells, sleepingAt(peer)) === 0) return;
    this.#atomics.store(this.#cells, sleepingAt(peer), 0);
    this.#atomics.add(this.#cells, bellAt(peer), 1);
    this.#atomics.notify(this.#cells, bellAt(peer));
  }

  /** From this thread's own timers and messages: the current or next `sleep` ends at once. */
  ringSelf(): void {
    this.#rung = true;
    this.#atomics.add(this.#cells, bellAt(this.#slot), 1);
    this.#atomics.notify(this.#cells, bellAt(this.#slot));
  }

  /**
   * Waits until someone rings. Null when `poll` found something after the flag was set, or when
   * this thread rang its own bell since the last sleep: go on working.
   */
  sleep(poll: () => boolean): Promise<void> | null {
    if (this.#takeRung()) return null;
    this.#atomics.store(this.#cells, sleepingAt(this.#slot), 1);
    const bell = this.#atomics.load(this.#cells, bellAt(this.#slot));
    const wait = poll() ? null : this.#atomics.waitAsync(this.#cells, bellAt(this.#slot), bell);
    if (wait === null) {
      this.#awake();
      return null;
    }
    return wait.then(this.#wake);
  }

  readonly #wake = (): void => {
    this.#rung = false;
    this.#awake();
  };

  #takeRung(): boolean {
    const rung = this.#rung;
    this.#rung = false;
    return rung;
  }
}
