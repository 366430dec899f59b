/**
 * The atomic operations of one slot's thread. Before and after each, whole tasks of other threads
 * may run, as the seed says (docs/adr/nested-interleaving.md).
 *
 * It remembers what its thread saw last in each cell, so that a sleep that should have ended shows:
 * a thread that sleeps must have seen its mailboxes as they are.
 */
import type { AtomicsPort } from '@weir/core';
import { SimulatedWait } from './simulated-wait.ts';
import type { SimulatedThread } from './simulated-thread.ts';

export class InterleavingAtomics implements AtomicsPort {
  readonly #thread: SimulatedThread;
  readonly #interleave: () => void;
  /** By cell: who waits for it. Shared by the threads of a process. */
  readonly #waiters: Map<number, () => void>;
  readonly #seen = new Map<number, number>();
  #isSleeping = false;

  constructor(thread: SimulatedThread, waiters: Map<number, () => void>, interleave: () => void) {
    this.#thread = thread;
    this.#waiters = waiters;
    this.#interleave = interleave;
  }

  /** It sleeps, nobody has notified it, and the cell is not what it saw when it last looked. */
  missed(cells: Int32Array, index: number): boolean {
    return this.#isSleeping && cells[index] !== (this.#seen.get(index) ?? 0);
  }

  load(cells: Int32Array, index: number): number {
    this.#interleave();
    const value = cells[index]!;
    this.#seen.set(index, value);
    this.#interleave();
    return value;
  }

  store(cells: Int32Array, index: number, value: number): void {
    this.#interleave();
    cells[index] = value;
    this.#interleave();
  }

  add(cells: Int32Array, index: number, value: number): number {
    this.#interleave();
    const before = cells[index]!;
    cells[index] = before + value;
    this.#interleave();
    return before;
  }

  notify(_cells: Int32Array, index: number): void {
    this.#interleave();
    const wake = this.#waiters.get(index);
    if (wake !== undefined) {
      this.#waiters.delete(index);
      wake();
    }
    this.#interleave();
  }

  waitAsync(cells: Int32Array, index: number, expected: number): Promise<unknown> | null {
    this.#interleave();
    if (cells[index] !== expected) return null;
    const wait = new SimulatedWait();
    this.#isSleeping = true;
    this.#waiters.set(index, () => {
      this.#isSleeping = false;
      this.#thread.enqueue('turn', () => wait.fire());
    });
    return wait.promise;
  }
}
