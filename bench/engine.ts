/** A real server in a process of its own, as a user starts it, and jobs run on it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Measurement } from './workload/measurement.ts';
import { argumentsOf, type Parameters } from './workload/parameters.ts';

const WEIR = join(import.meta.dirname, '../apps/cli/bin/weir.mjs');
const ENDED = new Set(['FINISHED', 'FAILED', 'CANCELED']);
const POLL_MS = 100;
/** Of baselines: a slot's room for young objects; kafkajs sets timers for times that are over. */
const FLAGS = ['--max-semi-space-size=64', '--disable-warning=TimeoutNegativeWarning'];
const HEADERS = { 'content-type': 'application/json', 'x-weir-client': 'bench' };

export class Engine {
  readonly #process: ChildProcess;
  readonly #directory: string;
  readonly #url: string;

  private constructor(process: ChildProcess, directory: string, url: string) {
    this.#process = process;
    this.#directory = directory;
    this.#url = url;
  }

  static async launch(): Promise<Engine> {
    const directory = mkdtempSync(join(tmpdir(), 'weir-bench-'));
    const ports = ['--port', '0', '--prometheus-port', 'off'];
    const child = spawn(process.execPath, [WEIR, 'server', ...ports, '--data-dir', directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return new Engine(child, directory, await addressIn(child));
  }

  get url(): string {
    return this.#url;
  }

  /** A file for one measurement. */
  file(name: string): string {
    return join(this.#directory, `${name}.json`);
  }

  /** @param started told the job's id once it exists. @throws Error when the job fails. */
  async run(
    job: string,
    parameters: Parameters,
    started: (jobId: string) => void = () => {},
  ): Promise<Measurement> {
    const jobId = await this.start(job, parameters);
    started(jobId);
    await this.#end(jobId);
    return measurementIn(parameters.file);
  }

  /** The job's id; it runs on. */
  async start(job: string, parameters: Parameters): Promise<string> {
    const entry = join(import.meta.dirname, 'jobs', `${job}.ts`);
    const { jobId } = await this.#request<{ jobId: string }>('/weir/v1/jobs', {
      entry,
      args: argumentsOf(parameters),
      parallelism: null,
      configuration: {},
      restorePath: null,
      name: null,
    });
    return jobId;
  }

  get<T>(path: string): Promise<T> {
    return this.#request(path);
  }

  async delete(path: string): Promise<void> {
    await fetch(this.#url + path, { method: 'DELETE', headers: HEADERS });
  }

  async cancel(jobId: string): Promise<void> {
    await fetch(`${this.#url}/jobs/${jobId}`, { method: 'PATCH', headers: HEADERS });
  }

  /** `weir run`; milliseconds until the job's first record was there. */
  async runFromCommandLine(parameters: Parameters): Promise<Measurement> {
    const startMs = Date.now();
    const job = join(import.meta.dirname, 'jobs/first-record.ts');
    const server = ['--server', this.#url];
    await execute([WEIR, 'run', job, ...server, '--', ...argumentsOf(parameters)]);
    const measured = measurementIn(parameters.file);
    const tookMs = 'maxMs' in measured ? measured.maxMs - startMs : Number.NaN;
    return { p50Ms: tookMs, p99Ms: tookMs, maxMs: tookMs };
  }

  async close(): Promise<void> {
    const exited = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGTERM');
    await exited;
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #end(jobId: string): Promise<void> {
    for (;;) {
      const { state } = await this.#request<{ state: string }>(`/jobs/${jobId}`);
      if (state === 'FINISHED') return;
      if (ENDED.has(state)) {
        const exceptions = await this.#request<object>(`/jobs/${jobId}/exceptions`);
        throw new Error(`the job ended as ${state}: ${JSON.stringify(exceptions)}`);
      }
      await delay(POLL_MS);
    }
  }

  async #request<T>(path: string, body?: object): Promise<T> {
    const post = { method: 'POST', body: JSON.stringify(body) };
    const init = body === undefined ? {} : { ...post, headers: HEADERS };
    const response = await fetch(this.#url + path, init);
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return (await response.json()) as T;
  }
}

/** The same work written by hand, in a process of its own. */
export async function runBaseline(name: string, parameters: Parameters): Promise<Measurement> {
  const script = join(import.meta.dirname, 'baselines', `${name}.ts`);
  await execute([...FLAGS, script, ...argumentsOf(parameters)]);
  return measurementIn(parameters.file);
}

async function execute(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
}

function measurementIn(file: string): Measurement {
  const measurement = JSON.parse(readFileSync(file, 'utf8')) as Measurement;
  rmSync(file);
  return measurement;
}

/** What a server says once it answers. */
function addressIn(child: ChildProcess): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    child.stdout!.on('data', (chunk: Buffer) => {
      said += String(chunk);
      const url = /http:\/\/\S+/.exec(said)?.[0];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
}
