/**
 * A slot evaluates the job module again to get its functions. If that yields other operators than
 * the compiler saw, functions would meet the wrong state; this finds out before anything runs.
 */
import { WeirError } from '@weir/core';
import type { JobBindings, JobGraph } from './job-graph.ts';

const ADVICE =
  'The job module must build the same operators every time it is evaluated: let their number and ' +
  'order depend on nothing but its arguments and its configuration.';

/** @throws WeirError JOB_DEFINITION_NOT_DETERMINISTIC naming the operator; not retryable. */
export function verifyBindings(graph: JobGraph, bindings: JobBindings): void {
  const expected = new Set<string>();
  for (const vertex of graph.vertices) {
    for (const { id, name, uid } of vertex.operators) {
      expected.add(id);
      if (bindings.operators.has(id)) continue;
      const uidText = uid === null ? '' : `, uid "${uid}"`;
      throw notDeterministic(`operator "${name}" (id ${id}${uidText}) is missing`, id);
    }
  }
  for (const id of bindings.operators.keys()) {
    if (!expected.has(id)) throw notDeterministic(`operator ${id} is not in the graph`, id);
  }
  for (const edge of graph.edges) {
    if (edge.strategy !== 'HASH' || bindings.keySelectors.has(edge.index)) continue;
    const target = graph.vertices.find((vertex) => vertex.id === edge.target);
    throw notDeterministic(
      `the key selector of "${target?.operators[0]?.name ?? edge.target}" is missing`,
      target?.operators[0]?.id ?? edge.target,
    );
  }
}

function notDeterministic(what: string, operatorId: string): WeirError {
  return new WeirError(
    'JOB_DEFINITION_NOT_DETERMINISTIC',
    `Evaluated again, the job is not the one that was submitted: ${what}. ${ADVICE}`,
    { context: { operatorId } },
  );
}
