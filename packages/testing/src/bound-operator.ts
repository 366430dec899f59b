/** One operator out of a job program, for the operator harness: as the job's slots bind it. */
import { Configuration, invariant } from '@weir/core';
import { StreamExecutionEnvironment } from '@weir/datastream';
import { buildJobGraph, installExecutionHost, type JobProgram } from '@weir/graph';
import type { OperatorFactory } from '@weir/runtime';

/**
 * Evaluates what `build` makes of an environment; `execute` is called for it.
 * @param uid of the operator.
 * @example
 * const counts = boundOperator('counts', (env) => {
 *   env.fromCollection([]).keyBy(user).flatMap(new Count()).uid('counts').print();
 * });
 */
export function boundOperator(
  uid: string,
  build: (env: StreamExecutionEnvironment) => void,
): OperatorFactory {
  const configuration = new Configuration({ 'pipeline.operator-chaining.enabled': 'false' });
  let program: JobProgram | null = null;
  const execute = async (made: JobProgram): Promise<void> => {
    program = made;
  };
  const host = { configuration, args: [], submittedAtMs: 0 };
  installExecutionHost({ ...host, execute });
  try {
    const env = StreamExecutionEnvironment.getExecutionEnvironment();
    build(env);
    void env.execute('bound operator');
  } finally {
    installExecutionHost(null);
  }
  invariant(program !== null, 'the program was not executed');
  const { graph, bindings } = buildJobGraph(program, host);
  const operators = graph.vertices.flatMap((vertex) => vertex.operators);
  const id = operators.find((operator) => operator.uid === uid)?.id;
  invariant(id !== undefined, 'no operator has this uid', { uid });
  return bindings.operators.get(id) as OperatorFactory;
}
