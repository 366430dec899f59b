/**
 * Transformations → operators and the edges between them. Unions, partitions and side outputs
 * are no operators: they dissolve into edges. Semantics: Flink's StreamGraphGenerator; of several
 * partitions in a row the last one counts.
 *
 * Invariants: nodes are in order of creation, which is a topological order, because an input
 * exists before what reads it.
 */
import { WeirError } from '@weir/core';
import type { OperatorTransformation, ShipStrategy, Transformation } from './transformation.ts';

export interface StreamNode {
  readonly operator: OperatorTransformation;
  readonly inputs: StreamEdge[];
  readonly outputs: StreamEdge[];
}

export interface StreamEdge {
  readonly source: StreamNode;
  readonly target: StreamNode;
  readonly targetInput: number;
  /** What the program asked for; null = decided by the parallelism of both ends. */
  readonly partition: { readonly strategy: ShipStrategy; readonly keySelector: unknown } | null;
  readonly outputTag: string | null;
}

type OpenEdge = Pick<StreamEdge, 'source' | 'partition' | 'outputTag'>;

/**
 * All operators that the given transformations are or read from, connected.
 * @throws WeirError JOB_DEFINITION_INVALID when the program is no runnable graph.
 */
export function buildStreamGraph(transformations: readonly Transformation[]): StreamNode[] {
  const reached = collect(transformations);
  const nodes = new Map<number, StreamNode>();
  for (const transformation of reached) {
    if (transformation.kind !== 'operator') continue;
    const node: StreamNode = { operator: transformation, inputs: [], outputs: [] };
    nodes.set(transformation.id, node);
    transformation.inputs.forEach((input, targetInput) => {
      for (const open of resolve(input, nodes)) {
        const edge: StreamEdge = { ...open, target: node, targetInput };
        node.inputs.push(edge);
        open.source.outputs.push(edge);
      }
    });
  }
  const all = [...nodes.values()].filter(isUsed);
  for (const node of all) checkShape(node);
  if (!all.some((node) => node.operator.role === 'sink')) throw noSink(all);
  return all;
}

/** Everything reachable, in order of creation. */
function collect(roots: readonly Transformation[]): Transformation[] {
  const byId = new Map<number, Transformation>();
  const open = [...roots];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const known = byId.get(next.id);
    if (known === next) continue;
    if (known !== undefined) {
      throw invalid(
        `two transformations have the number ${next.id}: streams of two environments can't be ` +
          'combined; build the whole job with one environment',
      );
    }
    byId.set(next.id, next);
    for (const input of inputsOf(next)) {
      if (input.id >= next.id) {
        throw invalid(
          `${label(next)} reads from ${label(input)}, which was made after it: a job graph has ` +
            'no cycles; write the repeated part as one operator with state',
        );
      }
      open.push(input);
    }
  }
  return [...byId.values()].sort((left, right) => left.id - right.id);
}

function inputsOf(transformation: Transformation): readonly Transformation[] {
  const one = transformation.kind === 'partition' || transformation.kind === 'sideOutput';
  return one ? [transformation.input] : transformation.inputs;
}

function resolve(from: Transformation, nodes: ReadonlyMap<number, StreamNode>): OpenEdge[] {
  switch (from.kind) {
    case 'operator': {
      const source = nodes.get(from.id)!;
      return [{ source, partition: null, outputTag: null }];
    }
    case 'union':
      return from.inputs.flatMap((input) => resolve(input, nodes));
    case 'sideOutput':
      return resolve(from.input, nodes).map((edge) => ({ ...edge, outputTag: from.tag.id }));
    case 'partition': {
      const { strategy, keySelector } = from;
      if (strategy === 'HASH' && typeof keySelector !== 'function') {
        throw invalid('keyBy needs a function that returns the key, e.g. keyBy((r) => r.id)');
      }
      const partition = { strategy, keySelector };
      return resolve(from.input, nodes).map((edge) => ({ ...edge, partition }));
    }
  }
}

/** A source that nothing reads does not run, as in Flink. */
function isUsed(node: StreamNode): boolean {
  return node.operator.role !== 'source' || node.outputs.length > 0;
}

function checkShape(node: StreamNode): void {
  const { operator, inputs, outputs } = node;
  if (operator.role === 'source' && inputs.length > 0) {
    throw invalid(`the source ${label(operator)} has an input; use an operator instead`);
  }
  if (operator.role !== 'source' && inputs.length === 0) {
    throw invalid(`${label(operator)} has no input; connect it to a stream or remove it`);
  }
  if (operator.role === 'sink' && outputs.length > 0) {
    throw invalid(`${label(operator)} is a sink and has no output; read from its input instead`);
  }
}

function noSink(nodes: readonly StreamNode[]): WeirError {
  const last = nodes.at(-1);
  const where = last === undefined ? '' : ` The last operator is ${label(last.operator)}.`;
  return invalid(
    `the job has no sink, so nothing would come of it; end a stream with sinkTo(…).${where}`,
  );
}

/** How an error names a transformation: by name and by the place where it was written. */
export function label(transformation: Transformation): string {
  if (transformation.kind !== 'operator') {
    return `${transformation.kind} number ${transformation.id}`;
  }
  const { name, origin } = transformation;
  return origin === null ? `"${name}"` : `"${name}" (${origin})`;
}

export function invalid(message: string): WeirError {
  return new WeirError('JOB_DEFINITION_INVALID', message);
}
