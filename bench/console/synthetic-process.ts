/** The synthetic cluster's server in a process of its own, and what it costs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const ENTRY = join(import.meta.dirname, '../../apps/server/src/http/testing/synthetic-server.ts');
/** Of Linux; what `/proc` counts in. */
const TICKS_PER_SECOND = 100;

export interface SyntheticSize {
  readonly jobs: number;
  readonly vertices: number;
  readonly parallelism: number;
  /** Seconds of the cluster in a second. */
  readonly speed: number;
}

export class SyntheticProcess {
  readonly url: string;
  /** The first job, which is the large one. */
  readonly jobId = '0'.padStart(32, 'b');
  readonly #process: ChildProcess;
  readonly #directory: string;

  private constructor(url: string, process: ChildProcess, directory: string) {
    this.url = url;
    this.#process = process;
    this.#directory = directory;
  }

  static async start(size: SyntheticSize): Promise<SyntheticProcess> {
    const directory = mkdtempSync(join(tmpdir(), 'weir-synthetic-'));
    const args = Object.entries(size).flatMap(([name, value]) => [`--${name}`, `${value}`]);
    const child = spawn(
      process.execPath,
      ['--enable-source-maps', ENTRY, ...args, '--data-dir', directory],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (chunk: Buffer) => resolve(String(chunk).trim()));
      child.once('exit', (code) => reject(new Error(`the synthetic server ended with ${code}`)));
    });
    return new SyntheticProcess(url, child, directory);
  }

  /** Cores in use over so many seconds; null where there is no `/proc`. */
  async cores(seconds: number): Promise<number | null> {
    const before = this.#cpuSeconds();
    await delay(seconds * 1000);
    const after = this.#cpuSeconds();
    return before === null || after === null ? null : (after - before) / seconds;
  }

  async close(): Promise<void> {
    const exited = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGTERM');
    await exited;
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #cpuSeconds(): number | null {
    try {
      const stat = readFileSync(`/proc/${this.#process.pid}/stat`, 'utf8');
      // Behind the name, which may hold anything, the 12th and 13th fields are user and system time.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    } catch {
      return null;
    }
  }
}
