/**
 * From a submission to a job graph, as quickly as possible: the TaskManager's and the compiler's
 * process start while the module is being bundled.
 */
import type { LogEntry } from '@weir/runtime';
import { WeirError, isWeirError } from '@weir/core';
import type { JobGraph } from '@weir/graph';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import { CompilerProcess } from '../compiler/compiler-process.ts';
import type { JobSubmission } from '../http/job-service.ts';
import type { ProcessLauncher } from '../taskmanager/task-manager-launcher.ts';
import type { DispatcherLog } from './dispatcher-log.ts';
import { restoreFolder } from './restore-path.ts';
import { taskManagerOptions } from './task-manager-options.ts';

export interface Compilation {
  readonly jobId: string;
  readonly request: JobSubmission;
  /** Instead of bundling `request.entry`. */
  readonly artifact: string | null;
  readonly submittedAtMs: number;
  readonly defaults: Readonly<Record<string, string>>;
  readonly artifacts: ArtifactStore;
  readonly launcher: ProcessLauncher;
  readonly log: DispatcherLog;
}

/** The artifact is pinned; whoever receives this unpins it once a record refers to it. */
export interface CompiledJob {
  readonly graph: JobGraph;
  readonly artifactSha256: string;
  readonly restorePath: string | null;
}

const PRINTED_LINES_SHOWN = 20;

/** @throws WeirError JOB_DEFINITION_INVALID, CONFIG_INVALID, SAVEPOINT_NOT_FOUND … */
export async function compileJob(work: Compilation): Promise<CompiledJob> {
  const { jobId, request, defaults, artifacts, launcher } = work;
  const restorePath = request.restorePath === null ? null : restoreFolder(request.restorePath);
  const configuration = commandLine(request);
  const printed: LogEntry[] = [];
  launcher.prepare(jobId, taskManagerOptions({ ...defaults, ...configuration }, null));
  const compiler = new CompilerProcess();
  let artifactSha256: string | null = null;
  try {
    artifactSha256 = await artifactOf(work);
    const { args } = request;
    const submittedAtMs = work.submittedAtMs;
    const artifactUrl = artifacts.url(artifactSha256);
    const graph = await compiler.compile(
      { artifactUrl, configuration, defaults, args, submittedAtMs },
      (entry) => {
        printed.push(entry);
      },
    );
    launcher.addLog(jobId, printed);
    return { graph, artifactSha256, restorePath };
  } catch (error) {
    compiler.close();
    launcher.discard(jobId);
    if (artifactSha256 !== null) artifacts.unpin(artifactSha256);
    throw withPrinted(error, printed);
  }
}

async function artifactOf({ artifact, artifacts, request }: Compilation): Promise<string> {
  if (artifact === null) return artifacts.add(request.entry);
  artifacts.pin(artifact);
  return artifact;
}

/** `--parallelism` and the name are configuration options with switches of their own. */
function commandLine(request: JobSubmission): Record<string, string> {
  const configuration = { ...request.configuration };
  if (request.parallelism !== null) {
    configuration['parallelism.default'] = String(request.parallelism);
  }
  if (request.name !== null) configuration['pipeline.name'] = request.name;
  return configuration;
}

/** What a program printed before it failed usually says why. */
function withPrinted(error: unknown, printed: readonly LogEntry[]): unknown {
  if (printed.length === 0 || !isWeirError(error)) return error;
  const lines = printed.slice(-PRINTED_LINES_SHOWN).map(({ text }) => text);
  return new WeirError(error.code, `${error.message}\nThe program printed:\n${lines.join('\n')}`, {
    retryable: error.retryable,
    context: error.context,
    cause: error.cause,
  });
}
