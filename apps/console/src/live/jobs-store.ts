/** The jobs list as the server pushed it last. */
import type { JobSummary, JobsSnapshot } from '@weir/console-protocol';
import { LiveStore } from './live-store.ts';

export class JobsStore extends LiveStore {
  #snapshot: JobsSnapshot | null = null;

  /** Null until the first message. */
  get snapshot(): JobsSnapshot | null {
    return this.#snapshot;
  }

  job(jobId: string): JobSummary | null {
    return this.#snapshot?.jobs.find((job) => job.jobId === jobId) ?? null;
  }

  apply(snapshot: JobsSnapshot): void {
    this.#snapshot = snapshot;
    this.changed();
  }
}
