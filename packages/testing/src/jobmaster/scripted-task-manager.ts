/**
 * A task manager that plays its part without running anything: tasks start, acknowledge, drain,
 * finish and die as a test tells it. Messages take time, each its own, as over a real connection;
 * those of one task keep their order.
 */
import { type ErrorCode, toWire, WeirError } from '@weir/core';
import type {
  CheckpointType,
  Deployment,
  ExecutionState,
  ServerToTaskManager,
  SubtaskSnapshot,
  TaskLocation,
  TaskManagerExit,
  TaskManagerHandle,
  TaskManagerListener,
  TaskManagerToServer,
} from '@weir/runtime';
import type { VirtualTime } from '../virtual-time.ts';

export interface Script {
  /** What a task does when a checkpoint reaches it. */
  onTrigger: (checkpointId: number, task: TaskLocation) => 'acknowledge' | 'decline' | 'nothing';
  /** Whether tasks get as far as RUNNING. */
  starts: boolean;
  /** Whether tasks stop when they are asked to. */
  cancels: boolean;
  /** Milliseconds that a message takes. */
  latencyMs: () => number;
  /** Before a file is acknowledged, it is written here. */
  writeFile: (path: string) => void;
}

type TaskMessage = Extract<TaskManagerToServer, TaskLocation>;

export class ScriptedTaskManager implements TaskManagerHandle {
  readonly id: string;
  readonly pid: number;
  readonly sent: ServerToTaskManager[] = [];
  deployment: Deployment | null = null;
  exited = false;
  readonly #time: VirtualTime;
  readonly #script: Script;
  readonly #listener: TaskManagerListener;
  readonly #onSent: (message: ServerToTaskManager) => void;
  readonly #types = new Map<number, CheckpointType>();
  readonly #ended = new Set<string>();
  readonly #lastAtMs = new Map<string, number>();

  constructor(
    attempt: number,
    time: VirtualTime,
    script: Script,
    listener: TaskManagerListener,
    onSent: (message: ServerToTaskManager) => void,
  ) {
    this.id = `tm-${attempt}`;
    this.pid = 1000 + attempt;
    this.#time = time;
    this.#script = script;
    this.#listener = listener;
    this.#onSent = onSent;
    time.schedule(script.latencyMs(), () => this.deliver({ type: 'ready', pid: this.pid }));
  }

  get tasks(): readonly TaskLocation[] {
    return this.deployment?.tasks ?? [];
  }

  send(message: ServerToTaskManager): void {
    this.sent.push(message);
    this.#onSent(message);
    this.#time.schedule(this.#script.latencyMs(), () => {
      if (!this.exited) this.#receive(message);
    });
  }

  kill(): void {
    this.#time.schedule(this.#script.latencyMs(), () => this.exit('killed (SIGKILL)'));
  }

  /** The process is gone. */
  exit(reason: string, code: number | null = null): void {
    if (this.exited) return;
    this.exited = true;
    const exit: TaskManagerExit = { code, signal: null, reason, error: null };
    this.#listener.onExit(exit);
  }

  /** At once, unless the process is gone. */
  deliver(message: TaskManagerToServer): void {
    if (!this.exited) this.#listener.onMessage(message);
  }

  report(task: TaskLocation, state: ExecutionState, error: Error | null = null): void {
    const key = `${task.vertexId}/${task.subtask}`;
    if (this.#ended.has(key)) return;
    if (['FINISHED', 'CANCELED', 'FAILED'].includes(state)) this.#ended.add(key);
    const { vertexId, subtask } = task;
    this.#fromTask({
      type: 'taskState',
      vertexId,
      subtask,
      state,
      atMs: this.#time.nowMs(),
      error: error === null ? null : toWire(error),
    });
  }

  failTask(
    task: TaskLocation,
    message = 'user function failed',
    code: ErrorCode = 'USER_FUNCTION_FAILED',
  ): void {
    this.report(task, 'FAILED', new WeirError(code, message));
  }

  /** All tasks have processed all their input. */
  drain(): void {
    for (const { vertexId, subtask } of this.tasks) {
      this.#fromTask({ type: 'drained', vertexId, subtask });
    }
  }

  acknowledge({ vertexId, subtask }: TaskLocation, checkpointId: number, folder: string): void {
    const path = `${folder}/${vertexId}-${subtask}`;
    this.#script.writeFile(path);
    const vertex = this.deployment!.graph.vertices.find(({ id }) => id === vertexId)!;
    const snapshot: SubtaskSnapshot = {
      checkpointId,
      file: { path, bytes: 10 },
      operatorIds: vertex.operators.map(({ id }) => id),
      stateBytes: 10,
      startDelayMs: 0,
      alignmentMs: 0,
      syncMs: 0,
      asyncMs: 0,
      processedBytes: 0,
    };
    this.#fromTask({ type: 'acknowledge', vertexId, subtask, snapshot });
  }

  #receive(message: ServerToTaskManager): void {
    switch (message.type) {
      case 'deploy':
        this.deployment = message.deployment;
        for (const task of this.tasks) {
          this.report(task, 'INITIALIZING');
          if (this.#script.starts) this.report(task, 'RUNNING');
        }
        return;
      case 'triggerCheckpoint':
        this.#types.set(message.checkpointId, message.checkpointType);
        for (const task of this.tasks) this.#snapshot(task, message.checkpointId, message.folder);
        return;
      case 'notifyCheckpointComplete': {
        const type = this.#types.get(message.checkpointId);
        if (type === 'stop' || type === 'drain' || type === 'final') this.#endTasks('FINISHED');
        return;
      }
      case 'cancel':
        if (this.#script.cancels) this.#endTasks('CANCELED');
        return;
      case 'notifyCheckpointAborted':
      case 'watchSplits':
        return;
    }
  }

  #snapshot(task: TaskLocation, checkpointId: number, folder: string): void {
    const answer = this.#script.onTrigger(checkpointId, task);
    if (answer === 'acknowledge') this.acknowledge(task, checkpointId, folder);
    if (answer !== 'decline') return;
    const { vertexId, subtask } = task;
    const error = toWire(new WeirError('STORAGE_FAILED', 'the disk is full'));
    this.#fromTask({ type: 'decline', vertexId, subtask, checkpointId, error });
  }

  #endTasks(state: 'FINISHED' | 'CANCELED'): void {
    for (const task of this.tasks) this.report(task, state);
    // A process that ends by itself has delivered what its tasks said.
    const lastAtMs = Math.max(...this.#lastAtMs.values());
    const restMs = Math.max(0, lastAtMs - this.#time.nowMs());
    this.#time.schedule(restMs + 100, () => this.exit('all tasks have ended', 0));
  }

  #fromTask(message: TaskMessage): void {
    const key = `${message.vertexId}/${message.subtask}`;
    const now = this.#time.nowMs();
    const atMs = Math.max(now + this.#script.latencyMs(), this.#lastAtMs.get(key) ?? 0);
    this.#lastAtMs.set(key, atMs);
    this.#time.schedule(atMs - now, () => this.deliver(message));
  }
}
