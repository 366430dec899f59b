/**
 * A real server for one spec: its own process, free port and data directory, the built engine and
 * console. Ends with the spec; what it printed is attached when the spec failed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';

const root = join(import.meta.dirname, '..');
const WEIR = join(root, 'apps/cli/bin/weir.mjs');
const UP_MS = 20_000;

export class WeirServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'weir-e2e-'));
  output = '';
  url = '';
  #process: ChildProcess | null = null;
  #port = 0;

  /** Starts, or starts again on the same port and data. */
  async start(): Promise<void> {
    const args = ['server', '--port', String(this.#port), '--prometheus-port', 'off'];
    const child = spawn(process.execPath, [WEIR, ...args, '--data-dir', join(this.folder, 'data')]);
    this.#process = child;
    this.url = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no server:\n${this.output}`)), UP_MS);
      const read = (chunk: Buffer): void => {
        this.output += chunk;
        const url = /http:\/\/[\d.]+:\d+/.exec(this.output)?.[0];
        if (url === undefined) return;
        clearTimeout(timer);
        resolve(url);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
    });
    this.#port = Number(new URL(this.url).port);
  }

  /** `weir run FILE --detached`; resolves with the job's id. */
  async run(
    file: string,
    args: readonly string[] = [],
    options: readonly string[] = [],
  ): Promise<string> {
    const run = ['run', resolve(root, file), '--server', this.url, '--detached', ...options];
    const output = await this.#weir([...run, '--', ...args]);
    const id = /[0-9a-f]{32}/.exec(output)?.[0];
    if (id === undefined) throw new Error(`weir run said: ${output}`);
    return id;
  }

  async get<T>(path: string): Promise<T> {
    return (await (await fetch(`${this.url}${path}`)).json()) as T;
  }

  /** SIGKILL, as a power cut would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
    this.output = '';
  }

  async close(): Promise<void> {
    await this.#end('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }

  #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child === null || child.exitCode !== null || child.signalCode !== null) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      child.on('exit', () => resolve());
      child.kill(signal);
    });
  }

  #weir(args: readonly string[]): Promise<string> {
    const child = spawn(process.execPath, [WEIR, ...args]);
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    return new Promise((resolve) => child.on('close', () => resolve(output)));
  }
}

export interface Fixtures {
  readonly weir: WeirServer;
  /** Problems that the page reported; a spec that expects one empties the list. */
  readonly problems: string[];
}

/** Playwright's test with a server, and with every console error and failed request a failure. */
export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from it
  weir: async ({}, use, info) => {
    const weir = new WeirServer();
    await weir.start();
    await use(weir);
    if (info.status !== info.expectedStatus) await info.attach('server', { body: weir.output });
    await weir.close();
  },
  problems: [
    // Depends on the server, so that the verdict is taken before the server ends under the page.
    async ({ page, weir: _ }, use) => {
      const problems = watch(page);
      await use(problems);
      expect(problems, 'console errors and failed requests').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

function watch(page: Page): string[] {
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`page: ${error.message}`));
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
  });
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    // A page that is left gives up what it was fetching.
    if (why !== 'net::ERR_ABORTED') problems.push(`${why} ${request.url()}`);
  });
  return problems;
}
