/**
 * What a JobMaster shows of itself: plain, immutable data from which REST resources, the console's
 * stream and events are made.
 */
import type { WireError } from '@weir/core';
import type { JobGraph } from '@weir/graph';
import type { CheckpointType } from '../operators/output-buffer.ts';
import type { InspectionReport, InspectionRequest } from '../taskmanager/inspection.ts';
import type {
  ExecutionState,
  KeysOfSubtask,
  LogEntry,
  MetricsFrame,
  MetricsLayout,
  SplitsOfSubtask,
  SubtaskSnapshot,
} from '../taskmanager/protocol.ts';

/** Flink's JobStatus. */
export type JobStatus =
  | 'INITIALIZING'
  | 'CREATED'
  | 'RUNNING'
  | 'FAILING'
  | 'FAILED'
  | 'CANCELLING'
  | 'CANCELED'
  | 'FINISHED'
  | 'RESTARTING'
  | 'SUSPENDED'
  | 'RECONCILING';

export const TERMINAL_STATUS: ReadonlySet<JobStatus> = new Set(['FAILED', 'CANCELED', 'FINISHED']);

export interface SubtaskView {
  readonly subtask: number;
  readonly state: ExecutionState;
  readonly attempt: number;
  readonly slot: number | null;
  readonly taskManagerId: string | null;
  /** When each state was entered in this attempt. */
  readonly timestamps: Readonly<Partial<Record<ExecutionState, number>>>;
}

export interface VertexView {
  readonly id: string;
  readonly subtasks: readonly SubtaskView[];
}

export interface ExceptionView {
  readonly atMs: number;
  readonly error: WireError;
  readonly vertexId: string | null;
  readonly taskName: string | null;
  readonly subtask: number | null;
  readonly taskManagerId: string | null;
  /** What else failed until the attempt was gone, in order; absent = nothing. */
  readonly concurrent?: readonly ExceptionView[];
}

export type CheckpointStatus = 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';

export interface CheckpointView {
  readonly id: number;
  readonly status: CheckpointStatus;
  readonly type: CheckpointType;
  readonly triggeredAtMs: number;
  /** Last acknowledgement, or completion / failure. */
  readonly latestAckAtMs: number;
  readonly completedAtMs: number | null;
  readonly failedAtMs: number | null;
  readonly failure: string | null;
  /** The subtasks that had not acknowledged when it failed. */
  readonly path: string | null;
  readonly discarded: boolean;
  readonly tasks: readonly CheckpointTaskView[];
}

export interface CheckpointTaskView {
  readonly vertexId: string;
  readonly subtasks: readonly CheckpointSubtaskView[];
}

/** Null `snapshot` = not acknowledged (yet). */
export interface CheckpointSubtaskView {
  readonly subtask: number;
  readonly ackAtMs: number | null;
  readonly snapshot: SubtaskSnapshot | null;
}

export interface CheckpointsView {
  readonly counts: {
    readonly restored: number;
    readonly total: number;
    readonly inProgress: number;
    readonly completed: number;
    readonly failed: number;
  };
  /** Newest first, bounded. */
  readonly history: readonly CheckpointView[];
  readonly restored: {
    readonly id: number;
    readonly atMs: number;
    readonly isSavepoint: boolean;
    readonly path: string;
  } | null;
}

export interface JobView {
  readonly jobId: string;
  readonly graph: JobGraph;
  readonly status: JobStatus;
  readonly timestamps: Readonly<Partial<Record<JobStatus, number>>>;
  readonly attempt: number;
  readonly restarts: number;
  readonly taskManager: { readonly id: string; readonly pid: number | null } | null;
  readonly vertices: readonly VertexView[];
  readonly checkpoints: CheckpointsView;
  /** Newest first, bounded. */
  readonly exceptions: readonly ExceptionView[];
}

/** Pushed to whoever observes the job; `view()` gives the whole at any time. */
export type JobMasterEvent =
  | { readonly type: 'status'; readonly status: JobStatus; readonly atMs: number }
  | {
      readonly type: 'taskState';
      readonly vertexId: string;
      readonly subtask: number;
      readonly state: ExecutionState;
      readonly atMs: number;
    }
  | { readonly type: 'checkpoint'; readonly checkpoint: CheckpointView }
  | { readonly type: 'restored'; readonly checkpointId: number; readonly atMs: number }
  | {
      readonly type: 'exception';
      readonly exception: ExceptionView;
      /** The attempt was failing already. */
      readonly follows: boolean;
    }
  | { readonly type: 'metricsLayout'; readonly layout: MetricsLayout }
  | { readonly type: 'metrics'; readonly frame: MetricsFrame }
  | ({ readonly type: 'splits' } & SplitsOfSubtask)
  | ({ readonly type: 'frequentKeys' } & KeysOfSubtask)
  | { readonly type: 'log'; readonly entry: LogEntry }
  | InspectionReport;

/** The public face of a JobMaster; one per job. */
export interface JobMasterControl {
  view(): JobView;
  observe(listener: (event: JobMasterEvent) => void): () => void;
  /** For so long, sources report their splits each second as `splits` events. */
  watchSplits(forMs: number): void;
  /** Once, after about so long, each keyed subtask of the vertex tells a `frequentKeys` event. */
  sampleKeys(vertexId: string, forMs: number): void;
  /**
   * Idempotent; resolves when the job is CANCELED.
   * @throws JOB_STATE_INVALID when it has ended otherwise.
   */
  cancel(): Promise<void>;
  /** Resolves with the completed checkpoint's id and path. */
  triggerCheckpoint(): Promise<{ readonly id: number; readonly path: string }>;
  /** `directory` null = configured or default. Resolves with the savepoint's path. */
  triggerSavepoint(directory: string | null): Promise<string>;
  /** Resolves with the path once the job is FINISHED and its sinks have committed. */
  stopWithSavepoint(directory: string | null, drain: boolean): Promise<string>;
  /** Asks the task manager about its threads; false when there is none that runs the job. */
  inspect(request: InspectionRequest): boolean;
}
