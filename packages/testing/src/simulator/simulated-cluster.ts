/**
 * The server with the real JobMaster, its task managers, and the person who runs the job: takes
 * savepoints, stops or cancels it and starts it again at another parallelism. A server that dies
 * takes its task manager with it after a while; the next one finds the record.
 */
import { invariant } from '@weir/core';
import type { JobGraph } from '@weir/graph';
import {
  JobMaster,
  type JobMasterEvent,
  type JobMasterPorts,
  type JobRecord,
  type JobStatus,
} from '@weir/runtime';
import { Outside } from './outside.ts';
import { ProcessStorage } from './process-storage.ts';
import { SeededRandom } from '../seeded-random.ts';
import { runWithin } from './simulated-globals.ts';
import { compileJob } from './simulated-job.ts';
import { never, SimulatedProcess } from './simulated-process.ts';
import { SimulatedTaskManager } from './simulated-task-manager.ts';
import type { World } from './world.ts';

/** One less than what makes a job SUSPENDED. */
const STARTING_CRASHES_MAX = 2;
/** A drain that fails sets the job back: whoever asks for ever would keep it from its end. */
const EARLY_DRAINS_MAX = 6;
/** About what lies between a drain's savepoint and the job's end. */
const DRAINED_MS = 20;

export class SimulatedCluster {
  readonly #world: World;
  readonly #taskManagers: SimulatedTaskManager[] = [];
  #server: SimulatedProcess | null = null;
  #servers = 0;
  #master: JobMaster | null = null;
  #started = false;
  #startingCrashes = 0;
  #restorePath: string | null = null;
  #isDone = false;

  constructor(world: World) {
    this.#world = world;
    world.victimOf = (process) => this.#victimOf(process);
  }

  /** The last job has ended, and so has its process. */
  get isDone(): boolean {
    return this.#isDone && this.#taskManagers.every(({ exited }) => exited);
  }

  /** Of all jobs: the process of one that has ended may live on for a moment. */
  get livingTaskManagers(): readonly SimulatedTaskManager[] {
    return this.#taskManagers.filter((manager) => manager.process.isAlive);
  }

  get #taskManager(): SimulatedTaskManager | null {
    return this.#taskManagers.at(-1) ?? null;
  }

  describe(): string {
    const master = this.#master;
    if (master === null) return 'there is no server';
    const { status, vertices } = master.view();
    const tasks = vertices.flatMap(({ subtasks }) => subtasks.map(({ state }) => state));
    return `phase ${this.#world.phase} is ${status}, tasks ${tasks.join(' ')}`;
  }

  begin(): void {
    this.#scheduleTransition();
    this.#startServer();
  }

  crashServer(): void {
    if (this.#server !== null) this.#world.crash(this.#server, 'a crash by the clock');
  }

  crashTaskManager(): void {
    const manager = this.#taskManager;
    if (manager === null || !manager.process.isAlive) return;
    if (this.#survives()) manager.crash('a crash by the clock');
  }

  /** A person tries; that it may not be the time is part of it. */
  takeSavepoint(): void {
    this.#world.note('a savepoint is asked for');
    this.#ask(this.#master?.triggerSavepoint(null));
  }

  /** What the server has just done may also be the last thing before its task manager dies. */
  #victimOf(process: SimulatedProcess): SimulatedProcess | null {
    const manager = this.#taskManager?.process ?? process;
    const victim =
      process === this.#server && this.#world.random.below(2) === 0 ? manager : process;
    if (victim === this.#server) return victim;
    return victim.isAlive && this.#survives() ? victim : null;
  }

  /** A job whose process dies again and again before it runs would be suspended. */
  #survives(): boolean {
    const vertices = this.#master?.view().vertices ?? [];
    const running = vertices.every(({ subtasks }) =>
      subtasks.every(({ state }) => state === 'RUNNING'),
    );
    if (running) this.#startingCrashes = 0;
    else if (++this.#startingCrashes > STARTING_CRASHES_MAX) return false;
    return true;
  }

  #startServer(): void {
    const world = this.#world;
    const process = new SimulatedProcess(`server-${this.#servers++}`, world.time);
    this.#server = process;
    process.onDeath(() => {
      if (this.#server === process) this.#serverDied();
    });
    const ports = this.#ports(process);
    const { record } = world;
    const master =
      record === null || record.jobId !== this.#jobId
        ? new JobMaster({
            jobId: this.#jobId,
            graph: this.#compile(process),
            artifactSha256: 'ab12',
            initialRestorePath: this.#restorePath,
            ports,
          })
        : new JobMaster({ record, ports });
    this.#master = master;
    this.#started = false;
    world.note(`${process.name} ${record?.jobId === this.#jobId ? 'resumes' : 'submits'}`);
    master.observe((event) => this.#onEvent(event));
    const ended = (status: JobStatus): void => {
      if (process.isAlive) this.#ended(status);
    };
    master.start().then(
      () => {
        this.#started = true;
        void master.ended().then(ended);
      },
      (error: unknown) => world.unexpected('starting the job', error),
    );
  }

  #serverDied(): void {
    const world = this.#world;
    this.#server = null;
    this.#master = null;
    const manager = this.#taskManager;
    const restart = (): void => {
      world.time.schedule(world.weather.processMs(), () => this.#startServer());
    };
    if (manager === null || !manager.process.isAlive) {
      restart();
      return;
    }
    manager.process.onDeath(restart);
    manager.kill();
  }

  #ports(process: SimulatedProcess): JobMasterPorts {
    const { time, random, storage, weather, laws } = this.#world;
    return {
      clock: time,
      timers: process,
      random,
      launcher: {
        launch: (jobId, attempt, listener) => {
          const alone = this.livingTaskManagers.every((manager) => manager.jobId !== jobId);
          laws.require(alone, 'one-process', () => `attempt ${attempt} is not alone`);
          const manager = new SimulatedTaskManager(this.#world, jobId, attempt, {
            onMessage: (message) => {
              if (process.isAlive) listener.onMessage(message);
            },
            onExit: (exit) => {
              if (process.isAlive) listener.onExit(exit);
            },
          });
          this.#taskManagers.push(manager);
          return manager;
        },
      },
      artifactUrl: (sha256) => `file:///artifacts/${sha256}/job.mjs`,
      storage: (root) => new ProcessStorage(storage, root, process, weather.storage(process)),
      checkpointRoot: '/checkpoints',
      savepointRoot: '/savepoints',
      saveRecord: (record) => this.#save(process, record),
    };
  }

  /** A crash falls before the record is durable, or after, or between that and the answer. */
  async #save(process: SimulatedProcess, record: JobRecord): Promise<void> {
    const world = this.#world;
    const weather = world.weather.storage(process);
    const copied = structuredClone(record);
    await process.pause(weather.latencyMs());
    if (!process.isAlive) return never();
    invariant(!(this.#started && world.weather.recordFails()), 'injected: the record');
    world.note(`record: ${copied.state}, checkpoints ${copied.checkpoints.map(({ id }) => id)}`);
    world.onRecord(copied);
    weather.happened('replace', 'record');
    if (!process.isAlive) return never();
    await process.pause(weather.latencyMs());
  }

  #compile(process: SimulatedProcess): JobGraph {
    const { scenario, phase, store, laws, weather, time, random } = this.#world;
    const outside = new Outside(store, laws, process, weather.outside(process));
    const seed = random.below(2 ** 31);
    const globals = { clock: time, random: new SeededRandom(seed), timers: process };
    return runWithin(globals, () => compileJob(scenario, phase, outside));
  }

  get #jobId(): string {
    return String(this.#world.phase + 1).repeat(32);
  }

  #onEvent(event: JobMasterEvent): void {
    const world = this.#world;
    if (event.type === 'status') world.note(`job is ${event.status}`);
    if (event.type === 'exception') world.onFailure(event.exception.error);
    if (event.type === 'log') world.note(`log: ${event.entry.text}`);
    if (event.type === 'checkpoint' && event.checkpoint.status !== 'IN_PROGRESS') {
      const { id, type, status, failure } = event.checkpoint;
      world.note(`${type} ${id} is ${status}${failure === null ? '' : `: ${failure}`}`);
      if (type === 'drain' && status === 'COMPLETED') this.#crashDrained();
    }
  }

  /** Between a drain's savepoint and the job's end is so little time that chance hardly hits it. */
  #crashDrained(): void {
    const { scenario, random, time } = this.#world;
    if (scenario.faults.taskManagerCrashes === 0) return;
    time.schedule(random.next() * DRAINED_MS, () => this.crashTaskManager());
  }

  /** In the middle of a phase; at the end of the last one if everything is to be counted first. */
  #scheduleTransition(): void {
    const { scenario, time, random, phase } = this.#world;
    const { ending, transitions } = scenario.job;
    const transition = transitions[phase] ?? (ending === 'end of input' ? null : 'drain');
    if (transition === null) return;
    const mayBegin = (): boolean =>
      transition !== 'drain' || ending === 'drained early' || this.#world.everythingIsCounted;
    let patience =
      ending === 'drained early' && transition === 'drain' ? EARLY_DRAINS_MAX : Infinity;
    const attempt = (): void => {
      if (this.#world.phase !== phase || this.#isDone) return;
      if (mayBegin() && patience-- > 0) {
        this.#world.note(`${transition} is asked for`);
        const master = this.#master;
        const drains = transition === 'drain';
        this.#ask(
          transition === 'cancel' ? master?.cancel() : master?.stopWithSavepoint(null, drains),
        );
      }
      // The server may have crashed, or the time not been right.
      time.schedule(50 + random.next() * 50, attempt);
    };
    time.schedule(random.next() * 80, attempt);
  }

  #ask(request: Promise<unknown> | undefined): void {
    request?.catch((error: unknown) => this.#world.note(`refused: ${(error as Error).message}`));
  }

  #ended(status: JobStatus): void {
    const world = this.#world;
    const { durable, laws } = world;
    const isLast = world.phase === world.scenario.job.parallelism.length - 1;
    const stopped = !isLast && durable?.isSavepoint === true;
    if (status === 'FINISHED' && !(stopped && this.#isOfThisJob(durable.path))) {
      this.#isDone = true;
      return;
    }
    if (status !== 'FINISHED' && status !== 'CANCELED') {
      laws.broken(
        'job-finishes',
        `the job is ${status}: ${this.#master?.view().exceptions[0]?.error.message}`,
      );
      this.#isDone = true;
      return;
    }
    if (durable !== null) this.#restorePath = durable.path;
    this.#server = null;
    this.#master = null;
    world.phase++;
    world.note(`phase ${world.phase} begins from ${this.#restorePath}`);
    this.#scheduleTransition();
    world.time.schedule(world.weather.processMs(), () => this.#startServer());
  }

  #isOfThisJob(path: string): boolean {
    return path.includes(`savepoint-${this.#jobId.slice(0, 6)}-`);
  }
}
