/**
 * One checkpoint on its way: from its trigger through the subtasks' acknowledgements to exactly
 * one of two ends. Driven by the coordinator alone.
 *
 * Invariants: phases follow PENDING_TRANSITIONS, so there is never a second end; a subtask
 * acknowledges once.
 */
import { invariant } from '@weir/core';
import type { JobGraph } from '@weir/graph';
import type { CheckpointMetadata, OperatorMetadata } from '../checkpoint/checkpoint-metadata.ts';
import type { CheckpointType } from '../operators/output-buffer.ts';
import type { SubtaskSnapshot } from '../taskmanager/protocol.ts';
import type { TaskLocation } from '../taskmanager/task-location.ts';
import type { CheckpointSubtaskView, CheckpointView } from './job-view.ts';

/**
 * RESERVING: its id is being made durable. COLLECTING: subtasks work on it. FINALIZING: all have
 * acknowledged, metadata and job record are being written.
 */
export type PendingPhase = 'RESERVING' | 'COLLECTING' | 'FINALIZING' | 'COMPLETED' | 'FAILED';

export const PENDING_TRANSITIONS: Readonly<Record<PendingPhase, readonly PendingPhase[]>> = {
  RESERVING: ['COLLECTING', 'FAILED'],
  COLLECTING: ['FINALIZING', 'FAILED'],
  FINALIZING: ['COMPLETED', 'FAILED'],
  COMPLETED: [],
  FAILED: [],
};

/** Where a checkpoint's files lie. */
export interface CheckpointLocation {
  /** Absolute; the storage's root. */
  readonly root: string;
  /** Folder below the root. */
  readonly name: string;
}

export function folderOf({ root, name }: CheckpointLocation): string {
  return `${root}/${name}`;
}

interface Acknowledgement {
  readonly atMs: number;
  readonly snapshot: SubtaskSnapshot;
}

export class PendingCheckpoint {
  readonly id: number;
  readonly type: CheckpointType;
  readonly location: CheckpointLocation;
  readonly triggeredAtMs: number;
  readonly #graph: JobGraph;
  readonly #acknowledged = new Map<string, (Acknowledgement | undefined)[]>();
  #missing = 0;
  #phase: PendingPhase = 'RESERVING';
  #latestAckAtMs: number;
  #endedAtMs: number | null = null;
  #failure: string | null = null;

  constructor(
    id: number,
    type: CheckpointType,
    location: CheckpointLocation,
    triggeredAtMs: number,
    graph: JobGraph,
  ) {
    this.id = id;
    this.type = type;
    this.location = location;
    this.triggeredAtMs = triggeredAtMs;
    this.#latestAckAtMs = triggeredAtMs;
    this.#graph = graph;
    for (const vertex of graph.vertices) {
      this.#acknowledged.set(vertex.id, new Array(vertex.parallelism).fill(undefined));
      this.#missing += vertex.parallelism;
    }
  }

  get phase(): PendingPhase {
    return this.#phase;
  }

  get isOver(): boolean {
    return this.#phase === 'COMPLETED' || this.#phase === 'FAILED';
  }

  /** True once nothing but a storage failure can keep it from completing. */
  get isAcknowledged(): boolean {
    return this.#missing === 0;
  }

  enter(phase: PendingPhase, atMs: number, failure: string | null = null): void {
    invariant(PENDING_TRANSITIONS[this.#phase].includes(phase), 'checkpoint phase', {
      checkpointId: this.id,
      from: this.#phase,
      to: phase,
    });
    this.#phase = phase;
    if (!this.isOver) return;
    this.#endedAtMs = atMs;
    this.#failure = failure;
  }

  /** False for one that acknowledged before. */
  acknowledge(location: TaskLocation, snapshot: SubtaskSnapshot, atMs: number): boolean {
    const subtasks = this.#acknowledged.get(location.vertexId);
    invariant(subtasks !== undefined && location.subtask < subtasks.length, 'unknown subtask', {
      vertexId: location.vertexId,
      subtask: location.subtask,
    });
    if (subtasks[location.subtask] !== undefined) return false;
    subtasks[location.subtask] = { atMs, snapshot };
    this.#latestAckAtMs = atMs;
    this.#missing--;
    return true;
  }

  /** `map -> sink (2 of 4)` for each vertex that has not acknowledged, at most three of them. */
  describeMissing(): string {
    const missing: string[] = [];
    for (const vertex of this.#graph.vertices) {
      const open = this.#acknowledged.get(vertex.id)!.filter((ack) => ack === undefined).length;
      if (open > 0) missing.push(`${vertex.name} (${open} of ${vertex.parallelism})`);
    }
    const more = missing.length > 3 ? ` and ${missing.length - 3} more` : '';
    return `not acknowledged by ${missing.slice(0, 3).join(', ')}${more}`;
  }

  metadata(jobId: string, completedAtMs: number): CheckpointMetadata {
    const operators: OperatorMetadata[] = [];
    for (const vertex of this.#graph.vertices) {
      const { id: vertexId, parallelism, maxParallelism } = vertex;
      for (const { id, uid, name } of vertex.operators) {
        const files = this.#filesOf(vertexId, id);
        operators.push({
          operatorId: id,
          uid,
          name,
          vertexId,
          parallelism,
          maxParallelism,
          files,
        });
      }
    }
    return {
      checkpointId: this.id,
      checkpointType: this.type,
      jobId,
      jobName: this.#graph.name,
      triggeredAtMs: this.triggeredAtMs,
      completedAtMs,
      operators,
    };
  }

  view(discarded: boolean): CheckpointView {
    const completed = this.#phase === 'COMPLETED';
    const failed = this.#phase === 'FAILED';
    return {
      id: this.id,
      status: completed ? 'COMPLETED' : failed ? 'FAILED' : 'IN_PROGRESS',
      type: this.type,
      triggeredAtMs: this.triggeredAtMs,
      latestAckAtMs: this.#endedAtMs ?? this.#latestAckAtMs,
      completedAtMs: completed ? this.#endedAtMs : null,
      failedAtMs: failed ? this.#endedAtMs : null,
      failure: this.#failure,
      path: completed ? folderOf(this.location) : null,
      discarded,
      tasks: [...this.#acknowledged].map(([vertexId, acks]) => ({
        vertexId,
        subtasks: acks.map(
          (ack, subtask): CheckpointSubtaskView => ({
            subtask,
            ackAtMs: ack?.atMs ?? null,
            snapshot: ack?.snapshot ?? null,
          }),
        ),
      })),
    };
  }

  #filesOf(vertexId: string, operatorId: string): OperatorMetadata['files'] {
    const files: { path: string; bytes: number; subtask: number }[] = [];
    this.#acknowledged.get(vertexId)!.forEach((ack, subtask) => {
      const file = ack?.snapshot.file ?? null;
      if (file === null || !ack!.snapshot.operatorIds.includes(operatorId)) return;
      files.push({ path: this.#relative(file.path), bytes: file.bytes, subtask });
    });
    return files;
  }

  /** Tasks name files absolutely; metadata relative to its folder, so that it can be moved. */
  #relative(path: string): string {
    const prefix = `${folderOf(this.location)}/`;
    return path.startsWith(prefix) ? path.slice(prefix.length) : path;
  }
}
