/**
 * The compiler process: evaluates one job module and answers with its job graph as data, the only
 * authority on the job's shape. Started by `compiler-process.ts` while the server still bundles;
 * ends when it has answered or when the server's connection closes.
 */
import { Configuration, toWire, WeirError } from '@weir/core';
import { buildJobGraph } from '@weir/graph';
import { installEngineResolution } from '../engine-resolution.ts';
import { forwardConsole } from '../taskmanager/console-forwarding.ts';
import { programError } from './program-error.ts';
import { evaluateProgram, noExecution } from './program-evaluation.ts';
import type { CompileRequest, CompilerReply } from './protocol.ts';

installEngineResolution();

const exit = process.exit.bind(process);
let answered = false;

function answer(reply: CompilerReply): void {
  if (answered) return;
  answered = true;
  process.send?.(reply, () => exit(0));
}

function fail(error: unknown): void {
  answer({ type: 'error', error: toWire(programError(error, 'building the job')) });
}

async function compile(request: CompileRequest): Promise<void> {
  try {
    const program = await evaluateProgram(request);
    const { graph } = buildJobGraph(program, {
      configuration: new Configuration(request.configuration),
      defaults: new Configuration(request.defaults),
      args: request.args,
      submittedAtMs: request.submittedAtMs,
    });
    answer({ type: 'graph', graph });
  } catch (error) {
    fail(error);
  }
}

process.exit = (code) => {
  const text = `the program calls process.exit(${code ?? 0}) before its execute() was reached`;
  const error = new WeirError('JOB_DEFINITION_INVALID', text);
  fail(error);
  throw error;
};
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
process.on('disconnect', () => exit(0));
process.once('message', (request: CompileRequest) => {
  forwardConsole((entry) => process.send?.({ type: 'log', entry } satisfies CompilerReply));
  // Without this the connection to the server would keep a program alive that has nothing to do.
  process.channel?.unref();
  process.once('beforeExit', () => fail(noExecution()));
  void compile(request);
});
