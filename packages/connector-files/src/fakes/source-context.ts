/** A source's surroundings for tests: a clock that stands until it is moved, and a waker. */
import {
  Configuration,
  type MetricGroup,
  type ReaderOutput,
  type SourceContext,
  type TaskInfo,
} from '@weir/core';

interface FakeTimer {
  readonly atMs: number;
  readonly callback: () => void;
  cancelled: boolean;
}

const METRICS: MetricGroup = {
  counter: () => ({ inc() {}, getCount: () => 0 }),
  gauge() {},
  addGroup: () => METRICS,
};

export class FakeSourceContext implements SourceContext {
  readonly metricGroup = METRICS;
  readonly configuration = new Configuration();
  readonly taskInfo: TaskInfo;
  nowMs = 1_000_000;
  #timers: FakeTimer[] = [];
  #wake: () => void = () => {};

  constructor(subtaskIndex = 0, parallelism = 1) {
    this.taskInfo = {
      jobName: 'job',
      taskName: 'task',
      operatorName: 'source',
      subtaskIndex,
      parallelism,
      maxParallelism: 128,
      attempt: 0,
    };
  }

  readonly clock = { nowMs: () => this.nowMs, monotonicMs: () => this.nowMs };

  readonly timers = {
    schedule: (delayMs: number, callback: () => void) => {
      const timer: FakeTimer = { atMs: this.nowMs + delayMs, callback, cancelled: false };
      this.#timers.push(timer);
      return {
        cancel() {
          timer.cancelled = true;
        },
      };
    },
  };

  get armedTimers(): number {
    return this.#timers.filter((timer) => !timer.cancelled).length;
  }

  /** Moves the clock on and calls what fell due. */
  pass(ms: number): void {
    this.nowMs += ms;
    const due = this.#timers.filter((timer) => !timer.cancelled && timer.atMs <= this.nowMs);
    this.#timers = this.#timers.filter((timer) => !due.includes(timer));
    for (const timer of due) timer.callback();
  }

  wakeUp(): void {
    this.#wake();
  }

  /** Resolves at the next wake-up. */
  woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

export interface Emitted<T> {
  readonly record: T;
  readonly timestampMs: number;
  readonly splitId: string;
}

export class FakeOutput<T> implements ReaderOutput<T> {
  readonly emitted: Emitted<T>[] = [];
  readonly finished: string[] = [];
  room = Number.POSITIVE_INFINITY;

  get records(): T[] {
    return this.emitted.map(({ record }) => record);
  }

  collect(record: T, timestampMs: number, splitId: string): void {
    this.emitted.push({ record, timestampMs, splitId });
    this.room--;
  }

  splitFinished(splitId: string): void {
    this.finished.push(splitId);
  }
}
