/**
 * Gives the operators of a task their state back and opens them, in Flink's order: from the end of
 * the chain to its head, so that what a head emits finds everything open.
 */
import { type EventTimeMs, keyGroupRangeOf, MIN_TIMESTAMP, type StoragePort } from '@weir/core';
import {
  type CheckpointFile,
  type FileWriter,
  createKeyedStateSource,
  createOperatorStateReader,
  openCheckpointFile,
} from '../checkpoint/checkpoint-file.ts';
import { readEventTime } from '../operators/event-time-progress.ts';
import type { OperatorContext } from '../operators/stream-operator.ts';
import type { StateFile, TaskDeployment } from '../taskmanager/protocol.ts';
import type { ChainNode } from './chain-node.ts';
import type { BuiltTask } from './task-builder.ts';
import type { OperatorPosition } from './operator-position.ts';
import { operatorError } from './user-error.ts';

/** @throws WeirError CHECKPOINT_FILE_CORRUPT, STORAGE_FAILED, STATE_INCOMPATIBLE, user errors */
export async function restoreAndOpen(
  built: BuiltTask,
  deployment: TaskDeployment,
  storage: (root: string) => StoragePort,
): Promise<void> {
  const { nodes } = built.task.chain;
  const opened = new Map<string, Promise<CheckpointFile>>();
  const open = (file: StateFile): Promise<CheckpointFile> => {
    let promise = opened.get(file.path);
    if (promise === undefined) {
      promise = openFile(file, storage);
      opened.set(file.path, promise);
    }
    return promise;
  };
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i]!;
    const written = deployment.restore[node.node.id] ?? [];
    const files = await Promise.all(written.map(open));
    try {
      const eventTimeMs = await restoreOperator(
        node,
        built.contexts[i]!,
        files,
        written,
        built.position,
      );
      if (i === 0 && eventTimeMs > MIN_TIMESTAMP) built.task.restoreEventTime(eventTimeMs);
    } catch (error) {
      throw operatorError(error, node.node, deployment.subtask);
    }
  }
  if (built.inputEnded) built.task.chain.head.source?.stop(true);
}

/** Resolves with how far event time was for a keyed operator, MIN_TIMESTAMP for others. */
async function restoreOperator(
  { operator, node, number, keyedState }: ChainNode,
  context: OperatorContext,
  files: readonly CheckpointFile[],
  writers: readonly FileWriter[],
  position: OperatorPosition,
): Promise<EventTimeMs> {
  const { subtaskIndex, parallelism, maxParallelism } = context.taskInfo;
  const range = keyGroupRangeOf(subtaskIndex, parallelism, maxParallelism);
  let eventTimeMs: EventTimeMs = MIN_TIMESTAMP;
  if (files.length > 0) {
    const reader = await createOperatorStateReader(
      files,
      node.id,
      subtaskIndex,
      parallelism,
      writers,
    );
    operator.restoreState?.(reader);
    const isKeyed = keyedState !== null || operator.restoreKeyedState !== undefined;
    if (isKeyed) eventTimeMs = readEventTime(reader);
    await keyedState?.restore(await createKeyedStateSource(files, node.id, range));
  }
  position.enter(number);
  let opening: void | Promise<void>;
  try {
    opening = operator.open(context);
  } finally {
    position.leave();
  }
  await opening;
  if (files.length > 0 && operator.restoreKeyedState !== undefined) {
    await operator.restoreKeyedState(await createKeyedStateSource(files, node.id, range));
  }
  return eventTimeMs;
}

function openFile(
  file: StateFile,
  storage: (root: string) => StoragePort,
): Promise<CheckpointFile> {
  const cut = file.path.lastIndexOf('/');
  const folder = file.path.slice(0, Math.max(cut, 0)) || '/';
  return openCheckpointFile(storage(folder), { path: file.path.slice(cut + 1), bytes: file.bytes });
}
