/**
 * One per job: decides everything that concerns the whole job. Made by the server when a job is
 * submitted or found in the data directory; lives until the job has ended and is forgotten.
 */
import { InvariantError } from '@weir/core';
import type { JobGraph } from '@weir/graph';
import type { JobMasterControl, JobMasterEvent, JobStatus, JobView } from './job-view.ts';
import type { JobMasterPorts, JobRecord } from './ports.ts';

/** A job that was submitted just now. */
export interface JobSubmission {
  readonly jobId: string;
  readonly graph: JobGraph;
  readonly artifactSha256: string;
  /** Folder of a savepoint or retained checkpoint to start from. */
  readonly initialRestorePath: string | null;
  readonly ports: JobMasterPorts;
}

/** A job that an earlier server process left behind. */
export interface JobResumption {
  readonly record: JobRecord;
  readonly ports: JobMasterPorts;
}

export class JobMaster implements JobMasterControl {
  readonly jobId: string;

  constructor(setup: JobSubmission | JobResumption) {
    this.jobId = 'record' in setup ? setup.record.jobId : setup.jobId;
  }

  /**
   * Call once. Resolves when the job's record is durable and its first attempt is under way;
   * what goes wrong later is the job's status, not a rejection.
   */
  async start(): Promise<void> {
    throw new InvariantError('job master is being written');
  }

  /**
   * The server stops: ends the task manager and resolves after its exit. The durable record stays
   * as it is, so that the next server resumes the job.
   */
  async shutdown(): Promise<void> {
    throw new InvariantError('job master is being written');
  }

  /** Resolves with FINISHED, CANCELED, FAILED or SUSPENDED once the job got there. */
  ended(): Promise<JobStatus> {
    throw new InvariantError('job master is being written');
  }

  view(): JobView {
    throw new InvariantError('job master is being written');
  }

  observe(_listener: (event: JobMasterEvent) => void): () => void {
    throw new InvariantError('job master is being written');
  }

  async cancel(): Promise<void> {
    throw new InvariantError('job master is being written');
  }

  async triggerCheckpoint(): Promise<{ readonly id: number; readonly path: string }> {
    throw new InvariantError('job master is being written');
  }

  async triggerSavepoint(_directory: string | null): Promise<string> {
    throw new InvariantError('job master is being written');
  }

  async stopWithSavepoint(_directory: string | null, _drain: boolean): Promise<string> {
    throw new InvariantError('job master is being written');
  }
}
