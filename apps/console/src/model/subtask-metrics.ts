/** Metrics of single subtasks out of Flink's flat list of `<subtask>.<metric>`. */
import type { MetricValues } from '@weir/flink-rest';

export const SUBTASK_METRICS = {
  busy: 'busyTimeMsPerSecond',
  backpressured: 'backPressuredTimeMsPerSecond',
  recordsIn: 'numRecordsInPerSecond',
  recordsOut: 'numRecordsOutPerSecond',
  watermark: 'currentInputWatermark',
} as const;

export type SubtaskMetric = keyof typeof SUBTASK_METRICS;

/** More than this are not asked for at once. */
const SUBTASKS_MAX = 128;

export function subtaskMetricIds(parallelism: number): string[] {
  const ids: string[] = [];
  for (let subtask = 0; subtask < Math.min(parallelism, SUBTASKS_MAX); subtask++) {
    for (const metric of Object.values(SUBTASK_METRICS)) ids.push(`${subtask}.${metric}`);
  }
  return ids;
}

export type SubtaskValues = (subtask: number, metric: SubtaskMetric) => number | null;

/** A watermark that was never set is Java's smallest long: unknown. */
const UNSET_BELOW = -1e15;

export function subtaskValues(values: MetricValues): SubtaskValues {
  const byId = new Map(values.map(({ id, value }) => [id, Number(value ?? Number.NaN)]));
  return (subtask, metric) => {
    const value = byId.get(`${subtask}.${SUBTASK_METRICS[metric]}`) ?? Number.NaN;
    return Number.isFinite(value) && value > UNSET_BELOW ? value : null;
  };
}
