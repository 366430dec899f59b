import type { JobGraph } from '@weir/graph';
import { describe, expect, it } from 'vitest';
import type { TaskDeployment } from '../taskmanager/protocol.ts';
import { operatorAt, operatorNumber, OperatorPosition } from './operator-position.ts';

const graph = {
  vertices: [
    { id: 'v', operators: [{ name: 'source' }, { name: 'parse' }] },
    { id: 'w', operators: [{ name: 'sink' }] },
  ],
} as unknown as JobGraph;
const tasks: TaskDeployment[] = [
  { vertexId: 'v', subtask: 0, slot: 0, restore: {} },
  { vertexId: 'w', subtask: 0, slot: 0, restore: {} },
  { vertexId: 'v', subtask: 1, slot: 1, restore: {} },
];

describe('the position of a thread', () => {
  it('names the operator that it is in, and the last one that it was in', () => {
    const cell = new Float64Array(1);
    const position = new OperatorPosition(cell);
    expect(operatorAt(cell[0]!, graph, tasks)).toBeNull();
    position.enter(operatorNumber(2, 1));
    const inside = { vertexId: 'v', subtask: 1, node: { name: 'parse' }, inside: true };
    expect(operatorAt(cell[0]!, graph, tasks)).toEqual(inside);
    position.leave();
    position.leave();
    expect(operatorAt(cell[0]!, graph, tasks)).toEqual({ ...inside, inside: false });
    position.enter(operatorNumber(1, 0));
    expect(operatorAt(cell[0]!, graph, tasks)?.node.name).toBe('sink');
  });

  it('makes nothing of a number that stands for no operator', () => {
    expect(operatorAt(operatorNumber(3, 0), graph, tasks)).toBeNull();
    expect(operatorAt(operatorNumber(1, 1), graph, tasks)).toBeNull();
  });
});
