/**
 * Which neighbouring operators become one task. Semantics: Flink's
 * StreamingJobGraphGenerator.isChainable and createChainedName.
 */
import type { ShipStrategy } from './transformation.ts';
import { invalid, label, type StreamEdge, type StreamNode } from './stream-graph.ts';

/** Operators of one task in topological order, and which of their edges stay inside. */
export interface Chain {
  readonly nodes: readonly StreamNode[];
  readonly inner: ReadonlySet<StreamEdge>;
}

export type ParallelismOf = (node: StreamNode) => number;

/** @throws WeirError JOB_DEFINITION_INVALID for FORWARD between different parallelisms. */
export function shipStrategy(edge: StreamEdge, parallelismOf: ParallelismOf): ShipStrategy {
  const from = parallelismOf(edge.source);
  const to = parallelismOf(edge.target);
  const strategy = edge.partition?.strategy ?? (from === to ? 'FORWARD' : 'REBALANCE');
  if (strategy === 'FORWARD' && from !== to) {
    throw invalid(
      `forward() from ${label(edge.source.operator)} (parallelism ${from}) to ` +
        `${label(edge.target.operator)} (parallelism ${to}) needs the same parallelism on both ` +
        'sides; set it, or use rebalance()',
    );
  }
  return strategy;
}

/** Every node is in exactly one chain; chains are in order of their heads' creation. */
export function chainsOf(
  nodes: readonly StreamNode[],
  parallelismOf: ParallelismOf,
  enabled: boolean,
): Chain[] {
  const chainOf = new Map<StreamNode, { nodes: StreamNode[]; inner: Set<StreamEdge> }>();
  const chains: Chain[] = [];
  for (const node of nodes) {
    const edge = node.inputs[0];
    if (enabled && edge !== undefined && isChainable(edge, parallelismOf)) {
      const chain = chainOf.get(edge.source)!;
      chain.nodes.push(node);
      chain.inner.add(edge);
      chainOf.set(node, chain);
      continue;
    }
    const chain = { nodes: [node], inner: new Set<StreamEdge>() };
    chains.push(chain);
    chainOf.set(node, chain);
  }
  return chains;
}

function isChainable(edge: StreamEdge, parallelismOf: ParallelismOf): boolean {
  const up = edge.source.operator;
  const down = edge.target.operator;
  return (
    edge.target.inputs.length === 1 &&
    up.slotSharingGroup === down.slotSharingGroup &&
    up.chaining !== 'NEVER' &&
    down.chaining === 'ALWAYS' &&
    shipStrategy(edge, parallelismOf) === 'FORWARD'
  );
}

/** `Source: lines -> (Map, Filter -> Sink: out)`. */
export function chainName(chain: Chain): string {
  return nameFrom(chain.nodes[0]!, chain.inner);
}

function nameFrom(node: StreamNode, inner: ReadonlySet<StreamEdge>): string {
  const own = displayName(node);
  const following = node.outputs
    .filter((edge) => inner.has(edge))
    .map((edge) => nameFrom(edge.target, inner));
  if (following.length === 0) return own;
  if (following.length === 1) return `${own} -> ${following[0]}`;
  return `${own} -> (${following.join(', ')})`;
}

function displayName(node: StreamNode): string {
  const { role, name } = node.operator;
  const prefix = role === 'source' ? 'Source: ' : role === 'sink' ? 'Sink: ' : '';
  return name.startsWith(prefix) ? name : prefix + name;
}
