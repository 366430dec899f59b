/**
 * The metrics of one subtask under Flink's names: the raw series, and what Flink derives from
 * them (rates, the split of a second into busy, idle and backpressured).
 *
 * Busy = running + queued + external, and busy + idle + backpressured = 1000 ms/s: the parts of a
 * window are scaled to that sum, since a task books a step's time only when the step has ended.
 */
import type { FrameWindow } from './frame-window.ts';
import { type Series, scopeName } from './series.ts';

export type MetricValue = number | boolean;
type Reader = (window: FrameWindow) => MetricValue;

export interface SubtaskMetric {
  /** `numRecordsIn` or `<operator>.numRecordsIn`. */
  readonly id: string;
  readonly name: string;
  readonly operatorId: string | null;
  readonly operatorName: string | null;
  readonly read: Reader;
}

/** Shares of a second in ms; they add up to 1000, or all are NaN before there is evidence. */
export interface TimeSplit {
  readonly running: number;
  readonly queued: number;
  readonly external: number;
  readonly busy: number;
  readonly idle: number;
  readonly backPressured: number;
}

const RATED = new Set([
  'numRecordsIn',
  'numRecordsOut',
  'numBytesIn',
  'numBytesOut',
  'numBuffersOut',
  'numFiredTimers',
]);

const TIME_PARTS = [
  'accumulateRunningTimeMs',
  'accumulateQueuedTimeMs',
  'accumulateExternalTimeMs',
  'accumulateIdleTimeMs',
  'accumulateBackPressuredTimeMs',
] as const;

const UNKNOWN: TimeSplit = {
  running: Number.NaN,
  queued: Number.NaN,
  external: Number.NaN,
  busy: Number.NaN,
  idle: Number.NaN,
  backPressured: Number.NaN,
};

/** A subtask counts as backpressured when it was so for a tenth of the time, as in Flink's UI. */
const BACK_PRESSURED_MS = 100;

export class SubtaskMetrics {
  readonly vertexId: string;
  readonly subtask: number;
  readonly metrics: ReadonlyMap<string, SubtaskMetric>;
  readonly #task: ReadonlyMap<string, number>;
  readonly #window: FrameWindow;

  constructor(
    vertexId: string,
    subtask: number,
    series: readonly { readonly index: number; readonly series: Series }[],
    window: FrameWindow,
  ) {
    this.vertexId = vertexId;
    this.subtask = subtask;
    this.#window = window;
    const task = new Map<string, number>();
    const metrics = new Map<string, SubtaskMetric>();
    for (const { index, series: one } of series) {
      if (one.operatorId === null) task.set(one.name, index);
      for (const metric of metricsOf(one, index)) metrics.set(metric.id, metric);
    }
    this.#task = task;
    for (const metric of this.#derived()) metrics.set(metric.id, metric);
    this.metrics = metrics;
  }

  /** Null when there is no such metric; NaN when it is not known yet. */
  value(id: string): MetricValue | null {
    return this.metrics.get(id)?.read(this.#window) ?? null;
  }

  /** One of the task's own raw series, 0 when it is not there or not known yet. */
  total(name: string): number {
    const index = this.#task.get(name);
    const value = index === undefined ? 0 : this.#window.value(index);
    return Number.isNaN(value) ? 0 : value;
  }

  timeSplit(): TimeSplit {
    const parts = TIME_PARTS.map((name) => this.#growth(name));
    const sum = parts.reduce((total, part) => total + part, 0);
    if (!(sum > 0)) return UNKNOWN;
    const [running, queued, external, idle, backPressured] = parts.map(
      (part) => (part * 1000) / sum,
    ) as [number, number, number, number, number];
    return { running, queued, external, busy: running + queued + external, idle, backPressured };
  }

  #growth(name: string): number {
    const index = this.#task.get(name);
    return index === undefined ? 0 : Math.max(0, this.#window.growth(index));
  }

  #derived(): SubtaskMetric[] {
    const own: Record<string, () => MetricValue> = {};
    if (this.#task.has('accumulateRunningTimeMs')) {
      const split = (part: keyof TimeSplit) => () => this.timeSplit()[part];
      own.busyTimeMsPerSecond = split('busy');
      own.runningTimeMsPerSecond = split('running');
      own.queuedTimeMsPerSecond = split('queued');
      own.externalTimeMsPerSecond = split('external');
      own.idleTimeMsPerSecond = split('idle');
      own.backPressuredTimeMsPerSecond = split('backPressured');
      own.softBackPressuredTimeMsPerSecond = split('backPressured');
      own.hardBackPressuredTimeMsPerSecond = () => 0;
      own.accumulateBusyTimeMs = () => Math.round(this.busyTotalMs());
      own.isBackPressured = () => this.timeSplit().backPressured >= BACK_PRESSURED_MS;
    }
    const bytesIn = this.#task.get('numBytesIn');
    if (bytesIn !== undefined) {
      // Every exchange stays within one process.
      own.numBytesInLocal = () => this.#window.value(bytesIn);
      own.numBytesInLocalPerSecond = () => this.#window.rate(bytesIn);
      own.numBytesInRemote = () => 0;
      own.numBytesInRemotePerSecond = () => 0;
    }
    return Object.entries(own).map(([name, read]) => ({
      id: name,
      name,
      operatorId: null,
      operatorName: null,
      read,
    }));
  }

  /** Running, queued and external time since the start of the attempt, ms. */
  busyTotalMs(): number {
    const [running, queued, external] = TIME_PARTS;
    return this.total(running) + this.total(queued) + this.total(external);
  }
}

function metricsOf(series: Series, index: number): SubtaskMetric[] {
  const { name, operatorId, operatorName } = series;
  const prefix = operatorName === null ? '' : `${scopeName(operatorName)}.`;
  const metric = (metricName: string, read: Reader): SubtaskMetric => ({
    id: `${prefix}${metricName}`,
    name: metricName,
    operatorId,
    operatorName,
    read,
  });
  const raw = metric(name, (window) => whole(name, window.value(index)));
  if (series.kind !== 'counter' || !RATED.has(name)) return [raw];
  return [raw, metric(`${name}PerSecond`, (window) => window.rate(index))];
}

/** Flink's accumulated times are whole milliseconds. */
function whole(name: string, value: number): number {
  return name.startsWith('accumulate') && name.endsWith('Ms') ? Math.round(value) : value;
}
