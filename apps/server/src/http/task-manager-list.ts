/** All TaskManagers with their slot threads: who runs in each, and what it costs. */
import { availableParallelism } from 'node:os';
import type { SlotThread, TaskManagerEntry, TaskManagerList } from '@weir/console-protocol';
import type { JobMetrics, ThreadFigures } from '@weir/metrics';
import type { JobView } from '@weir/runtime';
import { type TaskManagerOfJob, taskManagers } from './flink/cluster-figures.ts';
import type { HandlerContext } from './flink/handler-context.ts';

export function taskManagerListOf(context: HandlerContext): TaskManagerList {
  return {
    cores: availableParallelism(),
    taskManagers: taskManagers(context).map((one) =>
      entryOf(one, context.registry.job(one.view.jobId), context.processes.heapEnd(one.view.jobId)),
    ),
  };
}

function entryOf(
  { id, view, slots }: TaskManagerOfJob,
  job: JobMetrics | null,
  heapEnd: TaskManagerEntry['heapEnd'],
): TaskManagerEntry {
  const figures = job?.process ?? null;
  const threads = figures?.threads ?? [];
  const sum = (pick: (thread: ThreadFigures) => number) =>
    threads.length === 0 ? null : threads.reduce((total, thread) => total + pick(thread), 0);
  const delays = threads.map(({ eventLoopDelayMs }) => eventLoopDelayMs);
  const gcMs = rateOf(job, (all) => all.reduce((total, { gcMs: one }) => total + one, 0));
  const cpuMs = job === null ? Number.NaN : job.processRate((process) => process.cpuMs);
  return {
    id,
    pid: view.taskManager?.pid ?? 0,
    jobId: view.jobId,
    jobName: view.graph.name,
    jobState: view.status,
    runningSince: view.status === 'RUNNING' ? (view.timestamps.RUNNING ?? null) : null,
    restarts: view.restarts,
    cpuCores: known(cpuMs / 1000),
    rssBytes: figures?.rssBytes ?? null,
    heapUsedBytes: sum((thread) => thread.heapUsedBytes),
    heapLimitBytes: sum((thread) => thread.heapLimitBytes),
    eventLoopDelayMs: delays.length === 0 ? null : Math.max(...delays),
    gc: gcMs === null || threads.length === 0 ? null : gcMs / 1000 / threads.length,
    channelBytes: figures?.segmentBytes ?? null,
    channelBytesUsed: figures?.segmentBytesUsed ?? null,
    heapEnd,
    slots: Array.from({ length: slots }, (_, slot) => slotOf(view, job, slot)),
  };
}

function slotOf(view: JobView, job: JobMetrics | null, slot: number): SlotThread {
  const thread = job?.process?.threads.find((one) => one.slot === slot) ?? null;
  const tasks = view.graph.vertices.flatMap(({ id: vertexId, name }) => {
    const subtasks = view.vertices.find(({ id }) => id === vertexId)?.subtasks ?? [];
    return subtasks
      .filter((one) => one.slot === slot)
      .map(({ subtask }) => {
        const split = job?.subtask(vertexId, subtask)?.timeSplit();
        return { vertexId, name, subtask, running: known((split?.running ?? Number.NaN) / 1000) };
      });
  });
  const parts = tasks.map(({ running }) => running).filter((part) => part !== null);
  const gcMs = rateOf(job, (all) => all.find((one) => one.slot === slot)?.gcMs ?? 0);
  return {
    slot,
    busy:
      parts.length === 0
        ? null
        : Math.min(
            1,
            parts.reduce((total, part) => total + part, 0),
          ),
    gc: thread === null || gcMs === null ? null : Math.min(1, gcMs / 1000),
    heapUsedBytes: thread?.heapUsedBytes ?? null,
    heapLimitBytes: thread?.heapLimitBytes ?? null,
    eventLoopDelayMs: thread?.eventLoopDelayMs ?? null,
    tasks,
  };
}

/** Growth per second of a figure of the threads; null before the second frame. */
function rateOf(
  job: JobMetrics | null,
  figure: (threads: readonly ThreadFigures[]) => number,
): number | null {
  return job === null ? null : known(job.processRate(({ threads }) => figure(threads)));
}

function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
