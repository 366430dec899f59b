/**
 * A job program → the job graph as data, and the functions that the graph leaves out. Called by
 * the compiler process, whose graph is the only authority, and again in every slot, which keeps
 * the bindings. Pure: the same program and the same host give the same result everywhere.
 */
import {
  Configuration,
  JOB_NAME,
  OPERATOR_CHAINING,
  type OperatorId,
  type VertexId,
} from '@weir/core';
import { type Chain, chainName, chainsOf, shipStrategy } from './chaining.ts';
import type { JobProgram } from './execution-host.ts';
import type { JobBindings, JobEdge, JobGraph, JobVertex, OperatorNode } from './job-graph.ts';
import { operatorIds } from './operator-ids.ts';
import { type ResolvedParallelism, resolveParallelism } from './parallelism.ts';
import { buildStreamGraph, type StreamEdge, type StreamNode } from './stream-graph.ts';

/** What the evaluating process knows besides the program. */
export interface JobGraphHost {
  /** Wins over what the program set. */
  readonly configuration: Configuration;
  /** Yields to what the program set: the server's defaults. */
  readonly defaults?: Configuration;
  readonly args: readonly string[];
  readonly submittedAtMs: number;
}

const NAME_DEFAULT = 'Weir Streaming Job';

/**
 * O(operators + edges).
 * @throws WeirError JOB_DEFINITION_INVALID, CONFIG_INVALID: the program must be changed.
 */
export function buildJobGraph(
  program: JobProgram,
  host: JobGraphHost,
): { graph: JobGraph; bindings: JobBindings } {
  const defaults = host.defaults ?? new Configuration();
  const configuration = defaults.merge(program.configuration).merge(host.configuration);
  const plan = planOf(buildStreamGraph(program.transformations), configuration);
  const vertices = plan.chains.map((chain) => vertexOf(chain, plan));
  const { edges, keySelectors } = edgesOf(plan);
  const operators = new Map<OperatorId, unknown>();
  for (const [node, id] of plan.ids) operators.set(id, node.operator.binding);
  const graph: JobGraph = {
    name: configuration.get(JOB_NAME) || program.name || NAME_DEFAULT,
    vertices,
    edges,
    configuration: configuration.toRecord(),
    args: [...host.args],
    submittedAtMs: host.submittedAtMs,
  };
  return { graph, bindings: { operators, keySelectors } };
}

interface Plan {
  readonly chains: readonly Chain[];
  readonly chainOf: ReadonlyMap<StreamNode, Chain>;
  readonly ids: ReadonlyMap<StreamNode, OperatorId>;
  readonly parallelism: ReadonlyMap<StreamNode, ResolvedParallelism>;
}

function planOf(nodes: readonly StreamNode[], configuration: Configuration): Plan {
  const ids = operatorIds(nodes);
  const parallelism = new Map<StreamNode, ResolvedParallelism>();
  for (const node of nodes) {
    parallelism.set(node, resolveParallelism(node.operator, configuration));
  }
  const enabled = configuration.get(OPERATOR_CHAINING);
  const chains = chainsOf(nodes, (node) => parallelism.get(node)!.parallelism, enabled);
  const chainOf = new Map<StreamNode, Chain>();
  for (const chain of chains) for (const node of chain.nodes) chainOf.set(node, chain);
  return { chains, chainOf, ids, parallelism };
}

/** Flink's rule: a vertex has the id of its head. */
function vertexIdOf(chain: Chain, plan: Plan): VertexId {
  return plan.ids.get(chain.nodes[0]!)! as string as VertexId;
}

function vertexOf(chain: Chain, plan: Plan): JobVertex {
  const head = chain.nodes[0]!;
  const positions = new Map(chain.nodes.map((node, at) => [node, at]));
  return {
    id: vertexIdOf(chain, plan),
    name: chainName(chain),
    operators: chain.nodes.map((node) => operatorNode(node, chain, positions, plan)),
    ...plan.parallelism.get(head)!,
    slotSharingGroup: head.operator.slotSharingGroup,
  };
}

function operatorNode(
  node: StreamNode,
  chain: Chain,
  positions: ReadonlyMap<StreamNode, number>,
  plan: Plan,
): OperatorNode {
  const { uid, name, role, operatorType, keyed, origin, callSite = null } = node.operator;
  const chainedOutputs = node.outputs
    .filter((edge) => chain.inner.has(edge))
    .map((edge) => ({ target: positions.get(edge.target)!, outputTag: edge.outputTag }));
  const id = plan.ids.get(node)!;
  return { id, uid, name, role, operatorType, keyed, callSite, origin, chainedOutputs };
}

function edgesOf(plan: Plan): { edges: JobEdge[]; keySelectors: Map<number, unknown> } {
  const edges: JobEdge[] = [];
  const keySelectors = new Map<number, unknown>();
  for (const chain of plan.chains) {
    chain.nodes.forEach((node, sourceOperator) => {
      for (const edge of node.outputs) {
        if (chain.inner.has(edge)) continue;
        const jobEdge = jobEdgeOf(edge, edges.length, sourceOperator, chain, plan);
        edges.push(jobEdge);
        if (jobEdge.strategy === 'HASH') {
          keySelectors.set(jobEdge.index, edge.partition!.keySelector);
        }
      }
    });
  }
  return { edges, keySelectors };
}

function jobEdgeOf(
  edge: StreamEdge,
  index: number,
  sourceOperator: number,
  chain: Chain,
  plan: Plan,
): JobEdge {
  return {
    index,
    source: vertexIdOf(chain, plan),
    sourceOperator,
    target: vertexIdOf(plan.chainOf.get(edge.target)!, plan),
    targetInput: edge.targetInput,
    strategy: shipStrategy(edge, (node) => plan.parallelism.get(node)!.parallelism),
    outputTag: edge.outputTag,
  };
}
