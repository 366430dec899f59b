/** How TaskManager processes are started for a job whose graph may not be known yet. */
import { availableParallelism } from 'node:os';
import { Configuration, HEARTBEAT_TIMEOUT, PARALLELISM_DEFAULT, TASK_HEAP_SIZE } from '@weir/core';
import type { TaskManagerOptions } from '../taskmanager/task-manager.ts';

/**
 * Threads beyond the machine's cores would only slow the start down; they follow with the
 * deployment. @throws WeirError CONFIG_INVALID.
 */
export function taskManagerOptions(
  configuration: Readonly<Record<string, string>>,
  slots: number | null,
): TaskManagerOptions {
  const effective = new Configuration(configuration);
  return {
    warmSlots: Math.min(slots ?? effective.get(PARALLELISM_DEFAULT), availableParallelism()),
    heapBytes: effective.get(TASK_HEAP_SIZE),
    heartbeatTimeoutMs: effective.get(HEARTBEAT_TIMEOUT),
  };
}
