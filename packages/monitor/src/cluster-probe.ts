/**
 * A cluster as the monitor sees it, whatever runs there. Weir's probe is fed by the frames that
 * TaskManagers push; a probe of a Flink cluster would poll. All data is plain: it crosses threads.
 */
import type { JobEvent, JobState, JobTopology } from '@weir/console-protocol';
import type { StoredRecord } from './history/history-storage.ts';

export interface ClusterProbe {
  readonly capabilities: ProbeCapabilities;
  topology(jobId: string): JobTopology | null;
  /** Replays what is known of each job first (topology, layout, state), then follows. */
  observe(listener: (event: ProbeEvent) => void): () => void;
}

export interface ProbeCapabilities {
  /** Milliseconds between frames. */
  readonly frameIntervalMs: number;
  /** Parts of busy are known, not only busy itself. */
  readonly busyParts: boolean;
  readonly edgeFill: boolean;
}

/** Execution state → count, by vertex. */
export type TaskCounts = Readonly<Record<string, Readonly<Record<string, number>>>>;

export type ProbeEvent =
  | { readonly type: 'topology'; readonly jobId: string; readonly topology: JobTopology }
  | { readonly type: 'layout'; readonly jobId: string; readonly layout: ProbeLayout }
  | { readonly type: 'frame'; readonly jobId: string; readonly frame: ProbeFrame }
  | {
      readonly type: 'state';
      readonly jobId: string;
      readonly state: JobState;
      /** When the state was entered, epoch ms. */
      readonly atMs: number;
      readonly tasks: TaskCounts;
    }
  | { readonly type: 'event'; readonly jobId: string; readonly event: JobEvent }
  /** Details of something that happened, kept as they are. */
  | { readonly type: 'record'; readonly jobId: string; readonly record: StoredRecord }
  /** The code behind a verdict, found by a profile that the verdict made somebody take. */
  | { readonly type: 'code'; readonly jobId: string; readonly code: CodeFinding }
  /** The same of the key behind a skew. */
  | { readonly type: 'key'; readonly jobId: string; readonly key: KeyFinding }
  | { readonly type: 'removed'; readonly jobId: string };

export interface CodeFinding {
  readonly vertexId: string;
  /** Of the verdict. */
  readonly since: number;
  /** The function of the user's that took most; null where only the engine's code ran. */
  readonly hottest: {
    readonly functionName: string;
    /** `file:line`, as the user knows it. */
    readonly place: string;
    /** Of the vertex's samples, 0…1. */
    readonly share: number;
  } | null;
  /** Of the vertex's samples, those in reading and writing state, 0…1. */
  readonly stateShare: number;
}

export interface KeyFinding {
  readonly vertexId: string;
  /** Of the verdict. */
  readonly since: number;
  /** As text, without what may be secret. */
  readonly key: string;
  readonly keyGroup: number;
  /** Of its subtask's records, 0…1; no less in truth. */
  readonly share: number;
}

/** What each position of a frame means; the shape of the runtime's metrics layout. */
export interface ProbeLayout {
  readonly version: number;
  readonly series: readonly ProbeSeries[];
}

export interface ProbeSeries {
  readonly vertexId: string;
  readonly subtask: number;
  readonly operatorId: string | null;
  readonly name: string;
  /** The slot thread in which the subtask runs; absent where it is not known. */
  readonly slot?: number;
}

export interface ProbeFrame {
  readonly layoutVersion: number;
  /** Epoch ms. */
  readonly atMs: number;
  readonly values: Float64Array;
  /** Of the process and the threads that the subtasks run in; absent where it is not known. */
  readonly process?: ProbeProcess;
}

export interface ProbeProcess {
  /** Cores of the machine in use, by whomever, and how many it has. */
  readonly machineBusyCores: number;
  readonly machineCores: number;
  readonly threads: readonly ProbeThread[];
}

export interface ProbeThread {
  /** -1 = no slot's. */
  readonly slot: number;
  readonly heapUsedBytes: number;
  readonly heapLimitBytes: number;
  /** Cumulative. */
  readonly gcMs: number;
  readonly cpuMs: number;
  /** Cumulative: it could have run, but had no core; NaN where that is not known. */
  readonly runDelayMs: number;
  readonly eventLoopDelayMs: number;
  /** Since its last sign of life. */
  readonly silentMs: number;
  /** The operator that it is in right now. */
  readonly inside: {
    readonly vertexId: string;
    readonly subtask: number;
    readonly operatorId: string;
  } | null;
}
