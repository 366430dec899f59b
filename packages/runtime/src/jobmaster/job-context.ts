/**
 * What the states of one job share: its data, its attempt, its coordinator and its way to the
 * outside. The states decide; this only keeps, records and reports.
 *
 * Invariants: the state changes along JOB_TRANSITIONS; an attempt that is not the current one is
 * not heard; after `close` nothing happens any more.
 */
import {
  Configuration,
  invariant,
  TASK_CANCELLATION_TIMEOUT,
  toWire,
  type WireError,
} from '@weir/core';
import type { JobGraph } from '@weir/graph';
import type { LogEntry, TaskManagerToServer } from '../taskmanager/protocol.ts';
import type { TaskLocation } from '../taskmanager/task-location.ts';
import { Attempt } from './attempt.ts';
import { CheckpointCoordinator } from './checkpoint-coordinator.ts';
import { checkpointSettings } from './checkpoint-settings.ts';
import { ExceptionHistory } from './exception-history.ts';
import { checkJobTransition, RESTING_STATUS } from './job-status.ts';
import type { ExceptionView, JobMasterEvent, JobStatus, JobView } from './job-view.ts';
import type { JobMasterPorts, JobRecord, TaskManagerExit } from './ports.ts';
import { RecordKeeper } from './record-keeper.ts';
import { chooseStrategy } from './restart/choose-strategy.ts';
import type { RestartStrategy } from './restart/restart-strategy.ts';
import type { RestorePlan } from './restore-plan.ts';

/** Something that ends the attempt, and where it came from. */
export interface JobFailure {
  readonly error: WireError;
  readonly location: TaskLocation | null;
}

/** One file per state in `states/`. Calls come only while the state is the current one. */
export interface JobState {
  readonly status: JobStatus;
  enter(): void;
  /** A subtask got into this state; FAILED comes as `onFailure`. */
  onTaskState?(): void;
  onDrained?(): void;
  onFailure?(failure: JobFailure): void;
  onExit?(exit: TaskManagerExit): void;
  cancel?(): void;
}

export type JobStates = Readonly<Partial<Record<JobStatus, (job: JobContext) => JobState>>>;

export class JobContext {
  readonly jobId: string;
  readonly ports: JobMasterPorts;
  readonly configuration: Configuration;
  readonly coordinator: CheckpointCoordinator;
  readonly strategy: RestartStrategy;
  readonly exceptions = new ExceptionHistory();
  readonly cancellationTimeoutMs: number;
  graph: JobGraph;
  attempt: Attempt | null = null;
  attemptNumber: number;
  restarts: number;
  failure: WireError | null;
  /** Earliest time of the next attempt, epoch ms; set by a failover. */
  restartAtMs = 0;
  /** Attempts in a row whose process died before all its tasks were RUNNING. */
  startingCrashes = 0;
  readonly #record: JobRecord;
  readonly #states: JobStates;
  readonly #keeper: RecordKeeper;
  readonly #listeners = new Set<(event: JobMasterEvent) => void>();
  readonly #waiting: ((status: JobStatus) => void)[] = [];
  #started = false;
  #cancelOnceStarted = false;
  readonly #timestamps: Partial<Record<JobStatus, number>>;
  #state: JobState;
  /** Recorded before it is shown: the end of a job is visible only once it is durable. */
  #ending: JobStatus | null = null;
  #closed = false;

  constructor(record: JobRecord, ports: JobMasterPorts, states: JobStates) {
    this.jobId = record.jobId;
    this.ports = ports;
    this.graph = record.graph;
    this.attemptNumber = record.attempt;
    this.restarts = record.restarts;
    this.failure = record.failure;
    this.#record = record;
    this.#states = states;
    this.#timestamps = { ...record.timestamps };
    this.#state = { status: record.state, enter() {} };
    this.configuration = new Configuration(record.graph.configuration);
    this.cancellationTimeoutMs = this.configuration.get(TASK_CANCELLATION_TIMEOUT);
    this.strategy = chooseStrategy(this.configuration, ports.random);
    this.strategy.recall(record.history?.restartMemory ?? []);
    this.exceptions.restore(record.history?.exceptions ?? []);
    this.#keeper = new RecordKeeper({
      timers: ports.timers,
      write: (next) => ports.saveRecord(next),
      read: () => this.record(),
      onFailure: (error) => this.log('error', `job record not saved: ${toWire(error).message}`),
    });
    this.coordinator = this.#makeCoordinator(record);
    if (record.failure !== null && this.exceptions.entries.length === 0) {
      const atMs = record.timestamps[record.state] ?? ports.clock.nowMs();
      this.exceptions.addRoot(this.#exceptionOf({ error: record.failure, location: null }, atMs));
    }
  }

  get status(): JobStatus {
    return this.#state.status;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Where the next attempt starts from; null = from nothing. */
  get restorePath(): string | null {
    return this.coordinator.retained.at(-1)?.path ?? this.#record.initialRestorePath;
  }

  isCurrent(state: JobState): boolean {
    return this.#state === state && !this.#closed;
  }

  enter(status: JobStatus): void {
    if (this.#closed) return;
    checkJobTransition(this.status, status);
    this.resume(status);
  }

  /** As `enter`, but from wherever an earlier server process stopped. */
  resume(status: JobStatus): void {
    const make = this.#states[status];
    invariant(make !== undefined, 'job state has no file', { status });
    const atMs = this.ports.clock.nowMs();
    const keepsFirst = status === 'CREATED' || RESTING_STATUS.has(status);
    if (!keepsFirst || this.#timestamps[status] === undefined) this.#timestamps[status] = atMs;
    this.#state = make(this);
    this.emit({ type: 'status', status, atMs });
    if (RESTING_STATUS.has(status)) {
      for (const resolve of this.#waiting.splice(0)) resolve(status);
    }
    this.#state.enter();
    this.#started = true;
    if (!this.#cancelOnceStarted) return;
    this.#cancelOnceStarted = false;
    this.#state.cancel?.();
  }

  /** Resolves with the status in which the job came to rest. */
  whenResting(): Promise<JobStatus> {
    if (RESTING_STATUS.has(this.status)) return Promise.resolve(this.status);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Makes an end durable, shows it, then deletes what it makes useless. */
  async end(status: JobStatus): Promise<void> {
    if (this.#ending !== null) return;
    this.#ending = status;
    this.#timestamps[status] = this.ports.clock.nowMs();
    const discarded = this.coordinator.discardForEnd(status);
    await this.#keeper.persist();
    if (this.#closed) return;
    this.#ending = null;
    this.enter(status);
    await discarded.delete();
  }

  /** A fresh attempt on a fresh process. */
  launch(): Attempt {
    const attempt: Attempt = new Attempt(this.graph, this.attemptNumber, this.ports, {
      onMessage: (message) => this.#guard(attempt, () => this.#onMessage(attempt, message)),
      onExit: (exit) => this.#guard(attempt, () => this.#state.onExit?.(exit)),
      onSubtask: (change) => this.emit({ type: 'taskState', ...change }),
    });
    this.attempt = attempt;
    attempt.launch(this.jobId);
    return attempt;
  }

  deploy(attempt: Attempt, restore: RestorePlan | null): void {
    if (restore !== null) {
      this.graph = restore.graph;
      const { checkpointId: id, isSavepoint, path } = restore;
      this.coordinator.onRestored({ id, isSavepoint, path, atMs: this.ports.clock.nowMs() });
    }
    const url = this.ports.artifactUrl(this.#record.artifactSha256);
    attempt.deploy(this.jobId, url, this.graph, restore);
  }

  /** Resolves once nothing of the attempt is left and `retained` is what counts. */
  async tearDown(): Promise<void> {
    const { attempt } = this;
    if (attempt !== null) {
      attempt.execution.updateAll('CANCELING', this.ports.clock.nowMs());
      attempt.stop(this.cancellationTimeoutMs);
      await attempt.ended;
      attempt.execution.updateAll('CANCELED', this.ports.clock.nowMs());
    }
    await this.coordinator.settled();
  }

  fail(failure: JobFailure): void {
    if (!this.#closed) this.#state.onFailure?.(failure);
  }

  /** Before the job has started (again), the wish is kept until it has. */
  cancel(): void {
    if (this.#ending !== null || this.#closed) return;
    if (this.#started) this.#state.cancel?.();
    else this.#cancelOnceStarted = true;
  }

  recordException(failure: JobFailure, kind: 'root' | 'concurrent'): void {
    const exception = this.#exceptionOf(failure, this.ports.clock.nowMs());
    if (kind === 'root') this.exceptions.addRoot(exception);
    else this.exceptions.addConcurrent(exception);
    this.emit({ type: 'exception', exception, follows: kind === 'concurrent' });
  }

  taskName({ vertexId, subtask }: TaskLocation): string {
    const vertex = this.graph.vertices.find((candidate) => candidate.id === vertexId);
    return vertex === undefined
      ? `${vertexId} (${subtask + 1})`
      : `${vertex.name} (${subtask + 1}/${vertex.parallelism})`;
  }

  /** Rejects when the record can't be written. */
  save(): Promise<void> {
    return this.#keeper.save();
  }

  /** In the background, until it succeeds. */
  saveSoon(): void {
    void this.#keeper.persist();
  }

  observe(listener: (event: JobMasterEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** A listener that throws has a bug of its own; it must not stop the job. */
  emit(event: JobMasterEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.ports.timers.schedule(0, () => {
          throw error;
        });
      }
    }
  }

  log(level: LogEntry['level'], text: string): void {
    const atMs = this.ports.clock.nowMs();
    this.emit({ type: 'log', entry: { atMs, level, text, vertexId: null, subtask: null } });
  }

  /** Ends the process and every activity, leaving the durable record as it is. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.coordinator.suspend('the server is stopping');
    this.attempt?.kill();
    await this.attempt?.ended;
    await this.coordinator.settled();
    await this.#keeper.close();
  }

  record(): JobRecord {
    const { jobId, graph, restarts, failure } = this;
    const { artifactSha256, initialRestorePath } = this.#record;
    return {
      jobId,
      graph,
      artifactSha256,
      state: this.#ending ?? this.status,
      timestamps: { ...this.#timestamps },
      attempt: this.attemptNumber,
      restarts,
      checkpoints: this.coordinator.retained,
      nextCheckpointId: this.coordinator.nextId,
      initialRestorePath,
      failure,
      history: {
        exceptions: this.exceptions.recorded,
        checkpoints: this.coordinator.recordedHistory,
        restartMemory: this.strategy.memory(),
      },
    };
  }

  view(): JobView {
    const { jobId, graph, status, attempt, restarts } = this;
    const timestamps = { ...this.#timestamps };
    if (this.#ending !== null) delete timestamps[this.#ending];
    return {
      jobId,
      graph,
      status,
      timestamps,
      attempt: this.attemptNumber,
      restarts,
      taskManager: attempt === null || attempt.exited ? null : attempt.taskManager,
      vertices: attempt?.execution.views() ?? notStarted(graph),
      checkpoints: this.coordinator.view(),
      exceptions: this.exceptions.entries,
    };
  }

  #onMessage(attempt: Attempt, message: TaskManagerToServer): void {
    switch (message.type) {
      case 'taskState': {
        const { state, atMs, error } = message;
        if (!attempt.execution.update(message, state, atMs)) return;
        if (state !== 'FAILED') {
          this.#state.onTaskState?.();
          return;
        }
        invariant(error !== null, 'a task failed without an error', { state });
        const { vertexId, subtask } = message;
        this.fail({ error, location: { vertexId, subtask } });
        return;
      }
      case 'acknowledge':
        this.coordinator.onAcknowledge(message, message.snapshot);
        return;
      case 'decline':
        this.coordinator.onDecline(message, message.checkpointId, message.error);
        return;
      case 'drained':
        attempt.execution.markDrained(message);
        this.#state.onDrained?.();
        return;
      case 'metricsLayout':
      case 'metrics':
      case 'log':
      case 'splits':
      case 'frequentKeys':
      case 'threadSamples':
      case 'sampling':
      case 'stacks':
        this.emit(message);
        return;
      case 'ready':
      case 'whereabouts':
        return;
    }
  }

  /** What a task manager sends must not bring the server down: our bug fails the job. */
  #guard(attempt: Attempt, run: () => void): void {
    if (attempt !== this.attempt || this.#closed) return;
    try {
      run();
    } catch (error) {
      this.fail({ error: toWire(error), location: null });
    }
  }

  #exceptionOf({ error, location }: JobFailure, atMs: number): ExceptionView {
    return {
      atMs,
      error,
      vertexId: location?.vertexId ?? null,
      taskName: location === null ? null : this.taskName(location),
      subtask: location?.subtask ?? null,
      taskManagerId: this.attempt?.taskManager?.id ?? null,
    };
  }

  #makeCoordinator(record: JobRecord): CheckpointCoordinator {
    const { clock, timers, random } = this.ports;
    const job = this;
    const host = {
      jobId: record.jobId,
      get graph() {
        return job.graph;
      },
      clock,
      timers,
      random,
      storage: (root: string) => job.ports.storage(root),
      saveRecord: () => job.save(),
      send: (message: Parameters<Attempt['send']>[0]) => job.attempt?.send(message),
      failJob: (error: Error) => job.fail({ error: toWire(error), location: null }),
      emit: (event: JobMasterEvent) => job.emit(event),
      log: (level: LogEntry['level'], text: string) => job.log(level, text),
      taskName: (location: TaskLocation) => job.taskName(location),
      describeNotRunning: () =>
        job.attempt?.execution.describeNotRunning(job.graph) ?? `the job is ${job.status}`,
    };
    const settings = checkpointSettings(this.configuration, this.ports);
    const { checkpoints, nextCheckpointId, history } = record;
    const past = history?.checkpoints ?? null;
    return new CheckpointCoordinator(host, settings, checkpoints, nextCheckpointId, past);
  }
}

/** Shown while there is no attempt. */
function notStarted(graph: JobGraph): JobView['vertices'] {
  return graph.vertices.map(({ id, parallelism }) => ({
    id,
    subtasks: Array.from({ length: parallelism }, (_, subtask) => ({
      subtask,
      state: 'CREATED' as const,
      attempt: 0,
      slot: null,
      taskManagerId: null,
      timestamps: {},
    })),
  }));
}
