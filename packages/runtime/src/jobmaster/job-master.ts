/**
 * One per job: decides everything that concerns the whole job. Made by the server when a job is
 * submitted or found in the data directory; lives until the job has ended and is forgotten.
 *
 * Invariants: everything outside comes through the ports; a next attempt begins only after the
 * process of the one before has exited; what a caller was told is durable.
 */
import { WeirError } from '@weir/core';
import type { JobGraph } from '@weir/graph';
import type { InspectionRequest } from '../taskmanager/inspection.ts';
import { JobContext } from './job-context.ts';
import type { JobMasterControl, JobMasterEvent, JobStatus, JobView } from './job-view.ts';
import type { JobMasterPorts, JobRecord } from './ports.ts';
import { JOB_STATES } from './states/job-states.ts';

/** A job that was submitted just now. */
export interface JobSubmission {
  readonly jobId: string;
  readonly graph: JobGraph;
  readonly artifactSha256: string;
  /** Folder of a savepoint or retained checkpoint to start from. */
  readonly initialRestorePath: string | null;
  readonly ports: JobMasterPorts;
}

/** A job that an earlier server process left behind; its task managers are gone. */
export interface JobResumption {
  readonly record: JobRecord;
  readonly ports: JobMasterPorts;
}

export class JobMaster implements JobMasterControl {
  readonly jobId: string;
  readonly #job: JobContext;
  readonly #resumed: JobStatus | null;

  /** @throws WeirError CONFIG_INVALID when an option of the job can't be read. */
  constructor(setup: JobSubmission | JobResumption) {
    const { ports } = setup;
    const resuming = 'record' in setup;
    const record = resuming ? setup.record : newRecord(setup);
    this.#resumed = resuming ? record.state : null;
    this.jobId = record.jobId;
    this.#job = new JobContext(record, ports, JOB_STATES);
  }

  /**
   * Call once. Resolves when the job's record is durable and its first attempt is under way, or
   * when a resumed job has taken up what its record says; what goes wrong later is the job's
   * status, not a rejection. Rejects when the record can't be written: then there is no job.
   */
  async start(): Promise<void> {
    const job = this.#job;
    switch (this.#resumed) {
      case 'FINISHED':
      case 'FAILED':
      case 'CANCELED':
      case 'SUSPENDED':
        job.resume(this.#resumed);
        return;
      case 'CANCELLING':
      case 'FAILING':
        job.resume(this.#resumed);
        return;
      case null:
        job.resume('CREATED');
        break;
      default:
        job.attemptNumber++;
        job.resume('CREATED');
        await job.coordinator.deleteOrphans();
    }
    await job.save();
    // Someone may have cancelled it meanwhile.
    if (job.status === 'CREATED') job.enter('RUNNING');
  }

  /**
   * The server stops: ends the task manager and resolves after its exit. The durable record stays
   * as it is, so that the next server resumes the job.
   */
  shutdown(): Promise<void> {
    return this.#job.close();
  }

  /** Resolves with FINISHED, CANCELED, FAILED or SUSPENDED once the job got there. */
  ended(): Promise<JobStatus> {
    return this.#job.whenResting();
  }

  view(): JobView {
    return this.#job.view();
  }

  observe(listener: (event: JobMasterEvent) => void): () => void {
    return this.#job.observe(listener);
  }

  watchSplits(forMs: number): void {
    this.#job.attempt?.send({ type: 'watchSplits', forMs });
  }

  sampleKeys(vertexId: string, forMs: number): void {
    this.#job.attempt?.send({ type: 'sampleKeys', vertexId, forMs });
  }

  async cancel(): Promise<void> {
    this.#job.cancel();
    const status = await this.#job.whenResting();
    if (status === 'CANCELED') return;
    throw new WeirError('JOB_STATE_INVALID', `the job can't be cancelled: it is ${status}`);
  }

  async triggerCheckpoint(): Promise<{ readonly id: number; readonly path: string }> {
    return this.#job.coordinator.trigger('checkpoint');
  }

  async triggerSavepoint(directory: string | null): Promise<string> {
    return (await this.#job.coordinator.trigger('savepoint', directory)).path;
  }

  async stopWithSavepoint(directory: string | null, drain: boolean): Promise<string> {
    const outcome = this.#outcome();
    try {
      const type = drain ? 'drain' : 'stop';
      const { path } = await this.#job.coordinator.trigger(type, directory);
      const status = await outcome.status;
      if (status === 'FINISHED') return path;
      const next = drain
        ? 'It ends by itself once it runs again'
        : 'Try again, or start a new job from the savepoint';
      throw new WeirError(
        'CHECKPOINT_FAILED',
        `The savepoint ${path} is complete, but the job is ${status} and did not stop: a task ` +
          `failed before all had finished. ${next}`,
        { context: { path, status } },
      );
    } finally {
      outcome.stop();
    }
  }

  inspect(request: InspectionRequest): boolean {
    const { attempt } = this.#job;
    if (attempt?.works !== true) return false;
    attempt.send(request);
    return true;
  }

  /** The next status that the job gets into. */
  #outcome(): { readonly status: Promise<JobStatus>; stop(): void } {
    const { promise, resolve } = Promise.withResolvers<JobStatus>();
    const stop = this.#job.observe((event) => {
      if (event.type === 'status') resolve(event.status);
    });
    return { status: promise, stop };
  }
}

function newRecord(submission: JobSubmission): JobRecord {
  const { jobId, graph, artifactSha256, initialRestorePath, ports } = submission;
  return {
    jobId,
    graph,
    artifactSha256,
    state: 'CREATED',
    timestamps: { INITIALIZING: ports.clock.nowMs() },
    attempt: 0,
    restarts: 0,
    checkpoints: [],
    nextCheckpointId: 1,
    initialRestorePath,
    failure: null,
  };
}
