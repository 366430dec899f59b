/**
 * Which operator a slot's thread is in: one double in shared memory, so that it can be read when
 * the thread hangs, and after it is gone.
 *
 * Written by the driver as it enters and leaves an operator, twice per slice of a batch; read by
 * the TaskManager's main thread. Invariant: 0 = no operator so far, n > 0 = in operator n,
 * -n = outside of operators, n was the last. Operators are numbered by task and place in the chain.
 */
import type { JobGraph, OperatorNode } from '@weir/graph';
import type { TaskDeployment } from '../taskmanager/protocol.ts';
import type { TaskLocation } from '../taskmanager/task-location.ts';

const OPERATORS_PER_TASK_MAX = 65_536;

export class OperatorPosition {
  readonly #cell: Float64Array;

  /** `cell` has one element. */
  constructor(cell: Float64Array = new Float64Array(1)) {
    this.#cell = cell;
  }

  enter(number: number): void {
    this.#cell[0] = number;
  }

  leave(): void {
    this.#cell[0] = -Math.abs(this.#cell[0]!);
  }
}

/** `taskIndex` is the task's place in the deployment, `place` the operator's in its chain. */
export function operatorNumber(taskIndex: number, place: number): number {
  return taskIndex * OPERATORS_PER_TASK_MAX + place + 1;
}

export interface PositionedOperator extends TaskLocation {
  readonly node: OperatorNode;
  /** False: the thread had left it. */
  readonly inside: boolean;
}

/** What the number stands for; null for 0. */
export function operatorAt(
  position: number,
  graph: JobGraph,
  tasks: readonly TaskDeployment[],
): PositionedOperator | null {
  const number = Math.abs(position) - 1;
  const task = tasks[Math.floor(number / OPERATORS_PER_TASK_MAX)];
  if (number < 0 || task === undefined) return null;
  const { vertexId, subtask } = task;
  const vertex = graph.vertices.find(({ id }) => id === vertexId);
  const node = vertex?.operators[number % OPERATORS_PER_TASK_MAX];
  return node === undefined ? null : { vertexId, subtask, node, inside: position > 0 };
}
