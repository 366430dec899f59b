/**
 * When the next periodic checkpoint is due: at a fixed rate, but never sooner after the last
 * completed one than the minimum pause, and never more at once than allowed. A trigger that has to
 * wait is not lost, and waiting ones don't pile up. Semantics: Flink's CheckpointRequestDecider;
 * the first trigger falls at a random point of the interval, so that jobs don't beat in step.
 */
import type { ClockPort, RandomPort, TimerHandle, TimerPort } from '@weir/core';
import type { CheckpointSettings } from './checkpoint-settings.ts';

export interface PeriodicTriggerPorts {
  readonly clock: ClockPort;
  readonly timers: TimerPort;
  readonly random: RandomPort;
}

export class PeriodicTrigger {
  readonly #settings: CheckpointSettings;
  readonly #ports: PeriodicTriggerPorts;
  readonly #inProgress: () => number;
  readonly #trigger: () => void;
  #interval: TimerHandle | null = null;
  #pause: TimerHandle | null = null;
  #due = false;
  #lastCompletionMs = Number.NEGATIVE_INFINITY;

  constructor(
    settings: CheckpointSettings,
    ports: PeriodicTriggerPorts,
    inProgress: () => number,
    trigger: () => void,
  ) {
    this.#settings = settings;
    this.#ports = ports;
    this.#inProgress = inProgress;
    this.#trigger = trigger;
  }

  start(): void {
    this.stop();
    const { intervalMs, minPauseMs } = this.#settings;
    if (intervalMs === 0) return;
    const first = minPauseMs + this.#ports.random.next() * (intervalMs - minPauseMs);
    this.#schedule(Math.ceil(first));
  }

  stop(): void {
    this.#interval?.cancel();
    this.#pause?.cancel();
    this.#interval = null;
    this.#pause = null;
    this.#due = false;
  }

  /** A checkpoint ended; perhaps one that waits can go now. */
  onEnded(completed: boolean): void {
    if (completed) this.#lastCompletionMs = this.#ports.clock.monotonicMs();
    this.#triggerIfDue();
  }

  #schedule(delayMs: number): void {
    this.#interval = this.#ports.timers.schedule(delayMs, () => {
      this.#schedule(this.#settings.intervalMs);
      this.#due = true;
      this.#triggerIfDue();
    });
  }

  #triggerIfDue(): void {
    if (!this.#due || this.#inProgress() >= this.#settings.concurrentMax) return;
    const sinceMs = this.#ports.clock.monotonicMs() - this.#lastCompletionMs;
    const waitMs = this.#settings.minPauseMs - sinceMs;
    this.#pause?.cancel();
    this.#pause = null;
    if (waitMs > 0) {
      this.#pause = this.#ports.timers.schedule(Math.ceil(waitMs), () => this.#triggerIfDue());
      return;
    }
    this.#due = false;
    this.#trigger();
  }
}
