/** Tests talk to a server process here: its life as a process, its REST interface, its children. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { decodeJobMessage, type JobMessage, shapeOf, type TickShape } from '@weir/console-protocol';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import type { CheckpointStep } from './checkpoint-gate.ts';
import type { Measurement, ServerMessage } from './server-main.ts';

const POLL_MS = 25;
const HEADERS = { 'content-type': 'application/json', 'x-weir-client': 'test' };

export interface JobException {
  readonly exceptionName: string;
  readonly stacktrace: string;
  readonly taskName?: string;
}

export interface SubmitOptions {
  readonly configuration?: Readonly<Record<string, string>>;
  readonly restorePath?: string;
  readonly args?: readonly string[];
}

/** A folder of its own for job modules and a data directory. */
export class Workspace {
  readonly root = mkdtempSync(join(tmpdir(), 'weir-faults-'));
  readonly dataDirectory = join(this.root, '.weir');

  /** Absolute path of the written module. */
  write(name: string, text: string): string {
    const path = join(this.root, name);
    writeFileSync(path, text);
    return path;
  }
}

export class ServerProcess {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #url: string;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.#url = url;
    this.pid = child.pid ?? 0;
  }

  static async start(
    dataDirectory: string,
    configuration: Readonly<Record<string, string>> = {},
  ): Promise<ServerProcess> {
    const entry = fileURLToPath(new URL('./server-main.ts', import.meta.url));
    const child = fork(entry, [dataDirectory, JSON.stringify(configuration)], {
      execArgv: ['--expose-gc', '--enable-source-maps'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const { url } = await answerOf(child, 'up');
    return new ServerProcess(child, url);
  }

  measure(): Promise<Measurement> {
    const answer = answerOf(this.#child, 'measurement');
    this.#child.send('measure');
    return answer.then(({ measurement }) => measurement);
  }

  /** Resolves when the next checkpoint of any job has come to that step, where it stays. */
  async holdCheckpoint(step: CheckpointStep): Promise<void> {
    const held = answerOf(this.#child, 'held');
    this.#child.send(step);
    await held;
  }

  /** Lets the checkpoint go on that is held. */
  releaseCheckpoint(): void {
    this.#child.send('release');
  }

  /** Processes that the server has started and that live. */
  children(): number[] {
    return childrenOf(this.pid);
  }

  close(): Promise<void> {
    return this.#end(() => this.#child.send('close'));
  }

  kill(): Promise<void> {
    return this.#end(() => this.#child.kill('SIGKILL'));
  }

  async submit(entry: string, options: SubmitOptions = {}): Promise<string> {
    const { status, body } = await this.trySubmit(entry, options);
    expect(status, JSON.stringify(body)).toBe(201);
    return (body as { jobId: string }).jobId;
  }

  async trySubmit(entry: string, options: SubmitOptions = {}) {
    const response = await fetch(`${this.#url}/weir/v1/jobs`, {
      method: 'POST',
      headers: HEADERS,
      body: JSON.stringify({ entry, ...options }),
    });
    return { status: response.status, body: (await response.json()) as unknown };
  }

  /** A connection that ends while it is asked is no answer: it asks again as long as it lives. */
  async get<T>(path: string): Promise<T> {
    let response: Response | null = null;
    while (response === null) {
      response = await fetch(this.#url + path).catch(async (error: unknown) => {
        if (this.#child.exitCode !== null || this.#child.signalCode !== null) throw error;
        await delay(POLL_MS);
        return null;
      });
    }
    expect(response.status, `GET ${path}`).toBe(200);
    return (await response.json()) as T;
  }

  async text(path: string): Promise<string> {
    const response = await fetch(this.#url + path);
    expect(response.status, `GET ${path}`).toBe(200);
    return response.text();
  }

  /** The console's page, or that it was not built. */
  async answersConsole(): Promise<void> {
    const response = await fetch(this.#url, { headers: { accept: 'text/html' } });
    expect(await response.text()).toMatch(response.ok ? /<!doctype html/i : /console/i);
  }

  async status(jobId: string): Promise<string> {
    return (await this.get<{ status: string }>(`/jobs/${jobId}/status`)).status;
  }

  async reaches(jobId: string, status: string, timeoutMs = 20_000): Promise<void> {
    await until(
      async () => (await this.status(jobId)) === status,
      async () => {
        const exceptions = await this.exceptions(jobId);
        const stack = exceptions[0]?.stacktrace ?? 'no exception';
        return `job is ${await this.status(jobId)}, not ${status}: ${stack}`;
      },
      timeoutMs,
    );
  }

  /** Newest first. */
  async exceptions(jobId: string): Promise<readonly JobException[]> {
    const path = `/jobs/${jobId}/exceptions`;
    const { exceptionHistory } = await this.get<{
      exceptionHistory: { entries: readonly JobException[] };
    }>(path);
    return exceptionHistory.entries;
  }

  info(jobId: string): Promise<{ attempt: number; restarts: number; pid: number | null }> {
    return this.get(`/weir/v1/jobs/${jobId}`);
  }

  /** What the console is told of a job from now on, until `until` has seen enough of it. */
  watch(jobId: string, until: (message: JobMessage) => boolean): Promise<void> {
    const socket = new WebSocket(`${this.#url.replace('http', 'ws')}/ws`);
    socket.binaryType = 'arraybuffer';
    let shape: TickShape | null = null;
    return new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.on('close', () => reject(new RangeError('the server closed the socket')));
      socket.on('open', () => {
        socket.send(JSON.stringify({ op: 'subscribe', topic: `job/${jobId}`, since: null }));
      });
      socket.on('message', (data, isBinary) => {
        if (!isBinary) return;
        const message = decodeJobMessage(data as ArrayBuffer, () => shape);
        if (message === null) return;
        if (message.data.topology !== null) shape = shapeOf(message.data.topology);
        if (!until(message)) return;
        socket.terminate();
        resolve();
      });
    });
  }

  async cancel(jobId: string): Promise<void> {
    const response = await fetch(`${this.#url}/jobs/${jobId}`, { method: 'PATCH' });
    expect(response.status).toBe(202);
  }

  async leaveFlameGraph(jobId: string, viewer: string): Promise<void> {
    const response = await fetch(`${this.#url}/weir/v1/jobs/${jobId}/flamegraph?viewer=${viewer}`, {
      method: 'DELETE',
      headers: HEADERS,
    });
    expect(response.status).toBe(200);
  }

  async forget(jobId: string): Promise<void> {
    const response = await fetch(`${this.#url}/weir/v1/jobs/${jobId}`, {
      method: 'DELETE',
      headers: HEADERS,
    });
    expect(response.status).toBe(200);
  }

  async #end(ask: () => void): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    ask();
    await exited;
  }
}

/** Resolves once `holds`; rejects with `describe` after `timeoutMs`. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  describe: () => string | Promise<string>,
  timeoutMs = 20_000,
): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > endMs) expect.fail(await describe());
    await delay(POLL_MS);
  }
}

/** Live processes whose parent is `pid`; those that have ended and were not reaped don't count. */
export function childrenOf(pid: number): number[] {
  const found: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(name);
    // After the name in parentheses: state, parent.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(parent) === pid && state !== 'Z') found.push(Number(name));
  }
  return found;
}

/** False for one that has ended and was not reaped. */
export function isAlive(pid: number): boolean {
  const stat = statOf(String(pid));
  return stat !== '' && stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
}

function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // It has ended since the folder was listed.
    return '';
  }
}

function answerOf<Type extends ServerMessage['type']>(
  child: ChildProcess,
  type: Type,
): Promise<Extract<ServerMessage, { type: Type }>> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: ServerMessage): void => {
      if (message.type !== type) return;
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(message as Extract<ServerMessage, { type: Type }>);
    };
    const onExit = (code: number | null, signal: string | null): void => {
      reject(new RangeError(`the server ended with ${code ?? signal} before it answered ${type}`));
    };
    child.on('message', onMessage);
    child.once('exit', onExit);
  });
}
