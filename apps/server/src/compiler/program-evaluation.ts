/**
 * Evaluates a bundled job module up to its `execute()`. The compiler does it for the graph, each
 * slot's thread for the functions. `execute()` never returns to the program: what follows it would
 * otherwise run once per thread.
 */
import { Configuration, WeirError } from '@weir/core';
import { installExecutionHost, type JobProgram } from '@weir/graph';
import type { CompileRequest } from './protocol.ts';

/** A second `execute()` that is not awaited comes within these turns of the event loop. */
const TURNS_FOR_A_SECOND = 3;

/**
 * One evaluation per thread, because modules are evaluated once.
 * Stays pending as long as the program neither calls `execute()` nor fails.
 * @throws whatever the program throws; WeirError JOB_DEFINITION_INVALID on a second `execute()`.
 */
export async function evaluateProgram(request: CompileRequest): Promise<JobProgram> {
  const { promise, resolve, reject } = Promise.withResolvers<JobProgram>();
  let executions = 0;
  installExecutionHost({
    configuration: new Configuration({ ...request.defaults, ...request.configuration }),
    args: request.args,
    submittedAtMs: request.submittedAtMs,
    execute(program) {
      executions++;
      if (executions > 1) reject(secondExecution(program.name));
      else void afterTurns(TURNS_FOR_A_SECOND).then(() => resolve(program));
      return new Promise(() => {});
    },
  });
  import(request.artifactUrl).catch(reject);
  return promise;
}

export function noExecution(): WeirError {
  return new WeirError(
    'JOB_DEFINITION_INVALID',
    'the program ended without calling execute(); a job ends with `await env.execute("name")`',
  );
}

function secondExecution(name: string): WeirError {
  return new WeirError(
    'JOB_DEFINITION_INVALID',
    `the program calls execute() a second time ("${name}"); a job has one execute(), ` +
      'put the other pipeline into the same environment or into a module of its own',
  );
}

async function afterTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
