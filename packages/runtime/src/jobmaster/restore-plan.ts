/**
 * From a checkpoint's metadata to what each task restores, with the checks that Flink makes: state
 * that no operator takes, and key groups that don't fit.
 */
import {
  ALLOW_NON_RESTORED_STATE,
  Configuration,
  isWeirError,
  type StoragePort,
  WeirError,
} from '@weir/core';
import type { JobGraph, JobVertex } from '@weir/graph';
import {
  type CheckpointMetadata,
  metadataFolder,
  readMetadata,
  restoreFor,
  unclaimedOperators,
} from '../checkpoint/checkpoint-metadata.ts';
import type { StateFile } from '../taskmanager/protocol.ts';
import { absoluteFolder } from './checkpoint-settings.ts';

export interface RestorePlan {
  readonly checkpointId: number;
  readonly isSavepoint: boolean;
  /**
   * It is this very job's, and all input had ended with it. What follows from the end of event time
   * may be committed, so no attempt may read on; another job that starts from it reads on.
   */
  readonly inputEnded: boolean;
  readonly path: string;
  /** The job graph, with the key groups of the checkpoint where the job chose none. */
  readonly graph: JobGraph;
  /** State files by operator id. */
  readonly files: Readonly<Record<string, readonly StateFile[]>>;
}

/**
 * @throws WeirError SAVEPOINT_NOT_FOUND, STATE_UNCLAIMED, STATE_INCOMPATIBLE (not retryable),
 * CHECKPOINT_FILE_CORRUPT, STORAGE_FAILED
 */
export async function planRestore(
  jobId: string,
  graph: JobGraph,
  location: string,
  storage: (root: string) => StoragePort,
): Promise<RestorePlan> {
  const path = metadataFolder(absoluteFolder(location));
  const metadata = await readMetadata(storage(path), '');
  const operatorIds = graph.vertices.flatMap((vertex) => vertex.operators.map(({ id }) => id));
  checkClaimed(graph, metadata, operatorIds, path);
  return {
    checkpointId: metadata.checkpointId,
    isSavepoint: !['checkpoint', 'final'].includes(metadata.checkpointType),
    inputEnded: metadata.jobId === jobId && ['drain', 'final'].includes(metadata.checkpointType),
    path,
    graph: adoptKeyGroups(graph, metadata),
    files: restoreFor(metadata, path, operatorIds),
  };
}

/** Why the graph cannot start from the checkpoint, as `planRestore` would say; null = it can. */
export function restoreMisfit(
  graph: JobGraph,
  metadata: CheckpointMetadata,
  path: string,
): string | null {
  const operatorIds = graph.vertices.flatMap((vertex) => vertex.operators.map(({ id }) => id));
  try {
    checkClaimed(graph, metadata, operatorIds, path);
    adoptKeyGroups(graph, metadata);
    return null;
  } catch (error) {
    if (isWeirError(error)) return error.message;
    throw error;
  }
}

function checkClaimed(
  graph: JobGraph,
  metadata: CheckpointMetadata,
  operatorIds: readonly string[],
  path: string,
): void {
  if (new Configuration(graph.configuration).get(ALLOW_NON_RESTORED_STATE)) return;
  const unclaimed = unclaimedOperators(metadata, operatorIds);
  if (unclaimed.length === 0) return;
  const named = unclaimed.map(({ uid, name }) =>
    uid === null ? `"${name}" (without uid)` : `"${name}" (uid "${uid}")`,
  );
  throw new WeirError(
    'STATE_UNCLAIMED',
    `${path} holds state of ${named.join(', ')}, which this job does not have. Give the operator ` +
      `its uid back, or start with ${ALLOW_NON_RESTORED_STATE.key}=true to leave the state behind`,
    { context: { path, operators: named.join(', ') } },
  );
}

/** A max parallelism that was only derived gives way to the one that the state was written with. */
function adoptKeyGroups(graph: JobGraph, metadata: CheckpointMetadata): JobGraph {
  const written = new Map<string, number>();
  for (const { operatorId, maxParallelism, files } of metadata.operators) {
    if (files.length > 0) written.set(operatorId, maxParallelism);
  }
  const vertices = graph.vertices.map((vertex) => {
    for (const { id, keyed, name } of vertex.operators) {
      const theirs = written.get(id);
      if (!keyed || theirs === undefined || theirs === vertex.maxParallelism) continue;
      return adopt(vertex, name, theirs);
    }
    return vertex;
  });
  return { ...graph, vertices };
}

function adopt(vertex: JobVertex, operator: string, maxParallelism: number): JobVertex {
  if (vertex.maxParallelismDerived !== true) {
    throw incompatible(
      `its state of "${operator}" was written with max parallelism ${maxParallelism}, the job ` +
        `asks for ${vertex.maxParallelism}; set the max parallelism to ${maxParallelism}`,
    );
  }
  if (vertex.parallelism > maxParallelism) {
    throw incompatible(
      `its state of "${operator}" has ${maxParallelism} key groups, too few for parallelism ` +
        `${vertex.parallelism}; use at most ${maxParallelism}`,
    );
  }
  return { ...vertex, maxParallelism };
}

function incompatible(why: string): WeirError {
  return new WeirError('STATE_INCOMPATIBLE', `The checkpoint can't be restored: ${why}`);
}
