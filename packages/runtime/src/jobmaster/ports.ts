/**
 * What a JobMaster needs from its surroundings. The server implements these with child processes
 * and files, the simulator with objects in one thread.
 */
import type { ClockPort, RandomPort, StoragePort, TimerPort, WireError } from '@weir/core';
import type { JobGraph } from '@weir/graph';
import type { ServerToTaskManager, TaskManagerToServer } from '../taskmanager/protocol.ts';
import type { CheckpointsView, CheckpointView, ExceptionView, JobStatus } from './job-view.ts';

export interface TaskManagerExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** In words: `ran out of heap`, `called process.exit(3)`, `killed (SIGKILL)`. */
  readonly reason: string;
  /** What is known of the cause, e.g. the stack of a loop that never returned. */
  readonly error: WireError | null;
}

export interface TaskManagerHandle {
  /** Shown as Flink's taskmanager id. */
  readonly id: string;
  readonly pid: number | null;
  send(message: ServerToTaskManager): void;
  /** At once; `onExit` follows when the operating system has let go of the process. */
  kill(): void;
}

export interface TaskManagerListener {
  onMessage(message: TaskManagerToServer): void;
  onExit(exit: TaskManagerExit): void;
}

export interface TaskManagerLauncher {
  launch(jobId: string, attempt: number, listener: TaskManagerListener): TaskManagerHandle;
}

/** The durable record of a job, rewritten at each change that must survive `kill -9`. */
export interface JobRecord {
  readonly jobId: string;
  readonly graph: JobGraph;
  readonly artifactSha256: string;
  readonly state: JobStatus;
  readonly timestamps: Readonly<Partial<Record<JobStatus, number>>>;
  readonly attempt: number;
  readonly restarts: number;
  /** Retained completed checkpoints, oldest first: id and folder. */
  readonly checkpoints: readonly {
    readonly id: number;
    readonly path: string;
    readonly isSavepoint: boolean;
  }[];
  /** The next checkpoint id, so that ids are never used twice. */
  readonly nextCheckpointId: number;
  /** `--from`: where the very first attempt starts. */
  readonly initialRestorePath: string | null;
  readonly failure: WireError | null;
  /** What is shown of the past, and what the restart strategy counted; bounded. */
  readonly history?: JobHistory;
}

export interface JobHistory {
  /** Newest first. */
  readonly exceptions: readonly ExceptionView[];
  readonly checkpoints: RecordedCheckpoints;
  /** As the restart strategy gave it. */
  readonly restartMemory: readonly number[];
}

export interface RecordedCheckpoints {
  /** Of all checkpoints that ended. */
  readonly completed: number;
  readonly failed: number;
  readonly restoredCount: number;
  readonly restored: CheckpointsView['restored'];
  /** Newest first; fewer than there are in memory where the job has many subtasks. */
  readonly ended: readonly CheckpointView[];
}

export interface JobMasterPorts {
  readonly clock: ClockPort;
  readonly timers: TimerPort;
  readonly random: RandomPort;
  readonly launcher: TaskManagerLauncher;
  /** file: URL of the artifact's module. */
  artifactUrl(sha256: string): string;
  /** Storage rooted at an absolute folder. */
  storage(root: string): StoragePort;
  /** Where checkpoints and savepoints go when the job's configuration says nothing. */
  readonly checkpointRoot: string;
  readonly savepointRoot: string;
  /** Durable when it resolves. */
  saveRecord(record: JobRecord): Promise<void>;
}
