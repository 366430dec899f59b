/**
 * Clock, timers and randomness as the engine receives them. `graph`, `runtime`, `sql` and `cep`
 * touch none of these by themselves; the server, the task manager and the simulator bring them.
 */
export interface ClockPort {
  /** Wall clock, milliseconds since the epoch; may jump. */
  nowMs(): number;
  /** Milliseconds with fractions from an arbitrary start; never goes back. */
  monotonicMs(): number;
}

export interface TimerHandle {
  cancel(): void;
}

export interface TimerPort {
  /** Calls back once after `delayMs` (0 = as soon as possible, never synchronously). */
  schedule(delayMs: number, callback: () => void): TimerHandle;
}

export interface RandomPort {
  /** Uniform in [0, 1). */
  next(): number;
  /** `digits` lowercase hexadecimal digits. */
  hex(digits: number): string;
}
