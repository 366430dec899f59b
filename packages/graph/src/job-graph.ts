/**
 * The job graph as data: what the compiler process emits, the server schedules, and the slots
 * verify their own evaluation of the bundle against. JSON-serialisable, no functions.
 */
import type { OperatorId, VertexId } from '@weir/core';
import type { OperatorRole, ShipStrategy } from './transformation.ts';

export interface OperatorNode {
  readonly id: OperatorId;
  readonly uid: string | null;
  readonly name: string;
  readonly role: OperatorRole;
  readonly operatorType: string;
  readonly keyed: boolean;
  /** The outside system that the operator calls, `airports (PostgreSQL)`. */
  readonly callSite: string | null;
  readonly origin: string | null;
  /** Outputs within the chain: indices into the vertex's operators. */
  readonly chainedOutputs: readonly ChainedOutput[];
}

export interface ChainedOutput {
  readonly target: number;
  /** Null = the main output. */
  readonly outputTag: string | null;
}

export interface JobVertex {
  readonly id: VertexId;
  /** Names of the chain joined by " -> ", as Flink shows them. */
  readonly name: string;
  /** In topological order; the first one is the head. */
  readonly operators: readonly OperatorNode[];
  readonly parallelism: number;
  readonly maxParallelism: number;
  /** True when nobody chose it: a savepoint with another one then wins on restore. */
  readonly maxParallelismDerived?: boolean;
  readonly slotSharingGroup: string;
}

export interface JobEdge {
  /** Position in `edges`; also the id by which slots find the key selector. */
  readonly index: number;
  readonly source: VertexId;
  /** Which operator of the source vertex emits into this edge. */
  readonly sourceOperator: number;
  readonly target: VertexId;
  /** Input number at the target; several edges of a union share input 0. */
  readonly targetInput: number;
  readonly strategy: ShipStrategy;
  readonly outputTag: string | null;
}

export interface JobGraph {
  readonly name: string;
  /** Topologically sorted. */
  readonly vertices: readonly JobVertex[];
  readonly edges: readonly JobEdge[];
  /** Effective job configuration: environment, command line and server defaults merged. */
  readonly configuration: Readonly<Record<string, string>>;
  /** Arguments after `--`, pinned so that every evaluation sees the same. */
  readonly args: readonly string[];
  /** Pinned for `Date.now()`-like use in job programs, epoch ms. */
  readonly submittedAtMs: number;
}

/** What a slot needs besides data: filled by evaluating the bundle again. */
export interface JobBindings {
  readonly operators: ReadonlyMap<OperatorId, unknown>;
  /** Key selectors by edge index. */
  readonly keySelectors: ReadonlyMap<number, unknown>;
}

/** Slots that a job needs: per slot-sharing group the largest parallelism. */
export function requiredSlots(graph: JobGraph): number {
  const groups = new Map<string, number>();
  for (const vertex of graph.vertices) {
    const most = groups.get(vertex.slotSharingGroup) ?? 0;
    groups.set(vertex.slotSharingGroup, Math.max(most, vertex.parallelism));
  }
  let slots = 0;
  for (const parallelism of groups.values()) slots += parallelism;
  return slots;
}
