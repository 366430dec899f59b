/**
 * How a job program meets the process that evaluates it. The compiler process, a slot's thread and
 * the test harness each install a host before they import the bundle; the environment's
 * `execute()` hands its transformations to it. Found through a global symbol, because the bundle
 * may carry its own copy of nothing but user code.
 */
import type { Configuration } from '@weir/core';
import type { Transformation } from './transformation.ts';

export interface JobProgram {
  readonly name: string;
  readonly transformations: readonly Transformation[];
  /** What the program set; command line and server defaults are merged by the host. */
  readonly configuration: Configuration;
}

export interface ExecutionHost {
  /** Effective before the program ran: command line over server defaults. */
  readonly configuration: Configuration;
  /** Arguments after `--`. */
  readonly args: readonly string[];
  readonly submittedAtMs: number;
  /** Called once by execute(). The returned promise may never settle (compiler, slot). */
  execute(program: JobProgram): Promise<void>;
}

const HOST = Symbol.for('weir.executionHost');

export function installExecutionHost(host: ExecutionHost | null): void {
  (globalThis as Record<symbol, unknown>)[HOST] = host;
}

export function executionHost(): ExecutionHost | null {
  return ((globalThis as Record<symbol, unknown>)[HOST] as ExecutionHost | undefined) ?? null;
}
