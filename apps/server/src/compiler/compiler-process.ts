/**
 * The server's side of a compiler process. Made the moment a job is submitted, so that Node's
 * start-up and the bundling go on at once; `compile` once the bundle is there; `close` always.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fromWire, WeirError } from '@weir/core';
import type { JobGraph } from '@weir/graph';
import type { LogEntry } from '@weir/runtime';
import { engineEntry, engineEnvironment } from '../engine-resolution.ts';
import { entryOf } from '../taskmanager/console-forwarding.ts';
import type { CompileRequest, CompilerReply } from './protocol.ts';

const COMPILE_MS_MAX = 30_000;
const OUTPUT_LENGTH_MAX = 16_384;

export class CompilerProcess {
  readonly #child: ChildProcess;
  readonly #timeoutMs: number;
  #output = '';

  constructor(timeoutMs = COMPILE_MS_MAX) {
    this.#timeoutMs = timeoutMs;
    this.#child = fork(fileURLToPath(engineEntry('compiler')), [], {
      serialization: 'advanced',
      env: engineEnvironment(),
      execArgv: ['--enable-source-maps'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    // A failed spawn is reported by `compile`; until then it must not end the server.
    this.#child.on('error', (error) => {
      this.#output = error.message;
    });
  }

  /**
   * Call once. What the program prints goes to `onLog`.
   * @throws WeirError JOB_DEFINITION_INVALID, or what the program's own mistakes are called.
   */
  compile(request: CompileRequest, onLog: (entry: LogEntry) => void): Promise<JobGraph> {
    const { promise, resolve, reject } = Promise.withResolvers<JobGraph>();
    const child = this.#child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-OUTPUT_LENGTH_MAX);
        onLog(entryOf(Date.now(), 'info', text.trimEnd()));
      });
    }
    child.on('message', (reply: CompilerReply) => {
      if (reply.type === 'log') onLog(reply.entry);
      else if (reply.type === 'graph') resolve(reply.graph);
      else reject(fromWire(reply.error));
    });
    child.on('error', (cause) => reject(ended(cause.message, this.#output)));
    child.on('exit', (code, signal) => {
      reject(ended(signal === null ? `exit code ${code}` : `signal ${signal}`, this.#output));
    });
    const timer = setTimeout(() => reject(tooSlow(this.#timeoutMs)), this.#timeoutMs);
    child.send(request, (cause) => {
      if (cause !== null) reject(ended(cause.message, this.#output));
    });
    return promise.finally(() => {
      clearTimeout(timer);
      this.close();
    });
  }

  /** Ends the process, whatever it is doing. */
  close(): void {
    this.#child.kill('SIGKILL');
  }
}

function ended(how: string, output: string): WeirError {
  const text = output.includes('heap out of memory')
    ? 'the program ran out of heap while it built the job'
    : `the program ended its process (${how}) before its execute() was reached`;
  return new WeirError('JOB_DEFINITION_INVALID', output === '' ? text : `${text}\n${output}`);
}

function tooSlow(timeoutMs: number): WeirError {
  return new WeirError(
    'JOB_DEFINITION_INVALID',
    `the program did not reach its execute() within ${timeoutMs / 1000} s; ` +
      'a job module only builds the job, move long work into a source or a function’s open()',
  );
}
