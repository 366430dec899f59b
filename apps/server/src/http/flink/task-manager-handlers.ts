/** TaskManagers: each is the process of one job. */
import { availableParallelism, freemem, totalmem } from 'node:os';
import type { ThreadStack } from '@weir/console-protocol';
import { isWeirError } from '@weir/core';
import type { FlinkHandlers, ResourceProfile, TaskManagerInfo } from '@weir/flink-rest';
import type { ProcessFigures } from '@weir/metrics';
import { type TaskManagerOfJob, taskManagers } from './cluster-figures.ts';
import { type HandlerContext, notFound } from './handler-context.ts';

type Handled =
  | 'taskManager'
  | 'taskManagerLog'
  | 'taskManagerLogFile'
  | 'taskManagerLogs'
  | 'taskManagers'
  | 'taskManagerStdout'
  | 'taskManagerThreadDump';

const MIB = 1_048_576;
const LOG_FILE = 'taskmanager.log';

export function taskManagerHandlers(context: HandlerContext): Pick<FlinkHandlers, Handled> {
  const find = (id: string): TaskManagerOfJob => {
    const found = taskManagers(context).find((one) => one.id === id);
    if (found !== undefined) return found;
    throw notFound(`No TaskManager ${id}; it may have ended with its job.`);
  };
  const logOf = async (id: string) => (await context.logs(find(id).view.jobId)?.text()) ?? '';
  return {
    taskManagers: () => ({ taskmanagers: taskManagers(context).map((one) => info(context, one)) }),
    taskManager: ({ params }) => {
      const found = find(params.taskmanagerid);
      const figures = context.registry.job(found.view.jobId)?.process ?? null;
      const profile = profileOf(figures, 1 / found.slots);
      return {
        ...info(context, found),
        allocatedSlots: Array.from({ length: found.slots }, (_, slot) => ({
          jobId: found.view.jobId,
          resource: profile,
          assignedTasks: tasksOf(found, slot),
        })),
        metrics: processMetrics(figures),
      };
    },
    taskManagerLogs: async ({ params }) => {
      const size = Buffer.byteLength(await logOf(params.taskmanagerid));
      return { logs: [{ name: LOG_FILE, size, mtime: context.nowMs() }] };
    },
    taskManagerLogFile: ({ params }) => {
      if (params.file === LOG_FILE) return logOf(params.taskmanagerid);
      throw notFound(`There is no log file ${params.file} of TaskManager ${params.taskmanagerid}.`);
    },
    taskManagerLog: ({ params }) => logOf(params.taskmanagerid),
    taskManagerStdout: ({ params }) => logOf(params.taskmanagerid),
    taskManagerThreadDump: async ({ params }) => {
      const { view } = find(params.taskmanagerid);
      const control = context.service.job(view.jobId)?.control;
      // One that does not run yet, or no more, has no threads to look into.
      const running = view.status === 'RUNNING' && control !== undefined;
      const stacks = running ? await context.profiles.stacks(control).catch(nothingIfOver) : null;
      return { threadInfos: (stacks?.threads ?? []).map(threadInfo) };
    },
  };
}

function nothingIfOver(error: unknown): null {
  if (isWeirError(error) && error.code === 'JOB_STATE_INVALID') return null;
  throw error;
}

/** As a dump of the JVM writes a thread. */
function threadInfo({ name, state, operator, stack }: ThreadStack) {
  const where = operator === null ? '' : ` in ${operator.name} (${operator.subtask})`;
  const frames = stack.map((one) => `\tat ${one.function} (${one.file}:${one.line})\n`);
  const head = `"${name}" ${THREAD_STATES[state]}${where}\n`;
  return { threadName: name, stringifiedThreadInfo: head + frames.join('') };
}

const THREAD_STATES = { running: 'RUNNABLE', waiting: 'WAITING', native: 'RUNNABLE (in native)' };

function tasksOf({ view }: TaskManagerOfJob, slot: number | null): number {
  const all = view.vertices.flatMap((vertex) => vertex.subtasks);
  return all.filter((subtask) => slot === null || subtask.slot === slot).length;
}

function info(context: HandlerContext, found: TaskManagerOfJob): TaskManagerInfo {
  const job = context.registry.job(found.view.jobId);
  const figures = job?.process ?? null;
  const heap = heapLimit(figures);
  const network = figures?.segmentBytes ?? 0;
  return {
    id: found.id,
    path: `weir://${found.id}`,
    dataPort: 0,
    jmxPort: -1,
    timeSinceLastHeartbeat: job?.atMs ?? context.nowMs(),
    slotsNumber: found.slots,
    freeSlots: 0,
    assignedTasks: tasksOf(found, null),
    totalResource: profileOf(figures, 1),
    freeResource: profileOf(null, 1),
    hardware: {
      cpuCores: availableParallelism(),
      physicalMemory: totalmem(),
      freeMemory: freemem(),
      managedMemory: 0,
    },
    memoryConfiguration: {
      frameworkHeap: 0,
      taskHeap: heap,
      frameworkOffHeap: 0,
      taskOffHeap: 0,
      networkMemory: network,
      managedMemory: 0,
      jvmMetaspace: 0,
      jvmOverhead: 0,
      totalFlinkMemory: heap + network,
      totalProcessMemory: heap + network,
    },
    blocked: false,
  };
}

/** MiB; nothing is known before the first frame. */
function profileOf(figures: ProcessFigures | null, share: number): ResourceProfile {
  const slots = figures?.threads.filter((thread) => thread.slot >= 0).length ?? 0;
  return {
    cpuCores: slots * share,
    taskHeapMemory: Math.floor((heapLimit(figures) * share) / MIB),
    taskOffHeapMemory: 0,
    managedMemory: 0,
    networkMemory: Math.floor(((figures?.segmentBytes ?? 0) * share) / MIB),
    extendedResources: {},
  };
}

function heapLimit(figures: ProcessFigures | null): number {
  return figures?.threads.reduce((sum, thread) => sum + thread.heapLimitBytes, 0) ?? 0;
}

const SEGMENT_BYTES = 32_768;

function processMetrics(figures: ProcessFigures | null) {
  const threads = figures?.threads ?? [];
  const heapUsed = threads.reduce((sum, thread) => sum + thread.heapUsedBytes, 0);
  const gcMs = threads.reduce((sum, thread) => sum + thread.gcMs, 0);
  const rss = figures?.rssBytes ?? 0;
  const total = figures?.segmentBytes ?? 0;
  const used = figures?.segmentBytesUsed ?? 0;
  const segments = (bytes: number) => Math.floor(bytes / SEGMENT_BYTES);
  const nonHeap = Math.max(0, rss - heapUsed);
  return {
    heapUsed,
    heapCommitted: heapUsed,
    heapMax: heapLimit(figures),
    nonHeapUsed: nonHeap,
    nonHeapCommitted: nonHeap,
    nonHeapMax: -1,
    directCount: segments(total),
    directUsed: used,
    directMax: total,
    mappedCount: 0,
    mappedUsed: 0,
    mappedMax: 0,
    nettyShuffleMemorySegmentsAvailable: segments(total - used),
    nettyShuffleMemorySegmentsUsed: segments(used),
    nettyShuffleMemorySegmentsTotal: segments(total),
    nettyShuffleMemoryAvailable: total - used,
    nettyShuffleMemoryUsed: used,
    nettyShuffleMemoryTotal: total,
    garbageCollectors: [{ name: 'All', count: 0, time: Math.round(gcMs) }],
  };
}
