/**
 * One attempt to run a job: one task manager, from its launch until the operating system has let
 * go of it, and the subtasks on it. Made by the RUNNING state; ended by whichever state follows.
 *
 * Invariants: deployed at most once; nothing is sent after the exit; the exit is reported once,
 * and a next attempt begins only after it.
 */
import { toWire } from '@weir/core';
import type { JobGraph } from '@weir/graph';
import type {
  Deployment,
  ServerToTaskManager,
  TaskDeployment,
  TaskManagerToServer,
} from '../taskmanager/protocol.ts';
import { ExecutionGraph, type SubtaskChange } from './execution-graph.ts';
import type { JobMasterPorts, TaskManagerExit, TaskManagerHandle } from './ports.ts';
import type { RestorePlan } from './restore-plan.ts';
import { assignSlots, type SlotAssignment } from './slot-assignment.ts';

export interface AttemptListener {
  onMessage(message: TaskManagerToServer): void;
  onExit(exit: TaskManagerExit): void;
  onSubtask(change: SubtaskChange): void;
}

type AttemptPorts = Pick<JobMasterPorts, 'clock' | 'timers' | 'launcher'>;

export class Attempt {
  readonly number: number;
  readonly execution: ExecutionGraph;
  readonly #slots: SlotAssignment;
  readonly #ports: AttemptPorts;
  readonly #listener: AttemptListener;
  readonly #ended = Promise.withResolvers<void>();
  #handle: TaskManagerHandle | null = null;
  #ready = false;
  #deployment: Deployment | null = null;
  #deployed = false;
  #exited = false;
  /** Asked to end: a process that becomes ready only now gets no work any more. */
  #stopping = false;
  #killTimer: { cancel(): void } | null = null;

  constructor(graph: JobGraph, number: number, ports: AttemptPorts, listener: AttemptListener) {
    this.number = number;
    this.#slots = assignSlots(graph);
    this.#ports = ports;
    this.#listener = listener;
    this.execution = new ExecutionGraph(graph, this.#slots, number, ports.clock.nowMs(), (change) =>
      listener.onSubtask(change),
    );
  }

  get taskManager(): { readonly id: string; readonly pid: number | null } | null {
    return this.#handle === null ? null : { id: this.#handle.id, pid: this.#handle.pid };
  }

  /** True once no process of this attempt is left. */
  get exited(): boolean {
    return this.#exited;
  }

  /** Deployed, and not asked to end. */
  get works(): boolean {
    return this.#deployed && !this.#stopping && !this.#exited;
  }

  /** Resolves at the exit. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  launch(jobId: string): void {
    this.execution.updateAll('SCHEDULED', this.#ports.clock.nowMs());
    try {
      this.#handle = this.#ports.launcher.launch(jobId, this.number, {
        onMessage: (message) => this.#onMessage(message),
        onExit: (exit) => this.#onExit(exit),
      });
      this.execution.placedOn(this.#handle.id);
    } catch (cause) {
      const error = toWire(cause);
      const reason = `could not be started: ${error.message}`;
      const exit = { code: null, signal: null, reason, error: null };
      this.#ports.timers.schedule(0, () => this.#onExit(exit));
    }
  }

  /** As soon as the task manager is ready. */
  deploy(jobId: string, artifactUrl: string, graph: JobGraph, restore: RestorePlan | null): void {
    this.#deployment = {
      jobId,
      attempt: this.number,
      graph,
      artifactUrl,
      slots: this.#slots.slots,
      tasks: tasksOf(graph, this.#slots, restore),
      restoredCheckpointId: restore?.checkpointId ?? null,
      inputEnded: restore?.inputEnded ?? false,
    };
    this.#deployIfReady();
  }

  send(message: ServerToTaskManager): void {
    if (this.#exited) return;
    try {
      this.#handle?.send(message);
    } catch (error) {
      // The connection broke before the exit was seen: whatever lives there is of no use.
      const atMs = this.#ports.clock.nowMs();
      const text = `${message.type} could not be sent: ${toWire(error).message}`;
      const entry = { atMs, level: 'error', text, vertexId: null, subtask: null } as const;
      this.#listener.onMessage({ type: 'log', entry });
      this.kill();
    }
  }

  /** Cooperatively at first; kills what is still there after `timeoutMs`. Idempotent. */
  stop(timeoutMs: number): void {
    if (this.#exited || this.#stopping) return;
    this.#stopping = true;
    if (!this.#deployed) {
      this.kill();
      return;
    }
    this.send({ type: 'cancel' });
    this.killAfter(timeoutMs);
  }

  killAfter(timeoutMs: number): void {
    if (this.#exited) return;
    this.#killTimer = this.#ports.timers.schedule(timeoutMs, () => this.kill());
  }

  kill(): void {
    this.#stopping = true;
    if (!this.#exited) this.#handle?.kill();
  }

  #onMessage(message: TaskManagerToServer): void {
    if (this.#exited) return;
    if (message.type === 'ready') {
      this.#ready = true;
      this.#deployIfReady();
      return;
    }
    this.#listener.onMessage(message);
  }

  #deployIfReady(): void {
    if (!this.#ready || this.#deployment === null || this.#deployed) return;
    if (this.#exited || this.#stopping) return;
    this.#deployed = true;
    this.execution.updateAll('DEPLOYING', this.#ports.clock.nowMs());
    this.send({ type: 'deploy', deployment: this.#deployment });
  }

  #onExit(exit: TaskManagerExit): void {
    if (this.#exited) return;
    this.#exited = true;
    this.#killTimer?.cancel();
    this.#listener.onExit(exit);
    this.#ended.resolve();
  }
}

function tasksOf(
  graph: JobGraph,
  slots: SlotAssignment,
  restore: RestorePlan | null,
): TaskDeployment[] {
  const tasks: TaskDeployment[] = [];
  for (const vertex of graph.vertices) {
    const files: Record<string, TaskDeployment['restore'][string]> = {};
    for (const { id } of vertex.operators) {
      const found = restore?.files[id];
      if (found !== undefined && found.length > 0) files[id] = found;
    }
    for (let subtask = 0; subtask < vertex.parallelism; subtask++) {
      const slot = slots.slotOf(vertex.id, subtask);
      tasks.push({ vertexId: vertex.id, subtask, slot, restore: files });
    }
  }
  return tasks;
}
