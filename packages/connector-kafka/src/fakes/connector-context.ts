/** What tests give sources and sinks in place of a task: real time, metrics that can be read. */
import {
  Configuration,
  type Counter,
  type Gauge,
  type MetricGroup,
  type OutputTag,
  type ReaderOutput,
  type SinkContext,
  type SourceContext,
  type TaskInfo,
} from '@weir/core';

export class ReadableMetrics implements MetricGroup {
  readonly counters: Map<string, number>;
  readonly gauges: Map<string, Gauge>;
  readonly #prefix: string;

  constructor(
    prefix = '',
    counters = new Map<string, number>(),
    gauges = new Map<string, Gauge>(),
  ) {
    this.#prefix = prefix;
    this.counters = counters;
    this.gauges = gauges;
  }

  counter(name: string): Counter {
    const key = this.#prefix + name;
    this.counters.set(key, 0);
    return {
      inc: (by = 1) => this.counters.set(key, this.counters.get(key)! + by),
      getCount: () => this.counters.get(key)!,
    };
  }

  gauge(name: string, read: Gauge): void {
    this.gauges.set(this.#prefix + name, read);
  }

  addGroup(name: string): MetricGroup {
    return new ReadableMetrics(`${this.#prefix}${name}.`, this.counters, this.gauges);
  }
}

export class ConnectorContext implements SourceContext, SinkContext {
  readonly jobId: string;
  readonly taskInfo: TaskInfo;
  readonly metricGroup = new ReadableMetrics();
  readonly configuration: Configuration;
  readonly restoredCheckpointId: number | null;
  readonly clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
  readonly timers = {
    schedule(delayMs: number, callback: () => void) {
      const timer = setTimeout(callback, delayMs);
      return { cancel: () => clearTimeout(timer) };
    },
  };
  #waiting: Array<() => void> = [];

  constructor(
    options: {
      readonly subtaskIndex?: number;
      readonly parallelism?: number;
      readonly attempt?: number;
      readonly restoredCheckpointId?: number | null;
      readonly configuration?: Readonly<Record<string, string>>;
      readonly jobId?: string;
    } = {},
  ) {
    const { subtaskIndex = 0, parallelism = 1, attempt = 0, jobId = 'a'.repeat(32) } = options;
    this.jobId = jobId;
    this.configuration = new Configuration(options.configuration);
    this.restoredCheckpointId = options.restoredCheckpointId ?? null;
    const names = { jobName: 'job', taskName: 'task', operatorName: 'kafka' };
    this.taskInfo = { ...names, subtaskIndex, parallelism, maxParallelism: 128, attempt };
  }

  wakeUp(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Resolves at the next wake-up. */
  woken(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

interface Emitted<T> {
  readonly record: T;
  readonly timestampMs: number;
  readonly splitId: string;
}

export class CollectedOutput<T> implements ReaderOutput<T> {
  readonly emitted: Emitted<T>[] = [];
  readonly sides: Array<{ readonly tag: string; readonly record: unknown }> = [];
  readonly finished: string[] = [];
  room = 0;

  get records(): T[] {
    return this.emitted.map(({ record }) => record);
  }

  collect(record: T, timestampMs: number, splitId: string): void {
    this.emitted.push({ record, timestampMs, splitId });
    this.room = Math.max(0, this.room - 1);
  }

  sideOutput<X>(tag: OutputTag<X>, record: X): void {
    this.sides.push({ tag: tag.id, record });
    this.room = Math.max(0, this.room - 1);
  }

  splitFinished(splitId: string): void {
    this.finished.push(splitId);
  }
}
