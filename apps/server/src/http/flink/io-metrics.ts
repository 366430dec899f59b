/** What subtasks have read, written and spent, and the aggregates that Flink shows of it. */
import type { Aggregate, Aggregated, IoMetrics } from '@weir/flink-rest';
import { aggregateValues, percentile, type SubtaskMetrics } from '@weir/metrics';
import type { SubtaskView } from '@weir/runtime';
import { statusDurations } from './state-counts.ts';

const NUMBERS = {
  'read-bytes': (metrics) => metrics.total('numBytesIn'),
  'write-bytes': (metrics) => metrics.total('numBytesOut'),
  'read-records': (metrics) => metrics.total('numRecordsIn'),
  'write-records': (metrics) => metrics.total('numRecordsOut'),
  'accumulated-backpressured-time': (metrics) => metrics.total('accumulateBackPressuredTimeMs'),
  'accumulated-idle-time': (metrics) => metrics.total('accumulateIdleTimeMs'),
  'accumulated-busy-time': (metrics) => metrics.busyTotalMs(),
} as const satisfies Record<string, (metrics: SubtaskMetrics) => number>;
type NumberName = keyof typeof NUMBERS;
const NAMES = Object.keys(NUMBERS) as NumberName[];

/** Sums over the subtasks; incomplete while one of them has not sent metrics. */
export function ioMetrics(all: readonly (SubtaskMetrics | null)[]): IoMetrics {
  const known = all.filter((metrics) => metrics !== null);
  const complete = known.length === all.length;
  const sum = (name: NumberName) =>
    Math.round(known.reduce((total, metrics) => total + NUMBERS[name](metrics), 0));
  return {
    'read-bytes': sum('read-bytes'),
    'read-bytes-complete': complete,
    'write-bytes': sum('write-bytes'),
    'write-bytes-complete': complete,
    'read-records': sum('read-records'),
    'read-records-complete': complete,
    'write-records': sum('write-records'),
    'write-records-complete': complete,
    'accumulated-backpressured-time': sum('accumulated-backpressured-time'),
    'accumulated-idle-time': sum('accumulated-idle-time'),
    'accumulated-busy-time': sum('accumulated-busy-time'),
  };
}

/** Over the subtasks of a vertex or of one TaskManager; whole numbers, as Flink sends them. */
export function aggregated(
  subtasks: readonly SubtaskView[],
  metrics: readonly (SubtaskMetrics | null)[],
  nowMs: number,
): Aggregated {
  const durations = subtasks.map((subtask) => statusDurations(subtask, nowMs));
  const states = new Set(durations.flatMap((one) => Object.keys(one)));
  const over = (values: readonly number[]) => aggregateOf(values.map(Math.round));
  return {
    metrics: Object.fromEntries(
      NAMES.map((name) => [
        name,
        over(metrics.map((one) => (one === null ? 0 : NUMBERS[name](one)))),
      ]),
    ),
    'status-duration': Object.fromEntries(
      [...states].map((state) => [state, over(durations.map((one) => one[state] ?? 0))]),
    ),
  };
}

function aggregateOf(values: readonly number[]): Aggregate {
  if (values.length === 0) {
    return { min: 0, max: 0, avg: 0, sum: 0, median: 0, p25: 0, p75: 0, p95: 0 };
  }
  const { min, max, avg, sum } = aggregateValues(values);
  const sorted = [...values].sort((left, right) => left - right);
  const at = (p: number) => Math.floor(percentile(sorted, p));
  return {
    min,
    max,
    avg: Math.floor(avg),
    sum,
    median: at(50),
    p25: at(25),
    p75: at(75),
    p95: at(95),
  };
}
