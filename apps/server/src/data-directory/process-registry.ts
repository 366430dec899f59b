/**
 * Which TaskManager processes a server has started, on disk: after `kill -9` of the server the next
 * one waits until they are gone before it resumes their jobs, so that no two attempts of a job
 * write at once. A pid alone may be used again by another process, so its start time counts too.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 20;

export class ProcessRegistry {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  add(pid: number): void {
    writeFileSync(join(this.#folder, String(pid)), startOf(pid) ?? '');
  }

  remove(pid: number): void {
    rmSync(join(this.#folder, String(pid)), { force: true });
  }

  /**
   * Waits until every process that an earlier server left behind has ended; they end by themselves
   * when their server's connection closes. After `graceMs` the rest is killed.
   */
  async awaitLeftOver(graceMs: number): Promise<void> {
    const deadline = performance.now() + graceMs;
    for (const name of readdirSync(this.#folder)) {
      const pid = Number(name);
      const started = readFileSync(join(this.#folder, name), 'utf8');
      let killed = false;
      while (Number.isSafeInteger(pid) && started !== '' && startOf(pid) === started) {
        if (!killed && performance.now() > deadline) {
          killed = true;
          kill(pid);
        }
        await delay(POLL_MS);
      }
      this.remove(pid);
    }
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself at the last moment, which the caller sees next.
  }
}

/** When the process started, in whatever form the system tells it; null = there is no such one. */
function startOf(pid: number): string | null {
  try {
    if (process.platform === 'linux') return linuxStart(pid);
    const line = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return line.trim() || null;
  } catch {
    // No such process.
    return null;
  }
}

function linuxStart(pid: number): string | null {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  // A zombie holds no files and no threads any more; its parent may be slow to collect it.
  return state === 'Z' || state === 'X' ? null : (fields[19] ?? null);
}
