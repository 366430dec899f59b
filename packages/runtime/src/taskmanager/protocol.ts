/**
 * Messages between the server and a TaskManager (IPC, advanced serialisation), and, where marked,
 * on to the slots' threads. Plain data only.
 */
import type { WireError } from '@weir/core';
import type { JobGraph } from '@weir/graph';
import type { CheckpointType } from '../operators/output-buffer.ts';
import type { InspectionReport, InspectionRequest } from './inspection.ts';
import type { TaskLocation } from './task-location.ts';
import type { FrequentKey } from '../task/key-sketch.ts';
import type { SplitView } from '../operators/stream-operator.ts';

/** Flink's ExecutionState. */
export type ExecutionState =
  | 'CREATED'
  | 'SCHEDULED'
  | 'DEPLOYING'
  | 'INITIALIZING'
  | 'RUNNING'
  | 'FINISHED'
  | 'CANCELING'
  | 'CANCELED'
  | 'FAILED';

/** A file of an earlier checkpoint that holds state of an operator. */
export interface StateFile {
  /** Absolute location in the form the storage understands. */
  readonly path: string;
  readonly bytes: number;
  /** Subtask that wrote it, and of how many. */
  readonly subtask: number;
  readonly parallelism: number;
  readonly maxParallelism: number;
}

export interface TaskDeployment extends TaskLocation {
  /** Slot of this TaskManager, 0-based. */
  readonly slot: number;
  /** Files by operator id, in subtask order; empty at a first start. */
  readonly restore: Readonly<Record<string, readonly StateFile[]>>;
}

export interface Deployment {
  readonly jobId: string;
  /** 0 at the first start, one more at each restart. */
  readonly attempt: number;
  readonly graph: JobGraph;
  /** file: URL of the bundled job module. */
  readonly artifactUrl: string;
  readonly slots: number;
  readonly tasks: readonly TaskDeployment[];
  readonly restoredCheckpointId: number | null;
  /** Restored from where this job's input had ended, read or drained: sources emit nothing more. */
  readonly inputEnded: boolean;
}

export type ServerToTaskManager =
  | InspectionRequest
  | { readonly type: 'deploy'; readonly deployment: Deployment }
  /** To all slots: source tasks start the barrier, the others learn the folder. */
  | {
      readonly type: 'triggerCheckpoint';
      readonly checkpointId: number;
      readonly triggeredAtMs: number;
      readonly checkpointType: CheckpointType;
      /** Folder for this checkpoint's files, absolute. */
      readonly folder: string;
    }
  /** To all slots: durable, so sinks commit. After `final`, `stop`, `drain` tasks then finish. */
  | { readonly type: 'notifyCheckpointComplete'; readonly checkpointId: number }
  | { readonly type: 'notifyCheckpointAborted'; readonly checkpointId: number }
  /** To all slots: somebody looks at the sources' splits; `splits` comes at once, then each second. */
  | { readonly type: 'watchSplits'; readonly forMs: number }
  /** To all slots: subtasks of this vertex look at their keys for about so long, then send them. */
  | { readonly type: 'sampleKeys'; readonly vertexId: string; readonly forMs: number }
  /** Cooperative; the process exits when all tasks have ended. */
  | { readonly type: 'cancel' };

export type TaskManagerToServer =
  | InspectionReport
  | { readonly type: 'ready'; readonly pid: number }
  | ({
      readonly type: 'taskState';
      readonly state: ExecutionState;
      readonly atMs: number;
      readonly error: WireError | null;
    } & TaskLocation)
  | ({ readonly type: 'acknowledge' } & TaskLocation & { readonly snapshot: SubtaskSnapshot })
  | ({
      readonly type: 'decline';
      readonly checkpointId: number;
      readonly error: WireError;
    } & TaskLocation)
  /** All input processed and emitted; the task waits for the final checkpoint. */
  | ({ readonly type: 'drained' } & TaskLocation)
  | { readonly type: 'metricsLayout'; readonly layout: MetricsLayout }
  | { readonly type: 'metrics'; readonly frame: MetricsFrame }
  | { readonly type: 'log'; readonly entry: LogEntry }
  | ({ readonly type: 'splits' } & SplitsOfSubtask)
  | ({ readonly type: 'frequentKeys' } & KeysOfSubtask)
  /** Where its threads work, in words: what is known if the process dies. */
  | { readonly type: 'whereabouts'; readonly text: string };

/** What a subtask acknowledges. All durable: files and their folder are fsynced. */
export interface SubtaskSnapshot {
  readonly checkpointId: number;
  /** One file for all operators of the chain; null when there was no state at all. */
  readonly file: { readonly path: string; readonly bytes: number } | null;
  /** Operators that have a section in the file. */
  readonly operatorIds: readonly string[];
  readonly stateBytes: number;
  readonly startDelayMs: number;
  readonly alignmentMs: number;
  readonly syncMs: number;
  readonly asyncMs: number;
  readonly processedBytes: number;
}

/** A source subtask's splits at a moment; at most SPLITS_PER_SUBTASK_MAX, `count` of all. */
export interface SplitsOfSubtask extends TaskLocation {
  readonly atMs: number;
  readonly count: number;
  readonly splits: readonly SplitView[];
}

/** The most frequent keys of a subtask, most frequent first; of a sample of so many records. */
export interface KeysOfSubtask extends TaskLocation {
  readonly records: number;
  readonly keys: readonly FrequentKey[];
}

/** More are counted, but not shown. */
export const SPLITS_PER_SUBTASK_MAX = 2048;

export interface LogEntry {
  readonly atMs: number;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly text: string;
  readonly vertexId: string | null;
  readonly subtask: number | null;
}

/**
 * Metrics cross as one flat array of doubles a second; the layout says once what each position
 * means and is sent again when it grew (user metrics register late).
 */
export interface MetricsLayout {
  readonly version: number;
  readonly series: readonly MetricSeries[];
}

export interface MetricSeries {
  readonly vertexId: string;
  readonly subtask: number;
  /** Null for a task's own metrics. */
  readonly operatorId: string | null;
  readonly operatorName: string | null;
  /** Flink's name, groups joined by `.`. */
  readonly name: string;
  /** Of this TaskManager, 0-based. */
  readonly slot?: number;
  /** Counters only grow, within an attempt. */
  readonly kind: 'counter' | 'gauge';
}

export interface MetricsFrame {
  readonly layoutVersion: number;
  readonly atMs: number;
  readonly values: Float64Array;
  readonly process: ProcessSample;
}

export interface ProcessSample {
  readonly rssBytes: number;
  readonly cpuMs: number;
  /** Channel memory: all, and in use. */
  readonly segmentBytes: number;
  readonly segmentBytesUsed: number;
  /** Cores of the machine in use since the last sample, by whomever, and how many it has. */
  readonly machineBusyCores: number;
  readonly machineCores: number;
  readonly threads: readonly ThreadSample[];
}

export interface ThreadSample {
  /** -1 = the main thread, else the slot. */
  readonly slot: number;
  readonly heapUsedBytes: number;
  readonly heapLimitBytes: number;
  /** Cumulative ms since the thread's start. */
  readonly gcMs: number;
  readonly cpuMs: number;
  readonly eventLoopDelayMs: number;
  /**
   * Cumulative ms for which the thread could have run, but other threads had the cores; NaN where
   * the system does not tell.
   */
  readonly runDelayMs: number;
  /** Since its last sign of life, which it gives once a second or more often. */
  readonly silentMs: number;
  /** The operator that it is in right now; null when it is in none. */
  readonly inside: (TaskLocation & { readonly operatorId: string }) | null;
}
