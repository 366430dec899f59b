/** What the checkpoint coordinator sees of its job. */
import type { ClockPort, RandomPort, StoragePort, TimerPort, WeirError } from '@weir/core';
import type { JobGraph } from '@weir/graph';
import type { LogEntry, ServerToTaskManager } from '../taskmanager/protocol.ts';
import type { TaskLocation } from '../taskmanager/task-location.ts';
import type { JobMasterEvent } from './job-view.ts';

export interface CoordinatorHost {
  readonly jobId: string;
  readonly graph: JobGraph;
  readonly clock: ClockPort;
  readonly timers: TimerPort;
  readonly random: RandomPort;
  storage(root: string): StoragePort;
  /** Durable when it resolves; the record is read from the coordinator when writing begins. */
  saveRecord(): Promise<void>;
  /** To the task manager of the running attempt. */
  send(message: ServerToTaskManager): void;
  failJob(error: WeirError): void;
  emit(event: JobMasterEvent): void;
  log(level: LogEntry['level'], text: string): void;
  /** `Map -> Sink (2/4)`. */
  taskName(location: TaskLocation): string;
  describeNotRunning(): string;
}
