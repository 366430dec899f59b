/**
 * The subtasks of one attempt: their states, when each was entered, and where they run. Fed by the
 * job's states from the task manager's messages; read for views and by the coordinator.
 *
 * Invariants: states follow EXECUTION_TRANSITIONS; an ended subtask never changes again.
 * Semantics: Flink's ExecutionState.
 */
import type { JobGraph } from '@weir/graph';
import { invariant } from '@weir/core';
import type { ExecutionState } from '../taskmanager/protocol.ts';
import type { TaskLocation } from '../taskmanager/task-location.ts';
import type { SubtaskView, VertexView } from './job-view.ts';
import type { SlotAssignment } from './slot-assignment.ts';

export const EXECUTION_TRANSITIONS: Readonly<Record<ExecutionState, readonly ExecutionState[]>> = {
  CREATED: ['SCHEDULED', 'CANCELED', 'FAILED'],
  SCHEDULED: ['DEPLOYING', 'CANCELED', 'FAILED'],
  DEPLOYING: ['INITIALIZING', 'RUNNING', 'CANCELING', 'CANCELED', 'FAILED'],
  INITIALIZING: ['RUNNING', 'CANCELING', 'CANCELED', 'FAILED'],
  RUNNING: ['FINISHED', 'CANCELING', 'CANCELED', 'FAILED'],
  CANCELING: ['CANCELED', 'FINISHED', 'FAILED'],
  FINISHED: [],
  CANCELED: [],
  FAILED: [],
};

interface Subtask {
  readonly vertexId: string;
  readonly subtask: number;
  readonly slot: number;
  state: ExecutionState;
  timestamps: Partial<Record<ExecutionState, number>>;
  drained: boolean;
}

export type SubtaskChange = TaskLocation & {
  readonly state: ExecutionState;
  readonly atMs: number;
};

export class ExecutionGraph {
  readonly attempt: number;
  readonly #byVertex = new Map<string, Subtask[]>();
  readonly #onChange: (change: SubtaskChange) => void;
  readonly #counts = new Map<ExecutionState, number>();
  #size = 0;
  #drained = 0;
  #taskManagerId: string | null = null;

  constructor(
    graph: JobGraph,
    slots: SlotAssignment,
    attempt: number,
    atMs: number,
    onChange: (change: SubtaskChange) => void,
  ) {
    this.attempt = attempt;
    this.#onChange = onChange;
    for (const vertex of graph.vertices) {
      const subtasks: Subtask[] = [];
      for (let subtask = 0; subtask < vertex.parallelism; subtask++) {
        const slot = slots.slotOf(vertex.id, subtask);
        const timestamps = { CREATED: atMs };
        subtasks.push({
          vertexId: vertex.id,
          subtask,
          slot,
          state: 'CREATED',
          timestamps,
          drained: false,
        });
      }
      this.#byVertex.set(vertex.id, subtasks);
      this.#size += subtasks.length;
    }
    this.#counts.set('CREATED', this.#size);
  }

  get size(): number {
    return this.#size;
  }

  get allRunning(): boolean {
    return this.#count('RUNNING') === this.#size;
  }

  get allFinished(): boolean {
    return this.#count('FINISHED') === this.#size;
  }

  /** Every subtask has processed all its input and waits for the final checkpoint. */
  get allDrained(): boolean {
    return this.#drained === this.#size;
  }

  placedOn(taskManagerId: string): void {
    this.#taskManagerId = taskManagerId;
  }

  has(location: TaskLocation): boolean {
    return this.#byVertex.get(location.vertexId)?.[location.subtask] !== undefined;
  }

  stateOf(location: TaskLocation): ExecutionState {
    return this.#subtask(location).state;
  }

  /** False when the subtask has ended already; the late report changes nothing. */
  update(location: TaskLocation, state: ExecutionState, atMs: number): boolean {
    const subtask = this.#subtask(location);
    if (EXECUTION_TRANSITIONS[subtask.state].length === 0) return false;
    if (subtask.state === 'CANCELING' && !endsATask(state)) return false;
    invariant(EXECUTION_TRANSITIONS[subtask.state].includes(state), 'task state does not follow', {
      from: subtask.state,
      to: state,
      vertexId: location.vertexId,
      subtask: location.subtask,
    });
    this.#enter(subtask, state, atMs);
    return true;
  }

  /** Moves every subtask that may go there; the others stay. */
  updateAll(state: ExecutionState, atMs: number): void {
    for (const subtasks of this.#byVertex.values()) {
      for (const subtask of subtasks) {
        if (EXECUTION_TRANSITIONS[subtask.state].includes(state)) {
          this.#enter(subtask, state, atMs);
        }
      }
    }
  }

  markDrained(location: TaskLocation): void {
    const subtask = this.#subtask(location);
    if (subtask.drained) return;
    subtask.drained = true;
    this.#drained++;
  }

  /** Subtasks that are not RUNNING, in words, for error messages. */
  describeNotRunning(graph: JobGraph): string {
    for (const vertex of graph.vertices) {
      for (const { state, subtask } of this.#byVertex.get(vertex.id)!) {
        if (state !== 'RUNNING') return `${vertex.name} (${subtask + 1}) is ${state}`;
      }
    }
    return 'all tasks are RUNNING';
  }

  views(): VertexView[] {
    return [...this.#byVertex].map(([id, subtasks]) => ({
      id,
      subtasks: subtasks.map((subtask) => this.#view(subtask)),
    }));
  }

  #view({ subtask, state, slot, timestamps }: Subtask): SubtaskView {
    return {
      subtask,
      state,
      attempt: this.attempt,
      slot: this.#taskManagerId === null ? null : slot,
      taskManagerId: this.#taskManagerId,
      timestamps: { ...timestamps },
    };
  }

  #enter(subtask: Subtask, state: ExecutionState, atMs: number): void {
    this.#counts.set(subtask.state, this.#count(subtask.state) - 1);
    this.#counts.set(state, this.#count(state) + 1);
    subtask.state = state;
    subtask.timestamps[state] = atMs;
    this.#onChange({ vertexId: subtask.vertexId, subtask: subtask.subtask, state, atMs });
  }

  #subtask(location: TaskLocation): Subtask {
    const subtask = this.#byVertex.get(location.vertexId)?.[location.subtask];
    invariant(subtask !== undefined, 'no such subtask', {
      vertexId: location.vertexId,
      subtask: location.subtask,
    });
    return subtask;
  }

  #count(state: ExecutionState): number {
    return this.#counts.get(state) ?? 0;
  }
}

function endsATask(state: ExecutionState): boolean {
  return EXECUTION_TRANSITIONS[state].length === 0;
}
