/** Metrics of Flink's job, TaskManager and JobManager scopes, computed from plain facts. */
import type { JobMetrics } from './metric-registry.ts';
import type { NamedMetrics } from './named-metrics.ts';
import type { ThreadFigures } from './series.ts';

/** What is known of a job besides its frames; times in epoch ms, sizes in bytes. */
export interface JobFacts {
  readonly nowMs: number;
  readonly status: string;
  /** When each status was last entered. */
  readonly timestamps: Readonly<Record<string, number | undefined>>;
  readonly restarts: number;
  readonly checkpoints: {
    readonly total: number;
    readonly inProgress: number;
    readonly completed: number;
    readonly failed: number;
    readonly restoredAtMs: number | null;
    readonly last: {
      readonly id: number;
      readonly durationMs: number;
      readonly bytes: number;
      readonly processedBytes: number;
      readonly path: string;
      readonly completedAtMs: number;
    } | null;
  };
}

export function jobMetrics(facts: JobFacts): NamedMetrics {
  const { checkpoints, timestamps, nowMs, status } = facts;
  const { last } = checkpoints;
  const since = (state: string) => (status === state ? nowMs - (timestamps[state] ?? nowMs) : 0);
  const running = since('RUNNING');
  const down = status === 'RESTARTING' || status === 'FAILING';
  return new Map<string, number | string>([
    ['numRestarts', facts.restarts],
    ['fullRestarts', facts.restarts],
    ['uptime', status === 'RUNNING' ? running : down ? 0 : -1],
    ['downtime', down ? nowMs - (timestamps[status] ?? nowMs) : status === 'RUNNING' ? 0 : -1],
    ['runningTime', running],
    ['restartingTime', since('RESTARTING')],
    ['failingTime', since('FAILING')],
    ['cancellingTime', since('CANCELLING')],
    ['initializingTime', since('INITIALIZING')],
    ['createdTime', since('CREATED')],
    ['totalNumberOfCheckpoints', checkpoints.total],
    ['numberOfInProgressCheckpoints', checkpoints.inProgress],
    ['numberOfCompletedCheckpoints', checkpoints.completed],
    ['numberOfFailedCheckpoints', checkpoints.failed],
    ['lastCompletedCheckpointId', last?.id ?? -1],
    ['lastCheckpointDuration', last?.durationMs ?? -1],
    ['lastCheckpointSize', last?.bytes ?? -1],
    ['lastCheckpointFullSize', last?.bytes ?? -1],
    ['lastCheckpointProcessedData', last?.processedBytes ?? -1],
    ['lastCheckpointPersistedData', last === null ? -1 : 0],
    ['lastCheckpointExternalPath', last?.path ?? 'n/a'],
    ['lastCheckpointCompletedTimestamp', last?.completedAtMs ?? -1],
    ['lastCheckpointRestoreTimestamp', checkpoints.restoredAtMs ?? -1],
  ]);
}

/** @param cores for the load, which is 0…1 of the whole machine as on the JVM. */
export function taskManagerMetrics(job: JobMetrics, cores: number): NamedMetrics {
  const process = job.process;
  if (process === null) return new Map();
  const { threads } = process;
  const sum = (pick: (thread: ThreadFigures) => number) =>
    threads.reduce((total, thread) => total + pick(thread), 0);
  const heapUsed = sum((thread) => thread.heapUsedBytes);
  const gcTotal = (all: readonly ThreadFigures[]) =>
    all.reduce((total, thread) => total + thread.gcMs, 0);
  const cpuPerSecond = job.processRate((figures) => figures.cpuMs);
  const delays = threads.map((thread) => thread.eventLoopDelayMs);
  return new Map<string, number>([
    ['Status.JVM.CPU.Load', cpuPerSecond / 1000 / cores],
    ['Status.JVM.CPU.Time', Math.round(process.cpuMs * 1e6)],
    ['Status.JVM.Memory.Heap.Used', heapUsed],
    ['Status.JVM.Memory.Heap.Committed', heapUsed],
    ['Status.JVM.Memory.Heap.Max', sum((thread) => thread.heapLimitBytes)],
    ['Status.JVM.Memory.NonHeap.Used', Math.max(0, process.rssBytes - heapUsed)],
    ['Status.JVM.GarbageCollector.All.Time', Math.round(gcTotal(threads))],
    [
      'Status.JVM.GarbageCollector.All.TimeMsPerSecond',
      job.processRate((figures) => gcTotal(figures.threads)),
    ],
    ['Status.JVM.Threads.Count', threads.length],
    ['Status.Shuffle.Netty.TotalMemory', process.segmentBytes],
    ['Status.Shuffle.Netty.UsedMemory', process.segmentBytesUsed],
    ['Status.Shuffle.Netty.AvailableMemory', process.segmentBytes - process.segmentBytesUsed],
    ['Status.Process.Memory.Resident', process.rssBytes],
    ['Status.Process.EventLoopDelayMs', delays.length === 0 ? 0 : Math.max(...delays)],
  ]);
}

export interface ClusterFacts {
  readonly runningJobs: number;
  readonly taskManagers: number;
  readonly slotsTotal: number;
  readonly slotsAvailable: number;
  readonly heapUsedBytes: number;
  readonly heapLimitBytes: number;
  readonly rssBytes: number;
}

export function jobManagerMetrics(facts: ClusterFacts): NamedMetrics {
  return new Map<string, number>([
    ['numRunningJobs', facts.runningJobs],
    ['numRegisteredTaskManagers', facts.taskManagers],
    ['taskSlotsTotal', facts.slotsTotal],
    ['taskSlotsAvailable', facts.slotsAvailable],
    ['Status.JVM.Memory.Heap.Used', facts.heapUsedBytes],
    ['Status.JVM.Memory.Heap.Committed', facts.heapUsedBytes],
    ['Status.JVM.Memory.Heap.Max', facts.heapLimitBytes],
    ['Status.JVM.Memory.NonHeap.Used', Math.max(0, facts.rssBytes - facts.heapUsedBytes)],
    ['Status.Process.Memory.Resident', facts.rssBytes],
  ]);
}
