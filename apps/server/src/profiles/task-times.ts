/**
 * What each subtask did with its time, from the counters that tasks keep of their states. A V8
 * profiler sees none of the waiting.
 *
 * Law: the parts of a subtask's time add up to the time between the two readings.
 */
import type { JobGraph } from '@weir/graph';
import type { JobMetrics, SubtaskMetrics } from '@weir/metrics';

const TASK_TIMES = {
  running: 'accumulateRunningTimeMs',
  queued: 'accumulateQueuedTimeMs',
  external: 'accumulateExternalTimeMs',
  blocked: 'accumulateBackPressuredTimeMs',
  starved: 'accumulateIdleTimeMs',
} as const;

export type TaskActivity = keyof typeof TASK_TIMES;
export const TASK_ACTIVITIES = Object.keys(TASK_TIMES) as TaskActivity[];

/** ms of one subtask. */
export interface SubtaskTimes {
  readonly vertexId: string;
  readonly subtask: number;
  readonly ms: Readonly<Record<TaskActivity, number>>;
  /** Parts of `external`, by operator id; of `blocked`, by index of the edge. */
  readonly externalMs: Readonly<Record<string, number>>;
  readonly blockedMs: Readonly<Record<string, number>>;
}

/** Totals since the attempt's start, as the latest frame of metrics says. */
export interface TimesReading {
  readonly atMs: number;
  readonly subtasks: readonly SubtaskTimes[];
}

/** Null before the first frame. */
export function readTimes(metrics: JobMetrics | null, graph: JobGraph): TimesReading | null {
  if (metrics === null || metrics.atMs === null) return null;
  const subtasks = graph.vertices.flatMap((vertex) =>
    metrics.subtasks(vertex.id).map((subtask): SubtaskTimes => {
      const edges = graph.edges.filter(({ source }) => source === vertex.id);
      return {
        vertexId: vertex.id,
        subtask: subtask.subtask,
        ms: mapped(TASK_TIMES, (name) => subtask.total(name)),
        externalMs: Object.fromEntries(
          vertex.operators.map(({ id }) => [id, operatorTotal(subtask, id)]),
        ),
        blockedMs: Object.fromEntries(
          edges.map(({ index }) => [index, subtask.total(`edge.${index}.blockedMs`)]),
        ),
      };
    }),
  );
  return { atMs: metrics.atMs, subtasks };
}

/** What passed between two readings; subtasks that were started anew in between are left out. */
export function timesBetween(before: TimesReading, after: TimesReading): SubtaskTimes[] {
  const earlier = new Map(before.subtasks.map((one) => [keyOf(one), one]));
  return after.subtasks.flatMap((now) => {
    const then = earlier.get(keyOf(now));
    if (then === undefined) return [];
    const ms = mapped(TASK_TIMES, (_, part) => now.ms[part] - then.ms[part]);
    if (Object.values(ms).some((part) => part < 0)) return [];
    return [
      {
        vertexId: now.vertexId,
        subtask: now.subtask,
        ms,
        externalMs: growth(then.externalMs, now.externalMs),
        blockedMs: growth(then.blockedMs, now.blockedMs),
      },
    ];
  });
}

/** Subtask by subtask. */
export function sumOfTimes(all: readonly (readonly SubtaskTimes[])[]): SubtaskTimes[] {
  const sums = new Map<string, SubtaskTimes>();
  for (const one of all.flat()) {
    const sum = sums.get(keyOf(one));
    sums.set(keyOf(one), sum === undefined ? one : plus(sum, one));
  }
  return [...sums.values()];
}

function operatorTotal(subtask: SubtaskMetrics, operatorId: string): number {
  for (const { id, name, operatorId: owner } of subtask.metrics.values()) {
    if (owner !== operatorId || name !== 'externalTimeMs') continue;
    const value = Number(subtask.value(id));
    return Number.isNaN(value) ? 0 : value;
  }
  return 0;
}

function plus(left: SubtaskTimes, right: SubtaskTimes): SubtaskTimes {
  return {
    ...left,
    ms: mapped(TASK_TIMES, (_, part) => left.ms[part] + right.ms[part]),
    externalMs: sumOf(left.externalMs, right.externalMs),
    blockedMs: sumOf(left.blockedMs, right.blockedMs),
  };
}

type Numbers = Readonly<Record<string, number>>;

function sumOf(left: Numbers, right: Numbers): Numbers {
  const sum: Record<string, number> = { ...left };
  for (const [key, value] of Object.entries(right)) sum[key] = (sum[key] ?? 0) + value;
  return sum;
}

function growth(before: Numbers, after: Numbers): Numbers {
  return Object.fromEntries(
    Object.entries(after).map(([key, value]) => [key, Math.max(0, value - (before[key] ?? 0))]),
  );
}

function mapped<Key extends string, In, Out>(
  record: Readonly<Record<Key, In>>,
  map: (value: In, key: Key) => Out,
): Record<Key, Out> {
  const entries = Object.entries(record) as [Key, In][];
  return Object.fromEntries(entries.map(([key, value]) => [key, map(value, key)])) as Record<
    Key,
    Out
  >;
}

function keyOf({ vertexId, subtask }: SubtaskTimes): string {
  return `${vertexId}#${subtask}`;
}
