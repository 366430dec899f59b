/**
 * All jobs of a server: takes submissions, keeps a JobMaster per job, brings the jobs of an earlier
 * server back. Called by the HTTP surface; owns the TaskManager launcher, the artifacts and the
 * job records.
 *
 * Invariants:
 * - A job exists for others (`jobAdded`) before it starts, and its record is durable before
 *   `submit` resolves.
 * - No job is resumed while a TaskManager of an earlier server may still run.
 * - Of ended jobs the last ones are remembered, as many as `jobstore.max-capacity` says.
 * - An artifact stays as long as a record or a submission under way refers to it.
 */
import { resolve } from 'node:path';
import type { SavepointList } from '@weir/console-protocol';
import type { ClockPort, StoragePort } from '@weir/core';
import { Configuration, ENDED_JOBS_MAX, newId, type JobId, WeirError } from '@weir/core';
import { requiredSlots } from '@weir/graph';
import { JobMaster, type JobMasterPorts, TERMINAL_STATUS } from '@weir/runtime';
import { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { DataDirectory } from '../data-directory/data-directory.ts';
import { ProcessRegistry } from '../data-directory/process-registry.ts';
import type {
  ExampleEntry,
  JobEntry,
  JobService,
  JobServiceEvent,
  JobSubmission,
  RerunChanges,
  ServerInfo,
  SubmissionRecord,
} from '../http/job-service.ts';
import type { ProgramSources } from '../http/program-diff.ts';
import { systemClock, systemRandom, systemTimers } from '../ports/system-ports.ts';
import { ProcessLauncher } from '../taskmanager/task-manager-launcher.ts';
import { compileJob, type CompiledJob } from './compilation.ts';
import type { DispatcherLog } from './dispatcher-log.ts';
import { surplusJobs } from './ended-jobs.ts';
import { listExamples } from './example-list.ts';
import { JobStore, type StoredJob } from './job-store.ts';
import { disposeSavepoint } from './savepoint-disposal.ts';
import { SavepointLister, type SavepointSurroundings } from './savepoint-list.ts';
import { restoreFolder } from './restore-path.ts';
import { taskManagerOptions } from './task-manager-options.ts';

/** How long TaskManagers of a dead server may take to end by themselves. */
const LEFT_OVER_MS_MAX = 5000;

export interface DispatcherSetup {
  readonly directory: DataDirectory;
  /** Defaults that every job inherits. */
  readonly configuration: Readonly<Record<string, string>>;
  readonly storage: (root: string) => StoragePort;
  readonly log: DispatcherLog;
  readonly version: string;
  readonly build: string;
  readonly clock?: ClockPort;
}

interface Job extends JobEntry {
  readonly control: JobMaster;
}

export class Dispatcher implements JobService {
  readonly #setup: DispatcherSetup;
  readonly #clock: ClockPort;
  readonly #startedAtMs: number;
  readonly #endedJobsMax: number;
  readonly #artifacts: ArtifactStore;
  readonly #store: JobStore;
  readonly #registry: ProcessRegistry;
  readonly #launcher: ProcessLauncher;
  readonly #savepoints = new SavepointLister();
  readonly #jobs = new Map<string, Job>();
  /** Known from their records, not yet started. */
  readonly #loaded: JobMaster[] = [];
  readonly #listeners = new Set<(event: JobServiceEvent) => void>();
  #closed = false;

  constructor(setup: DispatcherSetup) {
    const { directory, storage, clock = systemClock } = setup;
    this.#setup = setup;
    this.#clock = clock;
    this.#startedAtMs = clock.nowMs();
    this.#endedJobsMax = new Configuration(setup.configuration).get(ENDED_JOBS_MAX);
    this.#artifacts = new ArtifactStore(directory.artifacts);
    this.#store = new JobStore(storage(directory.jobs));
    this.#registry = new ProcessRegistry(directory.taskManagers);
    this.#launcher = new ProcessLauncher(this.#registry, systemRandom, (jobId) => {
      const graph = this.#jobs.get(jobId)?.control.view().graph;
      const slots = graph === undefined ? null : requiredSlots(graph);
      return taskManagerOptions(graph?.configuration ?? setup.configuration, slots);
    });
  }

  jobs(): readonly JobEntry[] {
    return [...this.#jobs.values()];
  }

  job(jobId: string): JobEntry | null {
    return this.#jobs.get(jobId) ?? null;
  }

  observe(listener: (event: JobServiceEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Makes every job of the data directory known, as its record says; call once, after observers
   * are there and before requests are answered. None goes on before `recover`.
   */
  async load(): Promise<void> {
    const stored = await this.#store.load((name, error) => {
      this.#setup.log.error(`the job record ${name} cannot be read: ${messageOf(error)}`);
    });
    const recorded = new Set(stored.map(({ record }) => record.artifactSha256));
    await this.#artifacts.collect((sha256) => recorded.has(sha256) || this.#isReferenced(sha256));
    for (const job of stored) this.#know(job);
  }

  /** Lets the loaded jobs go on, once no process of an earlier server is left. */
  async recover(): Promise<void> {
    await this.#registry.awaitLeftOver(LEFT_OVER_MS_MAX);
    const resumed = this.#loaded.splice(0).map(async (control) => {
      const { jobId, graph, status } = control.view();
      if (!TERMINAL_STATUS.has(status)) {
        this.#setup.log.info(`job ${jobId} "${graph.name}" is resumed`);
      }
      try {
        await control.start();
      } catch (error) {
        this.#setup.log.error(`job ${jobId} could not be resumed: ${messageOf(error)}`);
      }
    });
    await Promise.all(resumed);
  }

  async submit(request: JobSubmission): Promise<{ readonly jobId: string }> {
    return this.#submit(request, null);
  }

  /**
   * Starts a job's artifact once more, or that of an earlier version, as a new job: other
   * arguments, other parallelism, from a savepoint.
   * @throws WeirError JOB_NOT_FOUND, JOB_DEFINITION_INVALID and what `submit` throws.
   */
  async rerun(jobId: string, changes: RerunChanges): Promise<{ readonly jobId: string }> {
    this.#require(jobId);
    const { programOf = jobId, ...wanted } = changes;
    const program = this.#require(programOf);
    const submission = this.#store.submissionOf(programOf);
    if (submission === null) throw unknownJob(programOf);
    if (!this.#artifacts.has(program.artifactSha256)) throw programGone(programOf);
    const request = { ...submission, restorePath: null, rerunOf: jobId, ...wanted };
    return this.#submit(request, program.artifactSha256);
  }

  programKept(jobId: string): boolean {
    const job = this.#jobs.get(jobId);
    return job !== undefined && this.#artifacts.has(job.artifactSha256);
  }

  async sources(jobId: string): Promise<ProgramSources | null> {
    const { artifactSha256, entry } = this.#require(jobId);
    const files = await this.#artifacts.sources(artifactSha256);
    return files === null || entry === null ? null : { entry: resolve(entry), files };
  }

  async forget(jobId: string): Promise<void> {
    const { control, artifactSha256 } = this.#require(jobId);
    const { status } = control.view();
    if (!TERMINAL_STATUS.has(status)) {
      throw new WeirError(
        'JOB_STATE_INVALID',
        `job ${jobId} is ${status}; cancel it before it can be forgotten`,
        { context: { jobId, status } },
      );
    }
    await this.#store.forget(jobId);
    this.#jobs.delete(jobId);
    this.#emit({ type: 'jobRemoved', jobId });
    this.#setup.log.info(`job ${jobId} forgotten (artifact ${artifactSha256.slice(0, 12)})`);
    await this.#collectArtifacts();
  }

  async disposeSavepoint(path: string): Promise<void> {
    await disposeSavepoint(restoreFolder(path), this.#savepointSurroundings());
  }

  savepoints(fitsFor: string | null): Promise<SavepointList> {
    return this.#savepoints.list(this.#savepointSurroundings(), fitsFor);
  }

  slotsTotal(): number | null {
    return null;
  }

  server(): ServerInfo {
    const { version, build, directory, configuration } = this.#setup;
    const startedAtMs = this.#startedAtMs;
    return { version, build, startedAtMs, dataDirectory: directory.root, configuration };
  }

  examples(): Promise<readonly ExampleEntry[]> {
    return listExamples();
  }

  async serverLog(lines: number): Promise<readonly string[]> {
    return this.#setup.log.tail(lines);
  }

  /** Leaves every job resumable; resolves when all TaskManagers are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    const jobs = [...this.#jobs.values()];
    await Promise.all(jobs.map(({ control }) => control.shutdown()));
    await this.#launcher.close();
  }

  #savepointSurroundings(): SavepointSurroundings {
    return {
      root: this.#setup.directory.savepoints,
      views: this.jobs().map(({ control }) => control.view()),
      storage: this.#setup.storage,
    };
  }

  async #submit(request: JobSubmission, artifact: string | null): Promise<{ jobId: string }> {
    this.#requireOpen();
    const jobId = newId<JobId>(systemRandom);
    const submittedAtMs = this.#clock.nowMs();
    const compiled = await compileJob({
      jobId,
      request,
      artifact,
      submittedAtMs,
      defaults: this.#setup.configuration,
      artifacts: this.#artifacts,
      launcher: this.#launcher,
      log: this.#setup.log,
    });
    try {
      this.#requireOpen();
      const version = this.#nextVersion(compiled.graph.name);
      await this.#startNew(jobId, compiled, { ...request, submittedAtMs, version });
    } catch (error) {
      this.#launcher.discard(jobId);
      throw error;
    } finally {
      this.#artifacts.unpin(compiled.artifactSha256);
    }
    return { jobId };
  }

  async #startNew(
    jobId: string,
    { graph, artifactSha256, restorePath }: CompiledJob,
    submission: SubmissionRecord,
  ): Promise<void> {
    this.#store.introduce(jobId, submission);
    const ports = this.#ports();
    const initialRestorePath = restorePath;
    const control = new JobMaster({ jobId, graph, artifactSha256, initialRestorePath, ports });
    this.#add({ jobId, control, artifactSha256, entry: submission.entry, submission });
    this.#setup.log.info(`job ${jobId} "${graph.name}" submitted from ${submission.entry}`);
    try {
      await control.start();
    } catch (error) {
      // Without a durable record there is no job.
      this.#jobs.delete(jobId);
      this.#emit({ type: 'jobRemoved', jobId });
      throw error;
    }
  }

  #know({ record, submission }: StoredJob): void {
    const { jobId, artifactSha256, state, graph } = record;
    if (!TERMINAL_STATUS.has(state) && !this.#artifacts.has(artifactSha256)) {
      this.#setup.log.error(
        `job ${jobId} "${graph.name}" cannot be resumed: its artifact ${artifactSha256} is gone`,
      );
      return;
    }
    const control = new JobMaster({ record, ports: this.#ports() });
    this.#loaded.push(control);
    const entry = submission?.entry ?? null;
    this.#add({ jobId, control, artifactSha256, entry, submission: submission ?? null });
  }

  /** One more than the newest of this name, so that a number never means two programs. */
  #nextVersion(name: string): number {
    const same = this.jobs().filter(({ control }) => control.view().graph.name === name);
    return Math.max(0, ...same.map(({ submission }, at) => submission?.version ?? at + 1)) + 1;
  }

  #add(job: Job): void {
    this.#jobs.set(job.jobId, job);
    job.control.observe((event) => {
      if (event.type !== 'status') return;
      this.#setup.log.info(`job ${job.jobId} is ${event.status}`);
      if (TERMINAL_STATUS.has(event.status)) void this.#forgetSurplus();
    });
    this.#emit({ type: 'jobAdded', job });
  }

  async #forgetSurplus(): Promise<void> {
    const views = [...this.#jobs.values()].map(({ control }) => control.view());
    const surplus = this.#closed ? [] : surplusJobs(views, this.#endedJobsMax);
    for (const { jobId } of surplus) {
      if (!this.#jobs.has(jobId)) continue;
      await this.forget(jobId).catch((error: unknown) => {
        this.#setup.log.warn(`job ${jobId} could not be forgotten: ${messageOf(error)}`);
      });
    }
  }

  #emit(event: JobServiceEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #requireOpen(): void {
    if (!this.#closed) return;
    throw new WeirError('JOB_STATE_INVALID', 'the server is shutting down; submit again later');
  }

  #require(jobId: string): Job {
    const job = this.#jobs.get(jobId);
    if (job === undefined) throw unknownJob(jobId);
    return job;
  }

  #ports(): JobMasterPorts {
    const { directory, storage } = this.#setup;
    return {
      clock: this.#clock,
      timers: systemTimers,
      random: systemRandom,
      launcher: this.#launcher,
      artifactUrl: (sha256) => this.#artifacts.url(sha256),
      storage,
      checkpointRoot: directory.checkpoints,
      savepointRoot: directory.savepoints,
      saveRecord: (record) => this.#store.save(record),
    };
  }

  #collectArtifacts(): Promise<void> {
    return this.#artifacts.collect((sha256) => this.#isReferenced(sha256));
  }

  #isReferenced(sha256: string): boolean {
    for (const { artifactSha256 } of this.#jobs.values()) {
      if (artifactSha256 === sha256) return true;
    }
    return false;
  }
}

function unknownJob(jobId: string): WeirError {
  return new WeirError('JOB_NOT_FOUND', `there is no job ${jobId}; \`weir list\` shows all`, {
    context: { jobId },
  });
}

function programGone(jobId: string): WeirError {
  const message = `the program of job ${jobId} is no longer kept; submit it anew with \`weir run\``;
  return new WeirError('JOB_DEFINITION_INVALID', message, { context: { jobId } });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
