/**
 * A process as a crash sees it. What it asked the outside for never comes back once it is dead:
 * calls that are under way neither resolve nor reject, timers don't fire.
 */
import type { TimerHandle, TimerPort } from '@weir/core';

export class SimulatedProcess implements TimerPort {
  readonly name: string;
  readonly #timers: TimerPort;
  readonly #onDeath: (() => void)[] = [];
  #alive = true;

  constructor(name: string, timers: TimerPort) {
    this.name = name;
    this.#timers = timers;
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  schedule(delayMs: number, callback: () => void): TimerHandle {
    return this.#timers.schedule(delayMs, () => {
      if (this.#alive) callback();
    });
  }

  /** Goes on after `delayMs`, or never. */
  pause(delayMs: number): Promise<void> {
    if (!this.#alive) return never();
    if (delayMs === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.schedule(delayMs, resolve);
    });
  }

  onDeath(callback: () => void): void {
    this.#onDeath.push(callback);
  }

  kill(): void {
    if (!this.#alive) return;
    this.#alive = false;
    for (const callback of this.#onDeath) callback();
  }
}

export function never(): Promise<never> {
  return new Promise(() => {});
}
