import type { VertexId } from '@weir/core';
import type { JobGraph } from '@weir/graph';
import { describe, expect, it } from 'vitest';
import { EXECUTION_TRANSITIONS, ExecutionGraph } from './execution-graph.ts';
import { assignSlots } from './slot-assignment.ts';

function graphOf(...vertices: [id: string, parallelism: number, group?: string][]): JobGraph {
  return {
    name: 'job',
    vertices: vertices.map(([id, parallelism, slotSharingGroup = 'default']) => ({
      id: id as VertexId,
      name: id,
      operators: [],
      parallelism,
      maxParallelism: 128,
      slotSharingGroup,
    })),
    edges: [],
    configuration: {},
    args: [],
    submittedAtMs: 0,
  };
}

describe('assignSlots', () => {
  it('shares a slot between the vertices of a group, and none between groups', () => {
    const slots = assignSlots(graphOf(['a', 2], ['b', 3], ['c', 2, 'other']));
    expect(slots.slots).toBe(5);
    expect([slots.slotOf('a', 1), slots.slotOf('b', 1), slots.slotOf('b', 2)]).toEqual([1, 1, 2]);
    expect([slots.slotOf('c', 0), slots.slotOf('c', 1)]).toEqual([3, 4]);
  });
});

describe('ExecutionGraph', () => {
  const make = () => {
    const graph = graphOf(['a', 1], ['b', 2]);
    const changes: string[] = [];
    const execution = new ExecutionGraph(graph, assignSlots(graph), 4, 10, (change) =>
      changes.push(`${change.vertexId}${change.subtask} ${change.state} ${change.atMs}`),
    );
    return { graph, execution, changes };
  };

  it('knows when all run and when all have finished', () => {
    const { graph, execution, changes } = make();
    execution.updateAll('SCHEDULED', 11);
    execution.updateAll('DEPLOYING', 12);
    execution.update({ vertexId: 'a', subtask: 0 }, 'INITIALIZING', 13);
    execution.update({ vertexId: 'a', subtask: 0 }, 'RUNNING', 14);
    expect(execution.allRunning).toBe(false);
    expect(execution.describeNotRunning(graph)).toBe('b (1) is DEPLOYING');
    execution.updateAll('RUNNING', 15);
    expect(execution.allRunning).toBe(true);
    expect(changes.slice(-3)).toEqual(['a0 RUNNING 14', 'b0 RUNNING 15', 'b1 RUNNING 15']);
    execution.updateAll('FINISHED', 16);
    expect([execution.allRunning, execution.allFinished]).toEqual([false, true]);
    expect(execution.views()[0]!.subtasks[0]).toEqual({
      subtask: 0,
      state: 'FINISHED',
      attempt: 4,
      slot: null,
      taskManagerId: null,
      timestamps: {
        CREATED: 10,
        SCHEDULED: 11,
        DEPLOYING: 12,
        INITIALIZING: 13,
        RUNNING: 14,
        FINISHED: 16,
      },
    });
  });

  it('counts a subtask as drained once', () => {
    const { execution } = make();
    for (const _ of [1, 2, 3]) execution.markDrained({ vertexId: 'a', subtask: 0 });
    execution.markDrained({ vertexId: 'b', subtask: 0 });
    expect(execution.allDrained).toBe(false);
    execution.markDrained({ vertexId: 'b', subtask: 1 });
    expect(execution.allDrained).toBe(true);
  });

  it('ignores what comes after the end, refuses what can not be', () => {
    const { execution } = make();
    const task = { vertexId: 'a', subtask: 0 };
    expect(() => execution.update(task, 'RUNNING', 1)).toThrow(/does not follow/);
    expect(() => execution.update({ vertexId: 'a', subtask: 7 }, 'FAILED', 1)).toThrow(/subtask/);
    execution.update(task, 'FAILED', 1);
    expect(execution.update(task, 'RUNNING', 2)).toBe(false);
    expect(execution.stateOf(task)).toBe('FAILED');
  });

  it('a task that is being cancelled may still finish or fail, but runs no more', () => {
    const { execution } = make();
    const task = { vertexId: 'a', subtask: 0 };
    for (const state of ['SCHEDULED', 'DEPLOYING', 'CANCELING'] as const) {
      execution.updateAll(state, 1);
    }
    expect(execution.update(task, 'RUNNING', 2)).toBe(false);
    expect(execution.update(task, 'FINISHED', 2)).toBe(true);
  });

  it('every state but the ended ones has a way to fail', () => {
    for (const [state, next] of Object.entries(EXECUTION_TRANSITIONS)) {
      expect(next.includes('FAILED')).toBe(!['FINISHED', 'CANCELED', 'FAILED'].includes(state));
    }
  });
});
