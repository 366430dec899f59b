/**
 * The atomic operations that channels and doorbells use. The real port forwards to `Atomics`;
 * the simulator's may run other threads' steps inside any call, which is how it interleaves.
 */
export interface AtomicsPort {
  load(cells: Int32Array, index: number): number;
  store(cells: Int32Array, index: number, value: number): void;
  add(cells: Int32Array, index: number, value: number): number;
  notify(cells: Int32Array, index: number): void;
  /**
   * Resolves when the cell is notified; null when it no longer holds `expected`.
   * Never takes a timeout: a notified waiter would keep its timer until the deadline.
   */
  waitAsync(cells: Int32Array, index: number, expected: number): Promise<unknown> | null;
}
