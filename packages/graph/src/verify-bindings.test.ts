import type { OperatorId, VertexId } from '@weir/core';
import { describe, expect, it } from 'vitest';
import type { JobBindings, JobGraph, OperatorNode } from './job-graph.ts';
import { verifyBindings } from './verify-bindings.ts';

const operator: OperatorNode = {
  id: 'a1' as OperatorId,
  uid: 'count',
  name: 'Count',
  role: 'operator',
  operatorType: 'Reduce',
  keyed: true,
  callSite: null,
  origin: null,
  chainedOutputs: [],
};
const graph: JobGraph = {
  name: 'job',
  vertices: [
    {
      id: 'a1' as VertexId,
      name: 'Count',
      operators: [operator],
      parallelism: 1,
      maxParallelism: 128,
      slotSharingGroup: 'default',
    },
  ],
  edges: [
    {
      index: 0,
      source: 'a1' as VertexId,
      sourceOperator: 0,
      target: 'a1' as VertexId,
      targetInput: 0,
      strategy: 'HASH',
      outputTag: null,
    },
  ],
  configuration: {},
  args: [],
  submittedAtMs: 0,
};

function bindings(ids: string[], edges: number[]): JobBindings {
  return {
    operators: new Map(ids.map((id) => [id as OperatorId, {}])),
    keySelectors: new Map(edges.map((edge) => [edge, () => 1])),
  };
}

describe('verifyBindings', () => {
  it('accepts what was evaluated to the same job', () => {
    expect(() => verifyBindings(graph, bindings(['a1'], [0]))).not.toThrow();
  });

  it.each([
    ['a missing operator', bindings([], [0]), /operator "Count" \(id a1, uid "count"\) is missing/],
    ['an operator too many', bindings(['a1', 'b2'], [0]), /operator b2 is not in the graph/],
    ['a missing key selector', bindings(['a1'], []), /key selector of "Count" is missing/],
  ])('names %s and says what the job module must do', (_what, found, message) => {
    expect(() => verifyBindings(graph, found)).toThrow(message);
    expect(() => verifyBindings(graph, found)).toThrow(/must build the same operators every time/);
    expect(() => verifyBindings(graph, found)).toThrow(
      expect.objectContaining({ code: 'JOB_DEFINITION_NOT_DETERMINISTIC' }),
    );
  });
});
