/**
 * A mailbox of segment ids between two threads, single producer and single consumer: a ring in
 * shared memory and one shared word, the tail. Between two slots there are two per direction: one
 * with published segments, one with those coming back to their owner.
 *
 * Called by `slot-exchange.ts` and the remote channels.
 *
 * Invariants:
 * - The ring has room for every segment of the sender, and an id is in one place at a time, so
 *   it is never full and the consumer's head need not be shared.
 * - An entry, and the segment it names, is written before the tail is stored (release) and read
 *   after the tail was loaded (acquire).
 * - Head and tail count modulo 2^32.
 */
import type { AtomicsPort } from '@weir/core';

export class MailboxSender {
  readonly #cells: Int32Array;
  readonly #atomics: AtomicsPort;
  readonly #tailAt: number;
  readonly #ringAt: number;
  readonly #mask: number;
  #tail: number;

  /** @param capacity power of two */
  constructor(
    cells: Int32Array,
    atomics: AtomicsPort,
    tailAt: number,
    ringAt: number,
    capacity: number,
  ) {
    this.#cells = cells;
    this.#atomics = atomics;
    this.#tailAt = tailAt;
    this.#ringAt = ringAt;
    this.#mask = capacity - 1;
    this.#tail = atomics.load(cells, tailAt);
  }

  put(id: number): void {
    this.#cells[this.#ringAt + (this.#tail & this.#mask)] = id;
    this.#tail = (this.#tail + 1) | 0;
    this.#atomics.store(this.#cells, this.#tailAt, this.#tail);
  }
}

export class MailboxReceiver {
  readonly #cells: Int32Array;
  readonly #atomics: AtomicsPort;
  readonly #tailAt: number;
  readonly #ringAt: number;
  readonly #mask: number;
  #head = 0;
  #tail = 0;

  /** @param capacity power of two */
  constructor(
    cells: Int32Array,
    atomics: AtomicsPort,
    tailAt: number,
    ringAt: number,
    capacity: number,
  ) {
    this.#cells = cells;
    this.#atomics = atomics;
    this.#tailAt = tailAt;
    this.#ringAt = ringAt;
    this.#mask = capacity - 1;
  }

  /** Looks for new entries; the number of ids that `take` can be called for. */
  look(): number {
    this.#tail = this.#atomics.load(this.#cells, this.#tailAt);
    return (this.#tail - this.#head) | 0;
  }

  take(): number {
    const id = this.#cells[this.#ringAt + (this.#head & this.#mask)]!;
    this.#head = (this.#head + 1) | 0;
    return id;
  }
}
