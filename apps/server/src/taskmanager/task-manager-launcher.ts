/**
 * Starts TaskManager processes and tells their JobMasters what they say and how they end.
 *
 * Invariants: a listener hears `onExit` exactly once and nothing after it; a process is registered
 * on disk from its start until the operating system has let go of it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RandomPort } from '@weir/core';
import type {
  LogEntry,
  ServerToTaskManager,
  TaskManagerHandle,
  TaskManagerLauncher,
  TaskManagerListener,
  TaskManagerToServer,
} from '@weir/runtime';
import type { ProcessRegistry } from '../data-directory/process-registry.ts';
import { engineEntry, engineEnvironment } from '../engine-resolution.ts';
import { entryOf } from './console-forwarding.ts';
import { exitOf } from './exit-reason.ts';
import type { TaskManagerOptions } from './task-manager.ts';

const STDERR_LENGTH_MAX = 16_384;
/** How long the last output of an ended process is waited for. */
const OUTPUT_MS_MAX = 250;

export class ProcessLauncher implements TaskManagerLauncher {
  readonly #registry: ProcessRegistry;
  readonly #random: RandomPort;
  readonly #optionsOf: (jobId: string) => TaskManagerOptions;
  readonly #prepared = new Map<string, TaskManagerProcess>();
  readonly #live = new Set<TaskManagerProcess>();

  /** `optionsOf` is asked at each start, first attempts and restarts alike. */
  constructor(
    registry: ProcessRegistry,
    random: RandomPort,
    optionsOf: (jobId: string) => TaskManagerOptions,
  ) {
    this.#registry = registry;
    this.#random = random;
    this.#optionsOf = optionsOf;
  }

  /** Starts the process of a job's first attempt before the job's graph is known. */
  prepare(jobId: string, options: TaskManagerOptions): void {
    this.#prepared.set(jobId, this.#start(options));
  }

  /** What the job's program printed while it was compiled opens its log. */
  addLog(jobId: string, entries: readonly LogEntry[]): void {
    this.#prepared.get(jobId)?.addLog(entries);
  }

  /** The job did not come to be. */
  discard(jobId: string): void {
    this.#prepared.get(jobId)?.kill();
    this.#prepared.delete(jobId);
  }

  launch(jobId: string, _attempt: number, listener: TaskManagerListener): TaskManagerHandle {
    const process = this.#prepared.get(jobId) ?? this.#start(this.#optionsOf(jobId));
    this.#prepared.delete(jobId);
    process.attach(listener);
    return process;
  }

  /** Kills what is left; resolves when all of it is gone. */
  async close(): Promise<void> {
    const exits = [...this.#live].map((process) => {
      process.kill();
      return process.exited;
    });
    await Promise.all(exits);
  }

  #start(options: TaskManagerOptions): TaskManagerProcess {
    const process = new TaskManagerProcess(options, this.#random);
    this.#live.add(process);
    const { pid } = process;
    if (pid !== null) this.#registry.add(pid);
    void process.exited.then(() => {
      this.#live.delete(process);
      if (pid !== null) this.#registry.remove(pid);
    });
    return process;
  }
}

class TaskManagerProcess implements TaskManagerHandle {
  readonly id: string;
  readonly exited: Promise<void>;
  readonly #child: ChildProcess;
  #listener: TaskManagerListener | null = null;
  /** What came before anybody listened. */
  #early: Array<(listener: TaskManagerListener) => void> = [];
  #stderr = '';
  #stopped = false;
  #whereabouts = '';

  constructor(options: TaskManagerOptions, random: RandomPort) {
    this.#child = fork(fileURLToPath(engineEntry('taskmanager')), [JSON.stringify(options)], {
      serialization: 'advanced',
      env: engineEnvironment(),
      // kafkajs sets timers for times that are over; Node 24 would warn in the job's log.
      execArgv: ['--enable-source-maps', '--disable-warning=TimeoutNegativeWarning'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.id = `tm-${this.#child.pid ?? 0}-${random.hex(6)}`;
    this.#child.on('message', (message: TaskManagerToServer) => {
      if (message.type === 'whereabouts') this.#whereabouts = message.text;
      else this.#tell((listener) => listener.onMessage(message));
    });
    this.#collectOutput();
    this.exited = this.#awaitExit();
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  attach(listener: TaskManagerListener): void {
    // Not before the caller holds the handle.
    setImmediate(() => {
      this.#listener = listener;
      for (const tell of this.#early.splice(0)) tell(listener);
    });
  }

  addLog(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      this.#tell((listener) => listener.onMessage({ type: 'log', entry }));
    }
  }

  send(message: ServerToTaskManager): void {
    if (!this.#child.connected) return;
    this.#child.send(message, () => {
      // A process that ended meanwhile says so by its exit.
    });
  }

  kill(): void {
    this.#stopped = true;
    this.#child.kill('SIGKILL');
  }

  #tell(say: (listener: TaskManagerListener) => void): void {
    if (this.#listener === null) this.#early.push(say);
    else say(this.#listener);
  }

  #collectOutput(): void {
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_LENGTH_MAX);
      this.#log('warn', text);
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#log('info', text));
  }

  #log(level: 'info' | 'warn', text: string): void {
    const entry = entryOf(Date.now(), level, text.trimEnd());
    this.#tell((listener) => listener.onMessage({ type: 'log', entry }));
  }

  #awaitExit(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    let done = false;
    const finish = (code: number | null, signal: string | null): void => {
      if (done) return;
      done = true;
      const exit = exitOf(code, signal, this.#stderr, this.#stopped, this.#whereabouts);
      this.#tell((listener) => listener.onExit(exit));
      resolve();
    };
    this.#child.on('close', finish);
    // Output stays open while a process that the job itself started holds it.
    this.#child.on('exit', (code, signal) => setTimeout(finish, OUTPUT_MS_MAX, code, signal));
    this.#child.on('error', (error) => {
      this.#stderr += error.message;
      if (this.#child.pid === undefined) finish(null, null);
    });
    return promise;
  }
}
