/** Small job graphs for tests of the control plane. */
import type { OperatorId, VertexId } from '@weir/core';
import { type JobGraph, type JobVertex, stableId } from '@weir/graph';

export interface VertexSketch {
  readonly name: string;
  readonly parallelism?: number;
  readonly maxParallelism?: number;
  readonly maxParallelismDerived?: boolean;
  readonly keyed?: boolean;
}

/** Vertices in a row, each with one operator whose uid is its name. */
export function pipeline(
  vertices: readonly VertexSketch[],
  configuration: Readonly<Record<string, string>> = {},
): JobGraph {
  const made = vertices.map((sketch, at): JobVertex => {
    const { name, parallelism = 1, maxParallelism = 128, keyed = false } = sketch;
    const role = at === 0 ? 'source' : at === vertices.length - 1 ? 'sink' : 'operator';
    const operator = {
      id: stableId(name) as OperatorId,
      uid: name,
      name,
      role,
      operatorType: name,
      keyed,
      callSite: null,
      origin: null,
      chainedOutputs: [],
    } as const;
    return {
      id: stableId(name) as VertexId,
      name,
      operators: [operator],
      parallelism,
      maxParallelism,
      maxParallelismDerived: sketch.maxParallelismDerived ?? true,
      slotSharingGroup: 'default',
    };
  });
  const edges = made.slice(1).map((target, index) => ({
    index,
    source: made[index]!.id,
    sourceOperator: 0,
    target: target.id,
    targetInput: 0,
    strategy: 'HASH' as const,
    outputTag: null,
  }));
  return { name: 'job', vertices: made, edges, configuration, args: [], submittedAtMs: 0 };
}

export const TWO_VERTICES: readonly VertexSketch[] = [
  { name: 'source', parallelism: 2 },
  { name: 'sink', parallelism: 2, keyed: true },
];
