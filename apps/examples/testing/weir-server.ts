/**
 * A real server and the `weir` command as processes, for tests that kill them. Everything a test
 * knows comes from what a user would see: output, REST interface, files, processes.
 *
 * Invariants: one data directory and one port for the server's whole life, however often it is
 * started; every wait ends, with a message that says what was seen last.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'vitest';

const WEIR = fileURLToPath(new URL('../../cli/bin/weir.mjs', import.meta.url));
const POLL_MS = 20;
/** For a machine that does much else. */
const PATIENCE_MS = 540_000;
const ENDED = ['FINISHED', 'FAILED', 'CANCELED', 'SUSPENDED'];

const run = promisify(execFile);

/** What is read of the answers of Flink's REST interface. */
interface Checkpointing {
  readonly latest: { readonly completed: { readonly id: number } | null };
}

interface JobExceptions {
  readonly exceptionHistory: { readonly entries: readonly { readonly stacktrace: string }[] };
}

export interface RunOptions {
  readonly parallelism: number;
  readonly args: readonly string[];
  readonly configuration?: Readonly<Record<string, string>>;
  /** Savepoint to start from. */
  readonly from?: string;
}

export class WeirServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'weir-example-'));
  #url = '';
  #port = 0;
  #process: ChildProcess | null = null;

  /** Starts, or starts again where it was. */
  async start(): Promise<void> {
    const server = ['server', '--port', String(this.#port), '--prometheus-port', 'off'];
    const child = spawn(process.execPath, [
      WEIR,
      ...server,
      '--data-dir',
      join(this.folder, 'data'),
    ]);
    this.#process = child;
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        said += chunk;
      });
    }
    await until(
      () => /http:\/\/[\d.]+:\d+/.test(said) || child.exitCode !== null,
      () => `the server did not start: ${said}`,
    );
    this.#url = /http:\/\/[\d.]+:\d+/.exec(said)?.[0] ?? expect.fail(said);
    this.#port = Number(new URL(this.#url).port);
  }

  get pid(): number {
    return this.#process?.pid ?? expect.fail('the server was not started');
  }

  /** `weir run --detached`; resolves with the job's id. */
  async run(entry: string, options: RunOptions): Promise<string> {
    const { parallelism, args, configuration = {}, from } = options;
    const output = await this.weir(
      ...['run', entry, '--detached', '--parallelism', String(parallelism)],
      ...Object.entries(configuration).flatMap(([key, value]) => ['-D', `${key}=${value}`]),
      ...(from === undefined ? [] : ['--from', from]),
      ...['--', ...args],
    );
    return /[0-9a-f]{32}/.exec(output)?.[0] ?? expect.fail(output);
  }

  /** Output of a `weir` command; rejects with it when the command failed. */
  async weir(...args: readonly string[]): Promise<string> {
    const env = { ...process.env, WEIR_SERVER: this.#url };
    return (await run(process.execPath, [WEIR, ...args], { env })).stdout;
  }

  async get<T>(path: string): Promise<T> {
    const response = await fetch(this.#url + path);
    expect(response.status, `GET ${path}`).toBe(200);
    return (await response.json()) as T;
  }

  async state(jobId: string): Promise<string> {
    return (await this.get<{ status: string }>(`/jobs/${jobId}/status`)).status;
  }

  /** Resolves when the job has finished; fails with its last exception when it ends otherwise. */
  async finished(jobId: string): Promise<void> {
    let state = '';
    const hasEnded = async (): Promise<boolean> => {
      state = await this.state(jobId);
      return ENDED.includes(state);
    };
    await until(hasEnded, () => `the job is still ${state}`);
    if (state !== 'FINISHED') expect.fail(`the job is ${state}: ${await this.#failure(jobId)}`);
  }

  /** Resolves with the checkpoint that completes after `id`; fails when the job ends before. */
  async checkpointAfter(jobId: string, id: number): Promise<number> {
    let newest = id;
    const hasCompleted = async (): Promise<boolean> => {
      const { latest } = await this.get<Checkpointing>(`/jobs/${jobId}/checkpoints`);
      newest = Math.max(newest, latest.completed?.id ?? 0);
      if (newest > id) return true;
      const state = await this.state(jobId);
      if (ENDED.includes(state)) expect.fail(`${state} too early: ${await this.#failure(jobId)}`);
      return false;
    };
    await until(hasCompleted, () => `no checkpoint after ${id}`);
    return newest;
  }

  /** Process of the job's TaskManager, once it has one. */
  async taskManager(jobId: string): Promise<number> {
    let pid: number | null = null;
    const isThere = async (): Promise<boolean> => {
      pid = (await this.get<{ pid: number | null }>(`/weir/v1/jobs/${jobId}`)).pid;
      return pid !== null;
    };
    await until(isThere, () => 'the job has no TaskManager');
    return pid ?? expect.fail('the job has no TaskManager');
  }

  /** SIGKILL, as the OOM killer would. Resolves when the process is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async close(): Promise<void> {
    await this.#end('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #failure(jobId: string): Promise<string> {
    const { exceptionHistory } = await this.get<JobExceptions>(`/jobs/${jobId}/exceptions`);
    return exceptionHistory.entries[0]?.stacktrace ?? 'no exception';
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    await exited;
  }
}

/** Resolves once `holds`; fails with `describe` after minutes. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  describe: () => string,
): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > endMs) expect.fail(describe());
    await delay(POLL_MS);
  }
}

/** Living processes that descend from `pid`. */
export async function descendantsOf(pid: number): Promise<number[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,stat=']);
  const processes = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state]) => state !== undefined && !state.startsWith('Z'));
  const found = [pid];
  // The list grows while it is read: children of children are found, too.
  for (const parent of found) {
    for (const [child, of] of processes) if (Number(of) === parent) found.push(Number(child));
  }
  return found.slice(1);
}

/** Resolves when none of the processes lives any more. */
export async function gone(pids: readonly number[]): Promise<void> {
  let living: readonly number[] = pids;
  const areGone = (): boolean => {
    living = living.filter(isAlive);
    return living.length === 0;
  };
  await until(areGone, () => `processes go on without their parent: ${living.join(', ')}`);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
