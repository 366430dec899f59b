/** Sums and percentiles over the acknowledgements of a checkpoint. */
import { javaDouble, type Statistics } from '@weir/flink-rest';
import { percentile } from '@weir/metrics';
import type { CheckpointSubtaskView, CheckpointView } from '@weir/runtime';

export interface CheckpointBytes {
  /** Written by this checkpoint. */
  readonly written: number;
  readonly state: number;
  readonly processed: number;
  readonly subtasks: number;
  readonly acknowledged: number;
  /** Epoch ms, -1 = none yet. */
  readonly lastAck: number;
}

export function bytesOf(checkpoint: CheckpointView): CheckpointBytes {
  return sumUp(checkpoint.tasks.flatMap((task) => task.subtasks));
}

export function sumUp(subtasks: readonly CheckpointSubtaskView[]): CheckpointBytes {
  let written = 0;
  let state = 0;
  let processed = 0;
  let acknowledged = 0;
  let lastAck = -1;
  for (const { snapshot, ackAtMs } of subtasks) {
    if (snapshot === null) continue;
    acknowledged++;
    written += snapshot.file?.bytes ?? 0;
    state += snapshot.stateBytes;
    processed += snapshot.processedBytes;
    lastAck = Math.max(lastAck, ackAtMs ?? -1);
  }
  return { written, state, processed, acknowledged, lastAck, subtasks: subtasks.length };
}

/** ms, -1 = not yet acknowledged by anyone. */
export function endToEndMs(checkpoint: CheckpointView): number {
  const end = checkpoint.completedAtMs ?? checkpoint.failedAtMs ?? bytesOf(checkpoint).lastAck;
  return end < 0 ? -1 : Math.max(0, end - checkpoint.triggeredAtMs);
}

export function isSavepoint(type: CheckpointView['type']): boolean {
  return type === 'savepoint' || type === 'stop' || type === 'drain';
}

/** Averages are whole numbers, as in Flink; percentiles of nothing are NaN. */
export function statisticsOf(values: readonly number[]): Statistics {
  const sorted = [...values].sort((left, right) => left - right);
  const at = (p: number) => javaDouble(percentile(sorted, p));
  const sum = values.reduce((total, value) => total + value, 0);
  return {
    min: sorted[0] ?? 0,
    max: sorted.at(-1) ?? 0,
    avg: values.length === 0 ? 0 : Math.floor(sum / values.length),
    p50: at(50),
    p90: at(90),
    p95: at(95),
    p99: at(99),
    p999: at(99.9),
  };
}

/** For what Weir never has: data buffered or persisted by an alignment. */
export const NO_DATA: Statistics = {
  min: 0,
  max: 0,
  avg: 0,
  p50: 0,
  p90: 0,
  p95: 0,
  p99: 0,
  p999: 0,
};
